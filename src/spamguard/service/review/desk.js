// The desk: one text under review with its views, and what a person can do to it.

import { Article } from "./article.js";
import { Comparison } from "./comparison.js";
import { $ } from "./dom.js";
import { Review } from "./findings.js";
import { Ledger } from "./ledger.js";
import { complain, refuse, say } from "./notices.js";
import { Offsets } from "./offsets.js";
import { Panel, sentence } from "./panel.js";
import { editsFor } from "./service.js";

/** Show one of "text", "cleaned" and "difference"; on wide screens the text stands beside the other two. */
export function view(name) {
  document.body.dataset.view = name;
  document.querySelector(`input[name=view][value=${name}]`).checked = true;
}

export class Desk {
  #offsets;
  #given;
  #turn = 0;
  #isDue = false;

  /**
   * @param {string} text
   * @param {{spans: object[], edits: object[]}} answer what cleaning it gave, in code points
   * @param {object[]} waiting spans that the queue asks about, in code points
   */
  constructor(text, answer, waiting) {
    this.#offsets = new Offsets(text);
    this.#given = answer.edits.map((edit) => this.#inUnits(edit));
    this.review = new Review(text, this.#spansOf(answer, waiting));
    this.ledger = new Ledger(this.review, this.#offsets, refuse);
    this.article = new Article(this.review);
    this.comparison = new Comparison(text);
    this.panel = new Panel(this.review, this.ledger);
    this.review.addEventListener("change", () => this.draw());
    this.review.addEventListener("verdict", () => this.#recut());
    this.comparison.draw(this.#given);
    this.panel.draw();
    this.#look();
    $("text-size").textContent = `${text.length.toLocaleString("en-GB")} characters`;
    $("article").focus({ preventScroll: true });
    const { findings, current } = this.review;
    say(`${findings.length} findings. ${current ? sentence(current, this.review) : ""}`);
  }

  /** Whether a verdict has not reached the store. */
  get isUnsaved() {
    return this.ledger.saving || this.ledger.unsaved.length > 0;
  }

  get isDrawing() {
    return this.review.draft !== null;
  }

  /** Draw once before the next frame, however much has changed by then. */
  draw() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.article.draw();
      this.panel.draw();
    });
  }

  go(by) {
    this.review.go(by);
    this.#look();
    this.#sayCurrent("");
  }

  pick(id) {
    this.review.select(this.review.findings.find((finding) => String(finding.id) === id));
    view("text");
    this.#look();
    this.#sayCurrent("");
  }

  judge(verdict) {
    const { current } = this.review;
    this.review.judge(verdict);
    this.#look();
    const said = verdict === "right" ? "Spam." : "Not spam.";
    if (this.review.current === current) say(said);
    else this.#sayCurrent(`${said} Next: `);
  }

  redraw() {
    view("text");
    this.review.redraw();
    this.#holdDraft();
  }

  /** Mark what is selected, or else the first free word in sight. */
  mark() {
    view("text");
    if (!this.review.mark(this.article.place)) {
      complain("That overlaps a finding: select the finding and change its bounds instead.");
      return;
    }
    getSelection().removeAllRanges();
    this.#holdDraft();
  }

  nudge(edge, by, unit) {
    this.review.nudge(edge, by, unit);
    this.#look();
    this.#sayDraft();
  }

  moveLine(by) {
    this.review.moveLine(by);
    this.#look();
    this.#sayDraft();
  }

  save() {
    const isNew = !this.review.draft.finding;
    this.review.save();
    this.#leaveDraft(isNew ? "Marked as missed." : "Bounds changed.");
  }

  cancel() {
    this.review.cancel();
    this.#leaveDraft("Cancelled.");
  }

  undo() {
    this.review.undo();
    this.#look();
    say("Taken back.");
  }

  #holdDraft() {
    complain("");
    this.#look();
    this.#sayDraft();
    $("article").focus({ preventScroll: true });
  }

  #leaveDraft(words) {
    this.#look();
    // The form that may have had the focus is gone.
    $("article").focus({ preventScroll: true });
    say(words);
  }

  #sayDraft() {
    const { draft, text } = this.review;
    if (draft) say(`“${text.slice(draft.start, draft.end).slice(-160)}”`);
  }

  #sayCurrent(lead) {
    if (this.review.current) say(lead + sentence(this.review.current, this.review));
  }

  /** Bring what is current into sight in all views. */
  #look() {
    requestAnimationFrame(() => {
      this.article.draw();
      this.article.reveal();
      const at = this.review.draft ?? this.review.current;
      if (at) this.comparison.reveal(at);
    });
  }

  /** Ask what leaves the text now, and show it unless more has changed in the meantime. */
  async #recut() {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const edits = this.review.untouched ? this.#given : await this.#cuts();
      if (turn === this.#turn) this.comparison.draw(edits);
    } catch (error) {
      refuse(error);
    }
  }

  async #cuts() {
    const spans = this.review.leaving.map(({ start, end }) => {
      return { start: this.#offsets.toCodePoint(start), end: this.#offsets.toCodePoint(end) };
    });
    const { edits } = await editsFor(this.review.text, spans);
    return edits.map((edit) => this.#inUnits(edit));
  }

  #spansOf({ spans }, waiting) {
    const found = spans.map((span) => ({ ...this.#inUnits(span), origin: "model" }));
    const isNew = (one) => found.every(({ start, end }) => end <= one.start || start >= one.end);
    const unsure = waiting.map((span) => ({ ...this.#inUnits(span), origin: "queue" })).filter(isNew);
    return [...found, ...unsure];
  }

  #inUnits(span) {
    return { ...span, start: this.#offsets.toUnit(span.start), end: this.#offsets.toUnit(span.end) };
  }
}
