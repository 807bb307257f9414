// The cleaned text, and what the cleaning takes, in its place.

import { characterAt } from "./boundaries.js";
import { $, fragments, make } from "./dom.js";
import { Sheet } from "./sheet.js";

// Enough of the line to see whether the sentence closes over the gap.
const CONTEXT = 90;

export class Comparison {
  #sheet;
  #edits = [];

  constructor(text) {
    this.text = text;
    this.#sheet = new Sheet($("cleaned"), text);
  }

  /** The text without what leaves it. */
  get cleaned() {
    let at = 0;
    const kept = this.#edits.map(({ start, end }) => {
      const piece = this.text.slice(at, start);
      at = end;
      return piece;
    });
    return kept.join("") + this.text.slice(at);
  }

  /** @param {{start: number, end: number}[]} edits what leaves the text, ascending and disjoint */
  draw(edits) {
    this.#edits = edits.map((edit) => ({ ...edit, look: "seam" }));
    this.#sheet.draw(this.#edits, (edit, _, isFirst) => (isFirst ? seam(edit) : ""));
    const taken = edits.reduce((sum, { start, end }) => sum + end - start, 0);
    const share = this.text.length ? (100 * taken) / this.text.length : 0;
    $("difference-size").textContent = edits.length
      ? `${edits.length} ${edits.length === 1 ? "cut" : "cuts"}, ${share.toFixed(1)}% of the text`
      : "";
    const hunks = hunksOf(this.text, this.#edits);
    $("difference").replaceChildren(...hunks.map((hunk) => this.#hunk(hunk)));
    if (!hunks.length) $("difference").append(make("p", { class: "muted" }, "Nothing leaves the text."));
  }

  /** Bring the place of a span into sight in both views. */
  reveal({ start, end }) {
    const edit = this.#edits.find((one) => one.start < end && one.end > start);
    for (const element of document.querySelectorAll(".here")) element.classList.remove("here");
    if (!edit) return;
    for (const sheet of [$("cleaned"), $("difference")]) {
      const place = sheet.querySelector(`[data-edit="${edit.start}"]`);
      place?.classList.add("here");
      // Only where it is on screen beside the text: on a phone there is one view at a time.
      if (place?.offsetParent && $("article").offsetParent) sheet.scrollTop += offCentre(place, sheet);
    }
  }

  #hunk({ line, start, end, edits }) {
    const cut = (edit, piece) => make("del", { "data-edit": edit.start }, piece.replaceAll(/\r?\n/g, "↵\n"));
    const pieces = fragments(this.text, start, end, edits, cut);
    const lead = start > 0 && this.text[start - 1] !== "\n" ? "…" : "";
    const trail = end < this.text.length && !/[\r\n]/.test(this.text[end]) && this.text[end - 1] !== "\n" ? "…" : "";
    return make(
      "div",
      { class: "hunk" },
      make("p", { class: "where" }, `Line ${line}`),
      make("p", { class: "change", dir: "auto" }, lead, ...pieces, trail),
    );
  }
}

function seam(edit) {
  return make("span", { class: "seam", "data-edit": edit.start, title: "Something was taken here" });
}

function offCentre(element, sheet) {
  const box = element.getBoundingClientRect();
  const frame = sheet.getBoundingClientRect();
  const away = box.top - frame.top - frame.height / 2;
  return box.top < frame.top + 20 || box.bottom > frame.bottom - 20 ? away : 0;
}

/** Group edits whose surroundings touch. */
function hunksOf(text, edits) {
  const hunks = [];
  let [line, counted] = [1, 0];
  for (const edit of edits) {
    for (let at = text.indexOf("\n", counted); at >= 0 && at < edit.start; at = text.indexOf("\n", counted)) {
      line += 1;
      counted = at + 1;
    }
    const [start, end] = surroundings(text, edit);
    const last = hunks.at(-1);
    if (last && start <= last.end) {
      last.end = end;
      last.edits.push(edit);
    } else hunks.push({ line, start, end, edits: [edit] });
  }
  return hunks;
}

function surroundings(text, { start, end }) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const takesBreak = text[end - 1] === "\n";
  const brk = text.indexOf("\n", end);
  const to = takesBreak ? end : brk < 0 ? text.length : brk;
  return [
    start === 0 ? 0 : characterAt(text, Math.max(from, start - CONTEXT)),
    to === end ? end : characterAt(text, Math.min(to, end + CONTEXT)),
  ];
}
