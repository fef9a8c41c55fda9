// One document in the panel, with a span of it marked and in view.

import { whereabouts } from "./evidence.js";
import { problem } from "./problem.js";
import { count, element, foreign, marked } from "./text.js";

export class DocumentView {
  #api;
  #panel;
  #loading = null;
  #last = null; // the document fetched last: its citations are often opened one after another
  #files = new Map(); // whether a document's file can be had, asked once

  constructor(api, panel) {
    this.#api = api;
    this.#panel = panel;
  }

  // Show the document of a place {document, start, end, title, section, page}; without a start
  // nothing is marked. Offsets are code points.
  async open(place, indexVersion) {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const { title, body } = this.#panel;
    if (this.#last?.id !== place.document || this.#last.indexVersion !== indexVersion) {
      title.replaceChildren(foreign(place.title));
      body.replaceChildren(element("p", { className: "faint", role: "status" }, "Loading…"));
      title.focus({ preventScroll: true });
      try {
        const document = await this.#api.document(place.document, loading.signal);
        this.#last = { ...document, indexVersion };
      } catch (error) {
        if (error.name === "AbortError") return;
        this.#last = null;
        body.replaceChildren(problem(error, "The document cannot be shown"));
        return;
      }
    }
    this.#show(place);
  }

  stop() {
    this.#loading?.abort();
  }

  #show(place) {
    const shown = this.#last;
    const spans = place.start === undefined ? [] : [{ start: place.start, end: place.end }];
    const text = element(
      "div",
      { className: "document-text", tabIndex: 0, role: "region", "aria-label": "Document text", dir: "auto" },
      ...marked(shown.text, spans),
    );
    const files = element("p", { className: "files" });
    this.#panel.title.replaceChildren(foreign(shown.title));
    this.#panel.body.replaceChildren(
      whereabouts({ ...place, document: shown.id, title: shown.title }),
      files,
      text,
    );
    this.#panel.title.focus({ preventScroll: true });
    // Only the panel scrolls: the conversation stays where the reader is.
    const mark = text.querySelector("mark");
    const room = Math.max(text.clientHeight - (mark?.offsetHeight ?? 0), 0);
    text.scrollTop = mark ? mark.offsetTop - room / 3 : 0;
    this.#offerFile(place, files);
  }

  async #offerFile(place, files) {
    const { id, indexVersion } = this.#last;
    const key = `${indexVersion} ${id}`;
    if (!this.#files.has(key)) this.#files.set(key, this.#api.hasFile(id));
    if (!(await this.#files.get(key))) return;
    const link = (page, words) =>
      element(
        "a",
        { href: this.#api.fileAddress(id, page), target: "_blank", rel: "noopener noreferrer" },
        words,
      );
    files.replaceChildren(
      place.page !== null && /\.pdf$/i.test(id)
        ? link(place.page, `Original file at page ${count.format(place.page)}`)
        : link(null, "Original file"),
    );
  }
}
