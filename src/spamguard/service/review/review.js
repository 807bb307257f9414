// The page: opens texts, and carries clicks and keys to the desk.

import { Desk, view } from "./desk.js";
import { $ } from "./dom.js";
import { Intake } from "./intake.js";
import { listen } from "./keys.js";
import { askToken, complain, refuse, say } from "./notices.js";
import { clean, token } from "./service.js";

/** @type {Desk|null} */
let desk = null;
let isOpening = false;

async function open(text, waiting) {
  if (isOpening) return;
  if (desk && !mayLeave()) return;
  isOpening = true;
  complain("");
  $("progress").textContent = `Reading ${Math.ceil(text.length / 1000)} kB …`;
  document.body.setAttribute("aria-busy", "true");
  try {
    const answer = await clean(text);
    show("desk");
    $("why").open = matchMedia("(min-width: 900px)").matches;
    desk = new Desk(text, answer, waiting);
  } catch (error) {
    refuse(error);
  } finally {
    isOpening = false;
    $("progress").textContent = "";
    document.body.removeAttribute("aria-busy");
  }
}

function mayLeave() {
  return !desk.isUnsaved || confirm("Some verdicts are not saved yet. Leave them?");
}

/** Turn to the desk, or back to where texts are given. */
function show(stage) {
  document.body.dataset.stage = stage;
  $("intake").hidden = stage !== "intake";
  $("desk").hidden = stage !== "desk";
  view("text");
  scrollTo(0, 0);
}

function startOver() {
  if (!mayLeave()) return;
  desk = null;
  complain("");
  $("source").value = "";
  show("intake");
  intake.refreshQueue();
  $("source").focus();
}

async function copy() {
  try {
    await navigator.clipboard.writeText(desk.comparison.cleaned);
    say("Copied.");
  } catch {
    complain("This browser does not let the page copy; use Download.");
  }
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([desk.comparison.cleaned], { type: "text/plain" }));
  link.download = "cleaned.txt";
  link.click();
  URL.revokeObjectURL(link.href);
}

// ---- buttons

const ACTIONS = {
  accept: () => desk.judge("right"),
  reject: () => desk.judge("wrong"),
  bounds: () => desk.redraw(),
  mark: () => desk.mark(),
  next: () => desk.go(1),
  previous: () => desk.go(-1),
  "start-back": () => desk.nudge("start", -1, "character"),
  "start-on": () => desk.nudge("start", 1, "character"),
  "end-back": () => desk.nudge("end", -1, "character"),
  "end-on": () => desk.nudge("end", 1, "character"),
  cancel: () => desk.cancel(),
  undo: () => desk.undo(),
  retry: () => desk.ledger.retry(),
  new: startOver,
  copy,
  download,
  help: () => $("help").showModal(),
  token: () => askToken(),
};

document.addEventListener("click", ({ target }) => {
  const action = target.closest("[data-action]")?.dataset.action;
  if (action) ACTIONS[action]?.();
  const listed = target.closest("[data-finding]");
  if (listed) desk.pick(listed.dataset.finding);
});
// A press on this button must not clear the selection that it is about.
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest("[data-action=mark]")) event.preventDefault();
});
addEventListener("resize", () => desk?.draw());
addEventListener("beforeunload", (event) => {
  if (desk?.isUnsaved) event.preventDefault();
});
$("draft").onsubmit = (event) => {
  event.preventDefault();
  desk.save();
};
for (const choice of document.getElementsByName("view")) choice.onchange = () => view(choice.value);
$("access").onclose = () => {
  if ($("access").returnValue === "keep") token.set($("token").value.trim());
  if ($("access").returnValue === "forget") token.set("");
  $("token").value = "";
  if (!desk) intake.refreshQueue();
};

// ---- keys

const isDrawing = () => Boolean(desk?.isDrawing);
const isReviewing = () => Boolean(desk) && !desk.isDrawing;

function arrow({ key, shiftKey, ctrlKey, altKey }) {
  const by = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  if (key === "ArrowUp" || key === "ArrowDown") desk.moveLine(by);
  else desk.nudge(shiftKey ? "start" : "end", by, ctrlKey || altKey ? "word" : "character");
}

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
const reviewing = (key, meaning, act, ...more) => {
  return { keys: [key, ...more], shown: key, meaning, when: isReviewing, act };
};

listen([
  reviewing("n", "Next finding", ACTIONS.next, "j"),
  reviewing("p", "Previous finding", ACTIONS.previous, "k"),
  reviewing("a", "It is spam", ACTIONS.accept),
  reviewing("r", "It is not spam", ACTIONS.reject),
  reviewing("b", "Change its bounds", ACTIONS.bounds),
  reviewing("m", "Mark what is selected as missed; if nothing is, a word to start from", ACTIONS.mark),
  reviewing("z", "Take the last verdict back", ACTIONS.undo),
  { keys: ARROWS, shown: "← →", meaning: "While drawing: move the end", when: isDrawing, act: arrow },
  { keys: [], shown: "Shift ← →", meaning: "While drawing: move the start" },
  { keys: [], shown: "Ctrl or Alt ← →", meaning: "The same by words" },
  { keys: [], shown: "↑ ↓", meaning: "While marking a missed one: move it by lines" },
  { keys: ["Enter"], shown: "Enter", meaning: "Save what was drawn", when: isDrawing, act: () => desk.save() },
  { keys: ["Escape"], shown: "Esc", meaning: "Leave it as it was", when: isDrawing, act: ACTIONS.cancel },
  reviewing("c", "Show the cleaned text", () => view("cleaned")),
  reviewing("d", "Show the difference", () => view("difference")),
  reviewing("t", "Show the text, on narrow screens", () => view("text")),
  reviewing("o", "Open another text", startOver),
  { keys: ["?"], shown: "?", meaning: "This help", act: ACTIONS.help },
]);

const intake = new Intake(open, complain);
intake.refreshQueue();
