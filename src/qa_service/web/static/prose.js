// An answer's text with the numbers of its citations: as nodes to show, and as plain text to copy.

import { placeOf, whereabouts } from "./evidence.js";
import { codePointIndex, element } from "./text.js";

// Citations as they are numbered: by where they end in the answer.
export const inOrder = (citations) => [...citations].sort((a, b) => a.answer_end - b.answer_end);

// The text as nodes: `number(citation, n)` after each cited span, and spans that no source backs
// marked, with a word that says so. Offsets are code points of `text`.
export function proseNodes(text, citations, ungrounded, number) {
  const unitAt = codePointIndex(text);
  const cuts = [
    ...inOrder(citations).map((one, i) => ({ at: unitAt(one.answer_end), node: number(one, i + 1) })),
    ...ungrounded.flatMap((span) => [
      { at: unitAt(span.start), doubted: true },
      { at: unitAt(span.end), doubted: false, node: element("span", { className: "doubt" }, "unverified") },
    ]),
  ].sort((a, b) => a.at - b.at);
  const nodes = [];
  let done = 0;
  let doubted = false;
  for (const cut of [...cuts, { at: text.length }]) {
    const piece = text.slice(done, Math.max(cut.at, done));
    done = Math.max(cut.at, done);
    if (piece) nodes.push(doubted ? doubtful(piece) : piece);
    if (cut.node) nodes.push(cut.node);
    doubted = cut.doubted ?? doubted;
  }
  return nodes;
}

// The answer as plain text, numbered, with the list of its sources under it.
export function quotation(text, citations, passages) {
  const unitAt = codePointIndex(text);
  const ordered = inOrder(citations);
  let numbered = "";
  let done = 0;
  ordered.forEach((one, i) => {
    const end = Math.max(unitAt(one.answer_end), done);
    numbered += `${text.slice(done, end)} [${i + 1}]`;
    done = end;
  });
  const sources = ordered.map((one, i) => {
    const where = whereabouts(placeOf(one, passages)).textContent;
    return `[${i + 1}] ${one.title} (${where}), characters ${one.source_start}–${one.source_end}`;
  });
  return `${numbered}${text.slice(done)}\n\n${sources.join("\n")}`;
}

function doubtful(piece) {
  const title = "No passage was found that backs this.";
  return element("span", { className: "ungrounded", title }, piece);
}
