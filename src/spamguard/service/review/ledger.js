// Keeps the feedback store in step with the verdicts: what was said is there, what was taken back is not.

import { keep, withdraw } from "./service.js";

/** Brings every verdict to the store, one finding's changes in order, and reports how it went. */
export class Ledger {
  #stored = new Map();
  #working = new Map();

  /**
   * @param {import("./findings.js").Review} review
   * @param {import("./offsets.js").Offsets} offsets
   * @param {(error: Error) => void} onRefusal
   */
  constructor(review, offsets, onRefusal) {
    this.review = review;
    this.offsets = offsets;
    this.onRefusal = onRefusal;
    review.addEventListener("verdict", ({ detail }) => this.save(detail));
  }

  /** Save a finding's verdict as it is when its turn comes. */
  save(finding) {
    this.review.noteSaved(finding, "saving");
    const before = this.#working.get(finding) ?? Promise.resolve();
    const work = before.then(() => this.#settle(finding)).then(
      () => true,
      (error) => (this.onRefusal(error), false),
    );
    this.#working.set(finding, work);
    work.then((done) => {
      // A later change of mind has its own report.
      if (this.#working.get(finding) !== work) return;
      const idle = finding.verdict === null ? "none" : "saved";
      this.review.noteSaved(finding, done ? idle : "failed");
    });
  }

  /** Try again what did not reach the store. */
  retry() {
    for (const finding of this.unsaved) this.save(finding);
  }

  get unsaved() {
    return [...this.#working.keys()].filter(({ saved }) => saved === "failed");
  }

  get saving() {
    return [...this.#working.keys()].some(({ saved }) => saved === "saving");
  }

  async #settle(finding) {
    const wanted = this.#rows(finding);
    const stored = this.#stored.get(finding) ?? new Map();
    this.#stored.set(finding, stored);
    for (const [row, id] of stored) {
      if (wanted.has(row)) continue;
      await withdraw(id);
      stored.delete(row);
    }
    for (const [row, body] of wanted) {
      if (!stored.has(row)) stored.set(row, await keep(body));
    }
  }

  /** The rows that the store should hold for a finding, by what tells them apart. */
  #rows({ verdict, found, start, end, category }) {
    const now = { start, end };
    const rows = {
      right: [this.#row("right", found, category)],
      wrong: [this.#row("wrong", found, category)],
      // The span as found was wrong, and the one with the right bounds was missed.
      moved: [this.#row("wrong", found, category), this.#row("missed", now, category)],
      missed: [this.#row("missed", now, category)],
    };
    return new Map((rows[verdict] ?? []).map((row) => [JSON.stringify({ ...row, text: "" }), row]));
  }

  #row(verdict, { start, end }, category) {
    const { text } = this.review;
    const [first, last] = [this.offsets.toCodePoint(start), this.offsets.toCodePoint(end)];
    return { text, start: first, end: last, quote: text.slice(start, end), verdict, category };
  }
}
