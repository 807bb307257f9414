// Elements made of text alone: nothing that came from outside is ever read as markup.

export const $ = (id) => document.getElementById(id);

/** Make an element; strings among the children become text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Make an article's spans into fragments of text and elements, `wrap` saying how each span is shown. */
export function fragments(text, from, to, spans, wrap) {
  const pieces = [];
  let at = from;
  for (const span of spans) {
    const [start, end] = [Math.max(span.start, from), Math.min(span.end, to)];
    if (start > at) pieces.push(text.slice(at, start));
    pieces.push(wrap(span, text.slice(start, end), start === span.start));
    at = end;
  }
  if (at < to) pieces.push(text.slice(at, to));
  return pieces;
}

// A browser lays out this much at a stroke; what is out of sight it can leave be.
const STRETCH = 4000;

/** Cut a text into stretches of whole lines, as [start, end] pairs. */
export function stretches(text) {
  const found = [];
  for (let start = 0; start < text.length; ) {
    const brk = start + STRETCH < text.length ? text.indexOf("\n", start + STRETCH) : -1;
    const end = brk < 0 ? text.length : brk + 1;
    found.push([start, end]);
    start = end;
  }
  return found;
}

/** A category, or the lack of one, in words. */
export const named = (category) => category ?? "kind unknown";

/** A score in words; never "100%", which no score is. */
export function percent(score) {
  return score === null ? "" : `${Math.min(99.9, score * 100).toFixed(score >= 0.995 ? 1 : 0)}%`;
}
