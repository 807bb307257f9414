// The text as it was received: its marks, its handles, and what a person selects in it.

import { characterAt } from "./boundaries.js";
import { $, make, named } from "./dom.js";
import { Sheet } from "./sheet.js";

const SIGNS = { right: "✓ ", moved: "✓ ", missed: "+ " };

/** What a mark says of itself in words, so that nothing hangs on its colour. */
function labelOf({ category, verdict, saved, origin }) {
  const sign = saved === "failed" ? "! " : SIGNS[verdict] ?? "";
  if (verdict === "wrong") return `${sign}stays`;
  return sign + named(category) + (origin === "queue" && verdict === null ? "?" : "");
}

export class Article {
  #sheet;
  #handles = { start: handle("start"), end: handle("end") };

  constructor(review) {
    this.review = review;
    this.element = $("article");
    this.#sheet = new Sheet(this.element, review.text);
    this.element.append(this.#handles.start, this.#handles.end);
    for (const edge of ["start", "end"]) this.#handles[edge].onpointerdown = (event) => this.#drag(edge, event);
    this.element.onclick = ({ target }) => this.#click(target.closest("mark"));
    this.draw();
  }

  /** Where a missed span may begin: what is selected, or the first character in sight. */
  get place() {
    const selection = getSelection();
    const top = this.#sheet.topOffset;
    if (!selection.rangeCount || selection.isCollapsed) return { start: top, end: top };
    const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
    const start = this.#sheet.offsetOf(startContainer, startOffset);
    const end = this.#sheet.offsetOf(endContainer, endOffset);
    return start !== null && end !== null ? this.#trimmed(start, end) : { start: top, end: top };
  }

  draw() {
    const { findings, draft, current } = this.review;
    const spans = findings
      .filter((finding) => finding !== draft?.finding)
      .map((finding) => ({ ...finding, current: finding === current && !draft, label: labelOf(finding) }));
    if (draft) spans.push({ ...draft, id: "draft", draft: true, label: draft.finding ? labelOf(draft.finding) : "missed" });
    spans.sort((one, other) => one.start - other.start);
    for (const span of spans) span.look = `${span.id} ${span.label} ${span.current} ${span.verdict} ${span.category}`;
    this.#sheet.draw(spans, mark);
    this.#placeHandles();
  }

  /** Bring the current finding, or the draft, into sight. */
  reveal() {
    // On a phone the panel lies over the lower part of the text.
    const panel = $("inspector").getBoundingClientRect();
    const isCovered = panel.left < this.element.getBoundingClientRect().right;
    const floor = isCovered ? Math.min(panel.top, innerHeight) : innerHeight;
    this.#sheet.reveal(this.element.querySelector("mark.draft, mark.current"), floor);
    this.#placeHandles();
  }

  #click(element) {
    if (!element || !getSelection().isCollapsed) return;
    const finding = this.review.findings.find(({ id }) => String(id) === element.dataset.id);
    if (finding) this.review.select(finding);
  }

  /** Leave out the blanks that a hasty selection takes along. */
  #trimmed(start, end) {
    const picked = this.review.text.slice(start, end);
    const blank = picked.length - picked.trimStart().length;
    return { start: start + blank, end: start + Math.max(blank, picked.trimEnd().length) };
  }

  #placeHandles() {
    const pieces = this.element.querySelectorAll("mark.draft, mark.current");
    for (const edge of ["start", "end"]) this.#handles[edge].hidden = !pieces.length;
    if (!pieces.length) return;
    const frame = this.element.getBoundingClientRect();
    const place = (element, x, y) => {
      element.style.left = `${x - frame.left + this.element.scrollLeft}px`;
      element.style.top = `${y - frame.top + this.element.scrollTop}px`;
    };
    const range = document.createRange();
    range.selectNodeContents(pieces[0]);
    const first = range.getClientRects()[0];
    range.selectNodeContents(pieces[pieces.length - 1]);
    const last = [...range.getClientRects()].at(-1);
    if (!first || !last) return;
    place(this.#handles.start, first.left, first.top);
    place(this.#handles.end, last.right, last.bottom);
  }

  #drag(edge, event) {
    event.preventDefault();
    const grip = this.#handles[edge];
    grip.setPointerCapture(event.pointerId);
    // The finger holds the handle, which hangs beside the line that it moves on.
    const box = grip.getBoundingClientRect();
    const lift = edge === "start" ? box.bottom + 4 - event.clientY : box.top - 4 - event.clientY;
    grip.onpointermove = ({ clientX, clientY }) => {
      const at = this.#sheet.offsetAt(clientX, clientY + lift);
      if (at !== null) this.#pull(edge, characterAt(this.review.text, at));
    };
    grip.onpointerup = grip.onpointercancel = () => {
      grip.onpointermove = null;
    };
  }

  #pull(edge, at) {
    const { review } = this;
    if (!review.draft) review.redraw();
    const { start, end } = { start: review.draft.start, end: review.draft.end, [edge]: at };
    if (start < end) review.stretch(start, end);
  }
}

function handle(edge) {
  return make("span", { class: `handle ${edge}`, "aria-hidden": "true", hidden: true });
}

function mark(span, text, isFirst) {
  const looks = ["mark", span.draft && "draft", span.current && "current", isFirst && "first", span.verdict];
  const attributes = { class: looks.filter(Boolean).join(" "), "data-id": span.id };
  if (isFirst) attributes["data-label"] = span.label;
  attributes["data-category"] = span.category ?? "unknown";
  return make("mark", attributes, text);
}
