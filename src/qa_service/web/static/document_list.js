// The list of documents in the panel: fetched a page at a time, searched by title and path.

import { button, count, element, foreign } from "./text.js";

const SHOWN = 200; // items at once: more are not looked through by eye

export class DocumentList {
  #api;
  #panel;
  #open;
  #documents = [];
  #next = "";
  #total = 0;
  #run = 0;
  #items = element("ul", { className: "documents", "aria-label": "Documents" });
  #note = element("p", { className: "faint", role: "status" });
  #field = element("input", { type: "search", autocomplete: "off", placeholder: "Title or path" });

  // `open(place, opener)` is called when a document is chosen.
  constructor(api, panel, open) {
    this.#api = api;
    this.#panel = panel;
    this.#open = open;
    this.#field.setAttribute("aria-label", "Search the documents");
    this.#field.addEventListener("input", () => this.#search());
  }

  // Show the list as it was left; fetch it when `fresh`.
  async show(fresh) {
    this.#panel.title.replaceChildren("Documents");
    this.#panel.body.replaceChildren(this.#field, this.#note, this.#items);
    this.#field.focus();
    if (fresh) {
      this.#documents = [];
      this.#next = "";
      this.#field.value = "";
      this.#items.replaceChildren();
      await this.#search();
    }
  }

  // Draw what fits; while there are documents not fetched yet and too few fit, fetch on.
  async #search() {
    this.#run += 1;
    const run = this.#run;
    for (;;) {
      const words = this.#field.value.trim().toLowerCase();
      const fitting = this.#documents.filter((one) =>
        `${one.title}\n${one.id}`.toLowerCase().includes(words),
      );
      if (fitting.length >= SHOWN || this.#next === null) {
        this.#draw(fitting, words);
        return;
      }
      this.#note.textContent = "Loading…";
      try {
        const page = await this.#api.documents(this.#next);
        if (run !== this.#run) return;
        this.#documents.push(...page.documents);
        this.#next = page.next;
        this.#total = page.total;
      } catch (error) {
        if (run !== this.#run) return;
        this.#note.textContent = [error.message, error.hint].filter(Boolean).join(" ");
        return;
      }
    }
  }

  #draw(fitting, words) {
    const shown = fitting.slice(0, SHOWN);
    this.#items.replaceChildren(...shown.map((one) => this.#item(one)));
    if (this.#total === 0) this.#note.textContent = "The index holds no documents yet.";
    else if (words && fitting.length === 0) this.#note.textContent = "No document is called so.";
    else if (shown.length < this.#total) {
      this.#note.textContent = `${count.format(shown.length)} shown of ${count.format(this.#total)}`;
    } else this.#note.textContent = `${count.format(this.#total)} in all`;
  }

  #item(info) {
    const place = { document: info.id, title: info.title, section: [], page: null };
    return element(
      "li",
      {},
      button(
        { className: "source" },
        (opener) => this.#open(place, opener),
        foreign(info.title, "source-title"),
        element(
          "span",
          { className: "where" },
          foreign(info.id),
          ` · ${count.format(info.characters)} characters`,
        ),
      ),
    );
  }
}
