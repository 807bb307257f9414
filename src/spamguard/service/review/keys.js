// Keys: one table that both acts on them and explains them.

import { $, make } from "./dom.js";

const OFF = "spamguard-single-keys-off";

/**
 * @typedef {object} Key
 * @property {string[]} keys as KeyboardEvent has them, letters in lower case
 * @property {string} shown how help names them
 * @property {string} meaning
 * @property {(event: KeyboardEvent) => void} [act] none where the key only changes what another one does
 * @property {() => boolean} [when]
 */

/** Whether what has the focus needs its keys for itself. */
function isTyping(target) {
  return target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, dialog");
}

/** Whether a key that activates a control is meant for the control. */
function isActivating(event) {
  return ["Enter", " "].includes(event.key) && event.target.closest("button, a, summary, label, input");
}

/** Act on the keys of a table, and list them in the help. @param {Key[]} table */
export function listen(table) {
  $("keys").replaceChildren(
    ...table.map(({ shown, meaning }) => {
      const keys = shown.split(" ").flatMap((key, at) => (at ? [" ", make("kbd", {}, key)] : [make("kbd", {}, key)]));
      return make("tr", {}, make("th", { scope: "row" }, ...keys), make("td", {}, meaning));
    }),
  );
  $("single-keys").checked = !localStorage.getItem(OFF);
  $("single-keys").onchange = ({ target }) =>
    target.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.metaKey) return;
    if (isTyping(event.target) || isActivating(event)) return;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const isCharacter = event.key.length === 1 && !event.ctrlKey && !event.altKey;
    if (isCharacter && !$("single-keys").checked) return;
    // Ctrl and Alt change the meaning of arrows here; with letters they are the browser's.
    if (event.key.length === 1 && !isCharacter && !(event.ctrlKey && pressed === "z")) return;
    const hit = table.find(({ keys, when }) => keys.includes(pressed) && (!when || when()));
    if (!hit) return;
    event.preventDefault();
    hit.act(event);
  });
}
