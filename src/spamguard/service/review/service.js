// The service behind the page: cleaning, the queue, feedback. All offsets here are code points.

const TOKEN = "spamguard-token";

/** What the service, or the way to it, refused; `message` is fit to be shown. */
export class Refusal extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN) ?? "",
  set: (value) => (value ? sessionStorage.setItem(TOKEN, value) : sessionStorage.removeItem(TOKEN)),
};

/** Clean a text; every span comes with what spoke for it. */
export const clean = (text) => ask("POST", "clean", { text, reasons: true });

/** Ask which stretches leave with the spans given: the spans and the spaces or line breaks they brought. */
export const editsFor = (text, spans) => ask("POST", "review/edits", { text, spans });

/** Articles that wait for a decision. */
export const queue = () => ask("GET", "review/queue");

/** Keep a verdict; gives the id by which it can be taken back. */
export const keep = async (row) => (await ask("POST", "feedback", row)).id;

/** Take a verdict back; one that is gone already is as good. */
export async function withdraw(id) {
  try {
    await ask("DELETE", `feedback/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error.status !== 404) throw error;
  }
}

async function ask(method, path, body) {
  const headers = {};
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  if (body) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Refusal("The service cannot be reached.");
  }
  if (!answer.ok) throw await refusalOf(answer);
  return answer.status === 204 ? null : answer.json();
}

async function refusalOf(answer) {
  const wait = answer.headers.get("Retry-After");
  const problem = await answer.json().catch(() => ({}));
  const detail = problem.detail ?? `The service answered with status ${answer.status}`;
  return new Refusal(wait ? `${detail}. Try again in ${wait} s.` : `${detail}.`, answer.status);
}
