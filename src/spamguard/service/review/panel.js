// The side panel: the finding at hand, the one being drawn, and the list of all.

import { $, make, named, percent } from "./dom.js";

const CATEGORIES = [
  "adult", "gambling", "pharma", "finance", "documents", "goods", "seo", "services", "piracy", "other",
];
const VERDICTS = {
  right: "spam",
  wrong: "not spam, stays",
  moved: "spam, bounds changed",
  missed: "missed, marked by you",
};
const SAVED = { saving: "saving …", saved: "saved", failed: "not saved" };
// A list of all of a flood would be slower to read than to walk through.
const MOST_LISTED = 500;

export class Panel {
  /** @param {import("./findings.js").Review} review @param {import("./ledger.js").Ledger} ledger */
  constructor(review, ledger) {
    this.review = review;
    this.ledger = ledger;
    const kinds = [null, ...CATEGORIES].map((name) => make("option", { value: name ?? "" }, named(name)));
    $("draft-category").replaceChildren(...kinds);
    $("draft-category").onchange = ({ target }) => {
      if (review.draft) review.draft.category = target.value || null;
    };
  }

  draw() {
    const { draft, current } = this.review;
    $("finding").hidden = Boolean(draft) || !current;
    $("draft").hidden = !draft;
    $("inspector-title").textContent = this.#title();
    if (draft) this.#drawDraft(draft);
    else if (current) this.#drawFinding(current);
    this.#enable();
    this.#drawTally();
    this.#drawList();
  }

  #title() {
    const { draft, current, findings } = this.review;
    if (draft) return draft.finding ? "Change the bounds" : "Mark what was missed";
    if (!current) return findings.length ? "Nothing selected" : "No spam found";
    return `Finding ${findings.indexOf(current) + 1} of ${findings.length}`;
  }

  #drawFinding(finding) {
    $("category").textContent = named(finding.category);
    $("category").dataset.category = finding.category ?? "unknown";
    $("score").textContent = finding.score === null ? "" : `${percent(finding.score)} sure`;
    $("verdict").textContent = stateOf(finding);
    $("verdict").dataset.saved = finding.saved;
    $("quote").textContent = this.review.text.slice(finding.start, finding.end);
    $("why").hidden = !finding.reasons.length;
    $("reasons").replaceChildren(...reasonsOf(finding));
    press("accept", finding.verdict !== null && finding.verdict !== "wrong");
    press("reject", finding.verdict === "wrong");
  }

  #drawDraft(draft) {
    $("draft-quote").textContent = this.review.text.slice(draft.start, draft.end);
    $("draft-category").value = draft.category ?? "";
    // The kind of what the model found is the model's; only a person's own marks have one to choose.
    $("draft-category-row").hidden = Boolean(draft.finding) && draft.finding.origin !== "editor";
    $("line-hint").hidden = Boolean(draft.finding);
  }

  #enable() {
    const { draft, current, findings, canUndo } = this.review;
    for (const action of ["accept", "reject", "bounds"]) enable(action, Boolean(current) && !draft);
    for (const action of ["previous", "next"]) enable(action, findings.length > 1);
    enable("mark", !draft && this.review.text.trim() !== "");
    enable("undo", canUndo && !draft);
  }

  #drawTally() {
    const { findings } = this.review;
    const decided = findings.filter(({ verdict }) => verdict !== null).length;
    const unsaved = this.ledger.unsaved.length;
    const state = this.ledger.saving ? "saving …" : decided && !unsaved ? "all saved" : "";
    $("tally").textContent = [`${decided} of ${findings.length} decided`, state].filter(Boolean).join(" · ");
    $("unsaved").hidden = !unsaved;
    $("unsaved-count").textContent = `${unsaved} not saved.`;
  }

  #drawList() {
    const { findings, current, text } = this.review;
    const rows = findings.slice(0, MOST_LISTED).map((finding) => row(finding, finding === current, text));
    if (findings.length > MOST_LISTED) {
      rows.push(make("li", { class: "muted more" }, `and ${findings.length - MOST_LISTED} more`));
    }
    const focused = document.activeElement?.dataset?.finding;
    $("findings").replaceChildren(...rows);
    if (focused) $("findings").querySelector(`[data-finding="${focused}"]`)?.focus();
    // Only within a list that scrolls by itself: on a phone the page would leave the text.
    const chosen = $("findings").querySelector("[aria-current]");
    if (chosen && $("findings").scrollHeight > $("findings").clientHeight) chosen.scrollIntoView({ block: "nearest" });
  }
}

/** A finding in one sentence, for those who hear the page. */
export function sentence(finding, review) {
  const place = `${review.findings.indexOf(finding) + 1} of ${review.findings.length}`;
  const quote = review.text.slice(finding.start, finding.end).slice(0, 120);
  return [place, named(finding.category), percent(finding.score), `“${quote}”`, stateOf(finding)]
    .filter(Boolean)
    .join(", ");
}

function stateOf({ verdict, saved, origin }) {
  if (verdict === null && saved === "none") return origin === "queue" ? "uncertain, not taken" : "not decided";
  return [VERDICTS[verdict] ?? "taken back", SAVED[saved]].filter(Boolean).join(" · ");
}

function reasonsOf({ reasons }) {
  const most = Math.max(...reasons.map(({ weight }) => weight));
  return reasons.map(({ reason, weight }) => {
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(100 * weight) / most}%`;
    return make("li", {}, make("span", {}, reason), make("span", { class: "weight" }, `+${weight.toFixed(1)}`), bar);
  });
}

function row(finding, isCurrent, text) {
  const quote = text.slice(finding.start, Math.min(finding.end, finding.start + 120));
  const button = make(
    "button",
    { type: "button", "data-finding": finding.id, "aria-current": isCurrent ? "true" : null },
    make("span", { class: "tag", "data-category": finding.category ?? "unknown" }, named(finding.category)),
    make("span", { class: "score" }, percent(finding.score)),
    make("span", { class: "words", dir: "auto" }, quote),
    make("span", { class: "state", "data-saved": finding.saved }, stateOf(finding)),
  );
  return make("li", {}, button);
}

const buttons = (action) => document.querySelectorAll(`[data-action="${action}"]`);

function press(action, pressed) {
  for (const button of buttons(action)) button.setAttribute("aria-pressed", String(pressed));
}

function enable(action, enabled) {
  for (const button of buttons(action)) button.disabled = !enabled;
}
