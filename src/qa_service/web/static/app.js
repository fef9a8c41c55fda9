// The page: a question goes in, an answer with its evidence comes out, and ?q= reopens it.

import { ask } from "./api.js";
import { DocumentList } from "./document_list.js";
import { DocumentView } from "./document_view.js";
import { renderAnswer, renderError, renderPassages } from "./results.js";

const byId = (id) => document.getElementById(id);
const form = byId("ask");
const field = byId("question");
const submit = form.querySelector("button");
const status = byId("status");
const answer = byId("answer");
const passages = byId("passages");
const listSection = byId("list");
const listButton = byId("list-button");

let indexVersion = "";
let asking = null;

const view = new DocumentView(byId("document"));
const open = (id, start, end, opener) => view.open(id, start, end, opener, indexVersion);
const list = new DocumentList(listSection, (id, opener) => open(id, undefined, undefined, opener));

const EMPTY = "Answers come from the documents alone, with the exact places they stand on.";

function clear(words) {
  status.textContent = words;
  answer.replaceChildren();
  passages.replaceChildren();
}

async function answerQuestion(question) {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  clear("Searching the documents…");
  submit.setAttribute("aria-busy", "true");
  document.title = `${question} – Ask the documents`;
  try {
    const reply = await ask(question, mine.signal);
    indexVersion = reply.index_version;
    const found = reply.passages.length;
    status.textContent = `${found} ${found === 1 ? "passage" : "passages"} in ${reply.took_ms.toFixed(1)} ms`;
    renderAnswer(answer, reply, open);
    renderPassages(passages, reply, open);
  } catch (error) {
    if (error.name === "AbortError") return;
    clear("");
    renderError(answer, error);
  } finally {
    if (asking === mine) submit.removeAttribute("aria-busy");
  }
}

// Ask what the address says; an address without a question shows the empty page.
function followAddress() {
  const question = new URLSearchParams(location.search).get("q") ?? "";
  field.value = question;
  if (question.trim()) {
    answerQuestion(question);
  } else {
    asking?.abort();
    document.title = "Ask the documents";
    clear(EMPTY);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (!question) return;
  const address = "?" + new URLSearchParams({ q: question });
  if (address !== location.search) history.pushState(null, "", address);
  answerQuestion(question);
});

listButton.addEventListener("click", () => {
  listSection.hidden = !listSection.hidden;
  listButton.setAttribute("aria-expanded", String(!listSection.hidden));
  if (!listSection.hidden) list.load();
});

window.addEventListener("popstate", followAddress);
window.addEventListener("offline", () => {
  // A service on this very machine is still there.
  if (!["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) {
    status.textContent = "You are offline. Questions will work again when the connection is back.";
  }
});

followAddress();
