// What the page says: to everyone in a notice, or only to those who hear it.

import { $ } from "./dom.js";
import { token } from "./service.js";

/** Show what went wrong until something else is said; an empty message clears it. */
export function complain(message) {
  $("notice").textContent = message;
  $("notice").hidden = !message;
}

/** Say it to a screen reader; who sees the page sees it already. */
export function say(words) {
  $("spoken").textContent = words;
}

/** Show a refusal, and ask for a token where one is wanted. */
export function refuse(error) {
  complain(error.message);
  if (error.status === 401 || error.status === 403) askToken("The service asks for a token.");
}

/** Ask for the token that the service may want. */
export function askToken(why = "Only where the service asks for one.") {
  $("access-hint").textContent = `${why} It is kept in this tab until you close it.`;
  if ($("access").open) return;
  $("token").value = token.get();
  $("access").showModal();
  $("token").focus();
}
