// The place beside the conversation: a document, or the list of them. Where there is no room for
// both it lies over the conversation, which then cannot be reached until it is closed.

import { button, element } from "./text.js";

export class Panel {
  #covered;
  #opener = null;
  #frame;

  // `covered`: what the panel lies over when there is no room beside it.
  constructor(covered) {
    this.#covered = covered;
    this.title = element("h2", { className: "panel-title", tabIndex: -1, id: "panel-title" });
    this.back = button({ className: "link", hidden: true }, () => {}, "‹ Documents");
    this.body = element("div", { className: "panel-body" });
    this.element = element(
      "div",
      { className: "panel", part: "panel", hidden: true, "aria-labelledby": "panel-title" },
      element(
        "div",
        { className: "panel-bar" },
        element("div", { className: "panel-names" }, this.back, this.title),
        button({ className: "quiet" }, () => this.close(), "Close"),
      ),
      this.body,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    new ResizeObserver(() => this.#cover()).observe(this.element);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  // Show the panel; `opener` gets the focus back when it closes.
  show(opener) {
    if (!this.element.contains(opener)) this.#opener = opener;
    this.element.hidden = false;
    this.#cover();
  }

  close() {
    this.element.hidden = true;
    this.#cover();
    this.closed?.();
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  #cover() {
    const over = this.isOpen && getComputedStyle(this.element).position === "absolute";
    for (const part of this.#covered()) part.inert = over;
    this.element.setAttribute("role", over ? "dialog" : "complementary");
    if (over) this.element.setAttribute("aria-modal", "true");
    else this.element.removeAttribute("aria-modal");
  }
}
