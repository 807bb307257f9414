// Where characters, words and lines begin and end, as a reader sees them.

// Segmenting reads this much of a text on either side: enough for any word, little enough to be instant.
const REACH = 300;

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const WORDS = new Intl.Segmenter(undefined, { granularity: "word" });

/** @returns {number[]} ascending offsets around `at` at which a character or word begins or the window ends */
function boundariesAround(text, at, segmenter) {
  let from = Math.max(0, at - REACH);
  if (isLowSurrogate(text.charCodeAt(from))) from -= 1;
  const piece = text.slice(from, at + REACH);
  const starts = [];
  for (const { index } of segmenter.segment(piece)) starts.push(from + index);
  starts.push(from + piece.length);
  return starts;
}

function isLowSurrogate(unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * The next place behind (`by` 1) or before (`by` -1) an offset to which a stretch's edge can move: between two
 * characters or, by words, where a word starts for its "start", where one ends for its "end".
 */
export function step(text, at, by, { unit, edge }) {
  if (by < 0 ? at <= 0 : at >= text.length) return at;
  const places =
    unit === "character"
      ? boundariesAround(text, at, CHARACTERS)
      : wordsAround(text, at).map((word) => word[edge]);
  const found = by > 0 ? places.find((place) => place > at) : places.findLast((place) => place < at);
  return found ?? Math.max(0, Math.min(text.length, at + by * REACH));
}

/** The offset nearest to `at`, not behind it, where a character begins. */
export function characterAt(text, at) {
  return boundariesAround(text, at, CHARACTERS).findLast((place) => place <= at) ?? at;
}

function wordsAround(text, at) {
  const from = Math.max(0, at - REACH);
  const piece = text.slice(from, at + REACH);
  const words = [];
  for (const { index, segment, isWordLike } of WORDS.segment(piece)) {
    if (isWordLike) words.push({ start: from + index, end: from + index + segment.length });
  }
  return words;
}

/** The word that an offset lies in or, where it lies in none, the next one; null behind the last one. */
export function wordAt(text, at) {
  for (let from = at; from < text.length; from += REACH) {
    const word = wordsAround(text, from).find(({ end }) => end > at);
    if (word) return word;
  }
  return null;
}

/** The first offset of the next line (`by` 1), or of the last one before (`by` -1) that is not blank. */
export function lineStep(text, at, by) {
  if (by > 0) {
    const end = text.indexOf("\n", at);
    return end < 0 ? text.length : end + 1;
  }
  let start = lineStart(text, at);
  while (start > 0) {
    const end = start;
    start = lineStart(text, end - 1);
    if (text.slice(start, end).trim()) return start;
  }
  return 0;
}

function lineStart(text, at) {
  return at > 0 ? text.lastIndexOf("\n", at - 1) + 1 : 0;
}
