// Passages and sources: where they stand, why they were found, and what opens them.

import { button, count, element, foreign, marked, percent, sectionPath } from "./text.js";

const TERMS = {
  passage_similarity: "Meaning, whole passage",
  sentence_similarity: "Meaning, best sentence",
  passage_bm25: "Words, whole passage",
  sentence_bm25: "Words, best sentence",
  word_pairs: "Pairs of words",
  reranker: "Second reading",
};

// Where a span of a document stands: {document, start, end, title, section, page, also}; what only
// its passage knows is taken from there.
export function placeOf(citation, passages) {
  const { document_id, source_start: start, source_end: end } = citation;
  const passage = passages.find(
    (one) => one.document_id === document_id && one.start <= start && end <= one.end,
  );
  const stretch = passage?.places.find((one) => one.start <= start && start < one.end);
  return {
    document: document_id,
    start,
    end,
    title: citation.title,
    section: passage?.section ?? [],
    page: stretch?.page ?? passage?.page ?? null,
  };
}

function passagePlace(passage) {
  const { document_id, start, end, title, section, page } = passage;
  return { document: document_id, start, end, title, section, page };
}

// "reports/visit.pdf · Chapter › Section · page 3"
export function whereabouts(place) {
  const section = sectionPath(place.section, place.title);
  return element(
    "span",
    { className: "where" },
    foreign(place.document),
    section && " · ",
    section && foreign(section),
    place.page !== null && ` · page ${count.format(place.page)}`,
  );
}

// The list of passages; `open(place, opener)` is called when one is chosen.
export function passageList(passages, open) {
  return element(
    "ol",
    { className: "passages" },
    ...passages.map((passage, i) => passageItem(passage, i + 1, open)),
  );
}

function passageItem(passage, rank, open) {
  const spans = passage.highlights.map((one) => ({
    start: one.start - passage.start,
    end: one.end - passage.start,
  }));
  const place = passagePlace(passage);
  return element(
    "li",
    { className: "passage", part: "passage" },
    element("p", { className: "passage-title" }, foreign(passage.title)),
    whereabouts(place),
    element("p", { className: "passage-text", dir: "auto" }, ...marked(passage.text, spans)),
    passage.also_in.length > 0 && alsoIn(passage.also_in, open),
    element(
      "div",
      { className: "passage-foot" },
      button(
        { className: "link", "aria-label": `Show passage ${rank} in ${passage.title}` },
        (opener) => open(place, opener),
        "Show in document",
      ),
      passage.explanation ? why(passage) : null,
    ),
  );
}

// The same words elsewhere: ids are `document#char=start,end`.
function alsoIn(ids, open) {
  const links = ids.flatMap((id) => {
    const parts = /^(.*)#char=(\d+),(\d+)$/s.exec(id);
    if (!parts) return [];
    const place = { document: parts[1], start: +parts[2], end: +parts[3], title: parts[1], section: [], page: null };
    return [button({ className: "link" }, (opener) => open(place, opener), foreign(parts[1]))];
  });
  return element(
    "p",
    { className: "also faint" },
    "The same is said in ",
    ...links.flatMap((link, i) => (i ? [", ", link] : [link])),
  );
}

// The terms of a passage's score as bars: a full bar is what the term can contribute at most.
function why(passage) {
  const rows = Object.entries(passage.explanation).map(([name, term]) => {
    const meter = element("span", { className: "meter", "aria-hidden": "true" }, element("span"));
    meter.firstChild.style.width = `${Math.min(Math.max(term.normalised, 0), 1) * 100}%`;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, TERMS[name] ?? name.replaceAll("_", " ")),
      element("td", { className: "bar-cell" }, meter),
      element("td", { className: "number" }, `${percent(term.normalised)} × ${term.weight.toFixed(2)}`),
    );
  });
  return element(
    "details",
    { className: "why" },
    element("summary", {}, "Why this passage"),
    element(
      "table",
      {},
      element("caption", {}, `Score ${passage.score.toFixed(2)}: each term beside its weight`),
      element("tbody", {}, ...rows),
    ),
  );
}
