// What is under review: the text, its findings, the one being drawn, and what was done to them.

import { lineStep, step, wordAt } from "./boundaries.js";

/**
 * @typedef {object} Finding
 * @property {number} id
 * @property {number} start first UTF-16 unit
 * @property {number} end behind the last one
 * @property {string|null} category
 * @property {number|null} score
 * @property {{reason: string, weight: number}[]} reasons
 * @property {"model"|"queue"|"editor"} origin who marked it; what the queue brings was not removed
 * @property {null|"right"|"wrong"|"moved"|"missed"} verdict
 * @property {{start: number, end: number}} found its bounds as they came
 * @property {"none"|"saving"|"saved"|"failed"} saved
 */

/** Bounds that a person is drawing, of a finding or (finding null) of one that was missed. */
export class Draft {
  constructor(finding, start, end) {
    this.finding = finding;
    this.start = start;
    this.end = end;
    this.category = finding?.category ?? null;
  }
}

const WORD_START = { unit: "word", edge: "start" };

const byStart = (one, other) => one.start - other.start;

/** The findings in a text, always disjoint and ascending; fires "change" whenever anything is different. */
export class Review extends EventTarget {
  #done = [];
  #lastId = 0;
  #taken;

  constructor(text, spans) {
    super();
    this.text = text;
    this.draft = null;
    this.current = null;
    this.findings = [];
    for (const span of spans) this.findings.push(this.#finding(span));
    this.findings.sort(byStart);
    this.#taken = spans.filter(({ origin }) => origin === "model").length;
    this.current = this.findings[0] ?? null;
  }

  /** The bounds that leave the text as things stand. */
  get leaving() {
    return this.findings.filter(
      ({ origin, verdict }) => verdict !== "wrong" && (origin !== "queue" || verdict !== null),
    );
  }

  /** Whether what leaves the text is exactly what the model took. */
  get untouched() {
    const { leaving } = this;
    return leaving.length === this.#taken && leaving.every(
      ({ origin, start, end, found }) => origin === "model" && start === found.start && end === found.end,
    );
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  select(finding) {
    this.draft = null;
    this.current = finding;
    this.#changed();
  }

  /** Go to the next finding (`by` 1) or the previous one (`by` -1), round the end. */
  go(by) {
    const count = this.findings.length;
    if (!count) return;
    const at = this.findings.indexOf(this.current);
    this.select(this.findings[at < 0 ? 0 : (at + by + count) % count]);
  }

  /** Say of the current finding that it is "right" or "wrong". */
  judge(verdict) {
    const finding = this.current;
    if (!finding || this.draft || finding.verdict === verdict) return;
    if (finding.origin === "editor") {
      if (verdict === "wrong") this.#do(finding, null);
      return;
    }
    // What is right or wrong is what the model said, so bounds that were moved go back.
    this.#do(finding, { ...finding.found, verdict });
    this.#goToUndecided();
  }

  /** Begin to change the current finding's bounds. */
  redraw(bounds = this.current) {
    if (this.current) this.#draw(new Draft(this.current, bounds.start, bounds.end));
  }

  /** Begin to mark what was missed: the bounds given, or the first free word at an offset. */
  mark({ start, end }) {
    const bounds = start < end ? { start, end } : this.#freeWord(start, 1) ?? this.#freeWord(start, -1);
    if (!bounds || !this.#isFree(bounds.start, bounds.end, null)) return false;
    this.#draw(new Draft(null, bounds.start, bounds.end));
    return true;
  }

  /** Give the draft other bounds, as far as its neighbours leave room. */
  stretch(start, end) {
    const [low, high] = this.#room(this.draft);
    this.#stretchTo(Math.max(low, start), Math.min(high, end));
  }

  /** Move one edge of the draft by a character or word; an edge pushes the other one along. */
  nudge(edge, by, unit) {
    const draft = this.draft;
    const { text } = this;
    const moved = step(text, draft[edge], by, { unit, edge });
    let { start, end } = { start: draft.start, end: draft.end, [edge]: moved };
    if (start >= end) {
      if (draft.finding || edge === "end") return;
      ({ start, end } = wordAt(text, moved) ?? draft);
    }
    if (this.#isFree(start, end, draft.finding)) this.#stretchTo(start, end);
    else if (!draft.finding && edge === "start") this.#hop(moved, by);
  }

  /** Move the draft of a missed one to the line before or behind. */
  moveLine(by) {
    if (this.draft && !this.draft.finding) this.#hop(lineStep(this.text, this.draft.start, by), by);
  }

  #stretchTo(start, end) {
    if (start >= end) return;
    this.draft.start = start;
    this.draft.end = end;
    this.#changed();
  }

  cancel() {
    this.draft = null;
    this.#changed();
  }

  /** Keep the draft: as moved bounds, or as a new finding. */
  save() {
    const { finding, start, end, category } = this.draft;
    this.draft = null;
    if (!finding) {
      this.current = this.#finding({ start, end, category, origin: "editor" });
      this.#place(this.current);
      this.#do(this.current, { verdict: "missed" }, true);
    } else if (finding.origin === "editor") {
      this.#do(finding, { start, end, category });
    } else {
      const same = start === finding.found.start && end === finding.found.end;
      this.#do(finding, { start, end, verdict: same ? "right" : "moved" });
    }
  }

  /** Take the last verdict back and select what it was about. */
  undo() {
    const last = this.#done.pop();
    if (!last) return;
    this.draft = null;
    const { finding, before, wasNew } = last;
    Object.assign(finding, before);
    if (wasNew) this.#remove(finding);
    else if (!this.findings.includes(finding)) this.#place(finding);
    if (!wasNew) this.current = finding;
    this.#judged(finding);
  }

  /** Say that a finding's verdict reached the store, or did not. */
  noteSaved(finding, saved) {
    finding.saved = saved;
    this.#changed();
  }

  /** Change a finding, or (change null) remove it, and remember how it was. */
  #do(finding, change, wasNew = false) {
    const { start, end, category, verdict } = finding;
    this.#done.push({ finding, before: { start, end, category, verdict }, wasNew });
    if (change) Object.assign(finding, change);
    else {
      finding.verdict = null;
      this.#remove(finding);
    }
    this.#judged(finding);
  }

  /** Leave a judged finding for the next one that waits, if one does. */
  #goToUndecided() {
    const at = this.findings.indexOf(this.current);
    const waiting = [...this.findings.slice(at + 1), ...this.findings.slice(0, at)];
    const next = waiting.find(({ verdict }) => verdict === null);
    if (next) this.select(next);
  }

  #draw(draft) {
    this.draft = draft;
    this.#changed();
  }

  #finding(span) {
    this.#lastId += 1;
    const found = { start: span.start, end: span.end };
    return { score: null, reasons: [], verdict: null, saved: "none", ...span, found, id: this.#lastId };
  }

  #place(finding) {
    this.findings.push(finding);
    this.findings.sort(byStart);
  }

  #remove(finding) {
    const at = this.findings.indexOf(finding);
    this.findings.splice(at, 1);
    if (this.current === finding) this.current = this.findings[Math.min(at, this.findings.length - 1)] ?? null;
  }

  #isFree(start, end, but) {
    return this.findings.every((one) => one === but || one.end <= start || one.start >= end);
  }

  /** The bounds within which a draft may grow. */
  #room({ finding, start }) {
    const others = this.findings.filter((one) => one !== finding);
    const before = others.findLast((one) => one.end <= start);
    const behind = others.find((one) => one.start >= start);
    return [before?.end ?? 0, behind?.start ?? this.text.length];
  }

  /** The first word, or part of one, that no finding holds, from an offset on (`by` 1) or backwards (`by` -1). */
  #freeWord(at, by) {
    let from = at;
    for (let word = wordAt(this.text, from); word; word = wordAt(this.text, from)) {
      const start = by > 0 ? Math.max(word.start, from) : word.start;
      const blocking = this.findings.find((one) => one.start < word.end && one.end > start);
      if (!blocking) return { start, end: word.end };
      if (start < blocking.start) return { start, end: blocking.start };
      if (by < 0 && from === 0) return null;
      from = by > 0 ? blocking.end : step(this.text, Math.min(from, blocking.start), -1, WORD_START);
    }
    return null;
  }

  #hop(at, by) {
    const word = this.#freeWord(at, by);
    if (word) this.#stretchTo(word.start, word.end);
  }

  #judged(finding) {
    this.dispatchEvent(new CustomEvent("verdict", { detail: finding }));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
