// A long text on screen: cut into stretches, of which only those that changed are drawn anew.

import { fragments, make, stretches } from "./dom.js";

// A line of this length is laid out at once: guessing its height would throw the rest of the text about.
const LONG = 12_000;

/** Shows one text; its DOM text is the text itself, so that places on screen and offsets map exactly. */
export class Sheet {
  #stretches;

  constructor(element, text) {
    this.element = element;
    this.#stretches = stretches(text).map(([start, end]) => {
      const look = end - start > LONG ? "stretch long" : "stretch";
      return { start, end, element: make("div", { class: look }), shown: null };
    });
    this.text = text;
    element.replaceChildren(...this.#stretches.map((stretch) => stretch.element));
    element.scrollTop = 0;
  }

  /**
   * Draw spans into the text.
   * @param {{start: number, end: number, look: string}[]} spans disjoint, ascending; `look` is all that
   *   tells how a span is shown
   * @param wrap makes a span's element from the span, its text here, and whether this is its first piece
   */
  draw(spans, wrap) {
    let first = 0;
    for (const stretch of this.#stretches) {
      while (first < spans.length && spans[first].end <= stretch.start) first += 1;
      const here = [];
      for (let at = first; at < spans.length && spans[at].start < stretch.end; at += 1) here.push(spans[at]);
      const shown = here.map(({ start, end, look }) => `${start}-${end} ${look}`).join("\n");
      if (shown === stretch.shown) continue;
      stretch.shown = shown;
      stretch.element.replaceChildren(...fragments(this.text, stretch.start, stretch.end, here, wrap));
    }
  }

  /** The offset of a place in the DOM, or null where it lies outside the text. */
  offsetOf(node, offset) {
    if (!this.element.contains(node)) return null;
    const stretch = this.#stretches.find(({ element }) => element.contains(node));
    if (!stretch) return null;
    const range = document.createRange();
    range.setStart(stretch.element, 0);
    range.setEnd(node, offset);
    return stretch.start + range.toString().length;
  }

  /** The offset under a point of the window, or null. */
  offsetAt(x, y) {
    const place = document.caretPositionFromPoint?.(x, y);
    if (place) return this.offsetOf(place.offsetNode, place.offset);
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? this.offsetOf(range.startContainer, range.startOffset) : null;
  }

  /** The first offset that is in sight. */
  get topOffset() {
    const top = this.element.getBoundingClientRect().top;
    const seen = this.#stretches.find(({ element }) => element.getBoundingClientRect().bottom > top);
    if (!seen) return 0;
    const frame = this.element.getBoundingClientRect();
    return this.offsetAt(frame.left + 30, Math.max(frame.top, 0) + 24) ?? seen.start;
  }

  /** Bring an element of the text into the middle unless it is well in sight, above a floor in the window. */
  reveal(element, floor, tries = 3) {
    if (!element?.isConnected || !tries) return;
    const frame = this.element.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const low = Math.max(frame.top, 0) + 40;
    const high = Math.min(frame.bottom, floor) - 60;
    if (box.top >= low && box.bottom <= high) return;
    element.scrollIntoView({ block: "center" });
    // What comes into sight gets its true height only then, which may move the element again.
    requestAnimationFrame(() => this.reveal(element, floor, tries - 1));
  }
}
