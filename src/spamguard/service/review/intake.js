// How a text gets onto the desk: pasted, dropped, opened as a file, or from the queue.

import { $, make } from "./dom.js";
import { queue } from "./service.js";

// A file far beyond any limit of the service is not read into memory only to be refused.
const MOST_BYTES = 32 * 1024 * 1024;

export class Intake {
  /**
   * @param {(text: string, spans: object[]) => void} open
   * @param {(message: string) => void} complain
   */
  constructor(open, complain) {
    this.open = open;
    this.complain = complain;
    $("paste").onsubmit = (event) => {
      event.preventDefault();
      this.#give($("source").value);
    };
    $("source").onkeydown = (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("paste").requestSubmit();
    };
    $("file").onchange = ({ target }) => {
      const [file] = target.files;
      target.value = "";
      if (file) this.#read(file);
    };
    this.#acceptDrops();
  }

  /** Ask what waits for a decision, and list it. */
  async refreshQueue() {
    let items = [];
    try {
      ({ items } = await queue());
    } catch (error) {
      // A service without a queue has nothing to list; what else is wrong shows when a text is sent.
      if (error.status === 401) this.complain("Give an access token to see the queue.");
    }
    $("queue").hidden = !items.length;
    $("queue-items").replaceChildren(...items.map((item) => this.#queued(item)));
  }

  #give(text) {
    if (text.trim()) this.open(text, []);
    else this.complain("There is no text yet: paste an article or drop a file.");
  }

  #queued({ text, spans }) {
    const count = `${spans.length} ${spans.length === 1 ? "span" : "spans"}`;
    const words = make("span", { class: "words", dir: "auto" }, text.trim().slice(0, 160));
    const button = make("button", { type: "button" }, words, make("span", { class: "state" }, count));
    button.onclick = () => this.open(text, spans);
    return make("li", {}, button);
  }

  #acceptDrops() {
    const holds = (event, kind) => event.dataTransfer?.types.includes(kind);
    addEventListener("dragover", (event) => {
      if (!holds(event, "Files")) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    addEventListener("dragleave", ({ relatedTarget }) => {
      if (!relatedTarget) document.body.classList.remove("dropping");
    });
    addEventListener("drop", (event) => {
      document.body.classList.remove("dropping");
      if (!holds(event, "Files")) return;
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) this.#read(file);
    });
  }

  async #read(file) {
    if (file.size > MOST_BYTES) {
      this.complain("The file is too large.");
      return;
    }
    let text;
    try {
      // Unlike a text field, this keeps CR LF and a byte order mark as they are.
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
    } catch {
      this.complain("The file is not text in UTF-8.");
      return;
    }
    this.#give(text);
  }
}
