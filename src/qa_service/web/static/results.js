// The answer, or the plain word that there is none, and the passages behind it.

import { codePointIndex, element, marked } from "./text.js";

const percent = (value) => `${Math.round(value * 100)} %`;

// `open(documentId, start, end, opener)` is called when a citation or a passage is chosen.
export function renderAnswer(place, reply, open) {
  place.replaceChildren(reply.answer ? answered(reply, open) : abstained(reply));
}

export function renderPassages(place, reply, open) {
  if (reply.passages.length === 0) {
    place.replaceChildren();
    return;
  }
  const title = reply.answer ? "Passages" : "Closest, but not an answer";
  const items = reply.passages.map((passage) => passageItem(passage, open));
  place.replaceChildren(element("h2", {}, title), element("ol", { className: "passages" }, ...items));
}

export function renderError(place, error) {
  place.replaceChildren(
    element(
      "div",
      { className: "card error", role: "alert" },
      element("h2", {}, error.code === "unreachable" ? "No connection" : "That did not work"),
      element("p", {}, error.message),
      error.hint ? element("p", { className: "faint" }, error.hint) : "",
    ),
  );
}

function answered(reply, open) {
  const { answer } = reply;
  const citations = [...answer.citations].sort((a, b) => a.answer_end - b.answer_end);
  return element(
    "div",
    { className: "card answer" },
    element("h2", {}, "Answer"),
    element("p", { className: "answer-text", dir: "auto" }, ...withNumbers(answer.text, citations, open)),
    element(
      "ol",
      { className: "sources" },
      ...citations.map((citation, i) => element("li", {}, source(citation, i + 1, open))),
    ),
    confidence(reply),
  );
}

function abstained(reply) {
  return element(
    "div",
    { className: "card abstained" },
    element("h2", {}, "The documents do not answer this"),
    reply.reason ? element("p", {}, sentence(reply.reason)) : "",
    confidence(reply),
  );
}

// The answer's text with a numbered button after each cited span.
function withNumbers(text, citations, open) {
  const unitAt = codePointIndex(text);
  const nodes = [];
  let done = 0;
  citations.forEach((citation, i) => {
    const end = Math.max(unitAt(citation.answer_end), done);
    nodes.push(text.slice(done, end), number(citation, i + 1, open));
    done = end;
  });
  nodes.push(text.slice(done));
  return nodes;
}

function number(citation, count, open) {
  const button = element("button", { type: "button", className: "number" }, `${count}`);
  button.setAttribute("aria-label", `Citation ${count}: ${citation.title}`);
  button.addEventListener("click", () => openCitation(citation, button, open));
  return button;
}

function source(citation, count, open) {
  const button = element(
    "button",
    { type: "button", className: "source" },
    element("span", { className: "count" }, `${count}`),
    element("span", { className: "source-title", dir: "auto" }, citation.title),
    element("span", { className: "path" }, citation.document_id),
  );
  button.addEventListener("click", () => openCitation(citation, button, open));
  return button;
}

function openCitation(citation, opener, open) {
  open(citation.document_id, citation.source_start, citation.source_end, opener);
}

function confidence(reply) {
  const meter = element("meter", { min: 0, max: 1, low: reply.threshold, value: reply.confidence });
  meter.setAttribute("aria-hidden", "true"); // the words beside it say the same
  return element(
    "p",
    { className: "confidence faint" },
    meter,
    `Confidence ${percent(reply.confidence)}; answers from ${percent(reply.threshold)}`,
  );
}

function passageItem(passage, open) {
  const spans = passage.highlights.map((h) => ({
    start: h.start - passage.start,
    end: h.end - passage.start,
  }));
  const button = element("button", { type: "button", className: "passage-open" }, "Show in document");
  button.setAttribute("aria-label", `Show this passage in ${passage.title}`);
  button.addEventListener("click", () => {
    open(passage.document_id, passage.start, passage.end, button);
  });
  return element(
    "li",
    { className: "card passage" },
    element(
      "div",
      { className: "passage-head" },
      element("h3", { dir: "auto" }, passage.title),
      element("span", { className: "faint score" }, `score ${passage.score.toFixed(2)}`),
    ),
    element("p", { className: "passage-text", dir: "auto" }, ...marked(passage.text, spans)),
    element(
      "div",
      { className: "passage-foot" },
      element("span", { className: "path" }, passage.document_id),
      button,
    ),
  );
}

function sentence(words) {
  const first = String.fromCodePoint(words.codePointAt(0));
  const rest = words.slice(first.length);
  return first.toUpperCase() + rest + (/[.!?]$/.test(words) ? "" : ".");
}
