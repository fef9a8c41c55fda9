// The panel that shows one document with a span of it marked and in view.

import { getDocument } from "./api.js";
import { marked } from "./text.js";

export class DocumentView {
  #panel;
  #title;
  #about;
  #text;
  #opener = null;
  #loading = null;
  #last = null; // the document fetched last: its citations are often opened one after another

  constructor(panel) {
    this.#panel = panel;
    this.#title = panel.querySelector("#document-title");
    this.#about = panel.querySelector("#document-about");
    this.#text = panel.querySelector("#document-text");
    panel.querySelector("#document-close").addEventListener("click", () => this.close());
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  // Show a document; with start and end (code points), that span marked. `opener` gets the focus
  // back when the panel closes.
  async open(id, start, end, opener, indexVersion) {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.#opener = opener;
    this.#panel.hidden = false;
    document.body.classList.add("reading");
    if (this.#last?.id !== id || this.#last.indexVersion !== indexVersion) {
      this.#title.textContent = id;
      this.#about.textContent = "Loading…";
      this.#text.replaceChildren();
      try {
        this.#last = { ...(await getDocument(id, loading.signal)), indexVersion };
      } catch (error) {
        if (error.name === "AbortError") return;
        this.#last = null;
        this.#about.textContent = [error.message, error.hint].filter(Boolean).join(" ");
        this.#title.focus();
        return;
      }
    }
    this.#show(start, end);
  }

  close() {
    this.#loading?.abort();
    this.#panel.hidden = true;
    document.body.classList.remove("reading");
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  #show(start, end) {
    const shown = this.#last;
    this.#title.textContent = shown.title;
    this.#about.textContent = shown.id;
    const spans = start === undefined ? [] : [{ start, end }];
    this.#text.replaceChildren(...marked(shown.text, spans));
    this.#title.focus({ preventScroll: true });
    // Only the panel scrolls: the page stays where the reader is.
    const mark = this.#text.querySelector("mark");
    const room = Math.max(this.#text.clientHeight - (mark?.offsetHeight ?? 0), 0);
    this.#text.scrollTop = mark ? mark.offsetTop - room / 3 : 0;
  }
}
