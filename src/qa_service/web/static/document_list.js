// The list of documents, fetched a page at a time.

import { listDocuments } from "./api.js";
import { element } from "./text.js";

const count = new Intl.NumberFormat("en");

export class DocumentList {
  #items;
  #open;
  #note;

  // `open(documentId, opener)` is called when a document is chosen.
  constructor(section, open) {
    this.#items = section.querySelector("ul");
    this.#note = element("p", { className: "faint" });
    section.append(this.#note);
    this.#open = open;
  }

  async load() {
    this.#items.replaceChildren();
    await this.#append("");
  }

  async #append(after) {
    this.#note.textContent = "Loading…";
    let page;
    try {
      page = await listDocuments(after);
    } catch (error) {
      this.#note.textContent = [error.message, error.hint].filter(Boolean).join(" ");
      return;
    }
    this.#items.append(...page.documents.map((info) => this.#item(info)));
    const listed = this.#items.children.length;
    this.#note.textContent =
      page.total === 0 ? "The index holds no documents yet." : `${count.format(listed)} of ${count.format(page.total)}`;
    if (page.next !== null) {
      const more = element("button", { type: "button", className: "plain" }, "Show more");
      more.addEventListener("click", () => this.#append(page.next));
      this.#note.append(" ", more);
    }
  }

  #item(info) {
    const button = element(
      "button",
      { type: "button", className: "source" },
      element("span", { className: "source-title", dir: "auto" }, info.title),
      element("span", { className: "path" }, `${info.id} · ${count.format(info.characters)} characters`),
    );
    button.addEventListener("click", () => this.#open(info.id, button));
    return element("li", {}, button);
  }
}
