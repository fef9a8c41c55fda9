// The chat: a conversation with the documents, in any element or shadow root. It is the whole of the
// page at `/` and of the widget.

import { Api } from "./api.js";
import { DocumentList } from "./document_list.js";
import { DocumentView } from "./document_view.js";
import { examples } from "./examples.js";
import { Panel } from "./panel.js";
import { problem } from "./problem.js";
import { button, element, foreign } from "./text.js";
import { Turn } from "./turn.js";

const MOST_MESSAGES = 20;
const MOST_CHARACTERS = 4000; // of a message that is sent along again

export class Chat {
  #api;
  #turns = [];
  #asking = null;
  #indexVersion = "";
  #panel;
  #view;
  #list;
  #thread;
  #welcome;
  #field;
  #submit;
  #status;
  #banner;
  #options;
  #fresh;

  // `options`: base (the service's address), title, isPage (the chat is the page itself), links
  // (nodes for the top), store (where examples are kept), asked(question) after each question.
  constructor(place, options = {}) {
    this.#options = options;
    this.#api = new Api(options.base ?? "");
    this.#build(place);
    this.#panel.back.addEventListener("click", () => this.#documents(this.#panel.back, false));
    addEventListener("offline", () => this.#connection());
    addEventListener("online", () => this.#connection());
    this.begin();
  }

  // Start a new conversation, with a question if there is one.
  begin(question = "") {
    this.#asking?.abort();
    this.#turns = [];
    this.#thread.replaceChildren(this.#welcome);
    this.#fresh.hidden = true;
    this.#field.value = "";
    if (this.#panel.isOpen) this.#panel.close();
    if (question.trim()) this.ask(question);
    else this.#greet();
    if (this.#options.isPage) this.#field.focus({ preventScroll: true });
  }

  async ask(question) {
    this.#welcome.remove();
    this.#fresh.hidden = false;
    const turn = new Turn(question.trim().toWellFormed(), {
      open: (place, opener) => this.#open(place, opener),
      say: (words) => (this.#status.textContent = words),
      retry: (one) => this.#run(one),
      isAsking: () => this.#asking !== null,
      address: (words) => this.#api.questionAddress(words),
    });
    this.#turns.push(turn);
    this.#thread.append(turn.element);
    await this.#run(turn);
  }

  async #run(turn) {
    this.#asking?.abort();
    const mine = new AbortController();
    this.#asking = mine;
    turn.wait();
    this.#status.textContent = "Searching the documents…";
    this.#busy(true);
    this.#options.asked?.(turn.question, turn.standalone);
    this.#thread.scrollTop = turn.element.offsetTop;
    const resting = this.#thread.scrollTop;
    try {
      const request = { question: turn.question, explain: true };
      const conversation = this.#before(turn);
      if (conversation.length) request.conversation = conversation;
      for await (const event of this.#api.ask(request, mine.signal)) {
        if (mine.signal.aborted) break;
        if (event.name === "retrieval") this.#indexVersion = event.data.index_version;
        turn.take(event);
      }
      if (mine.signal.aborted) {
        turn.stopped();
        return;
      }
      this.#options.asked?.(turn.question, turn.standalone);
    } catch (error) {
      if (mine.signal.aborted) turn.stopped();
      else turn.fail(error);
    } finally {
      if (this.#asking === mine) {
        this.#asking = null;
        this.#busy(false);
      }
      // The question goes to the top once its answer fills the room below; not under the hand of
      // somebody who scrolls.
      if (this.#thread.scrollTop === resting) this.#thread.scrollTop = turn.element.offsetTop - 12;
    }
  }

  // The messages before a turn, oldest first, as the service takes them.
  #before(turn) {
    const earlier = this.#turns.slice(0, this.#turns.indexOf(turn)).filter((one) => one.retrieval);
    const messages = earlier.flatMap((one) => [
      { role: "user", content: cut(one.question) },
      ...(one.answer ? [{ role: "assistant", content: cut(one.answer.text) }] : []),
    ]);
    return messages.slice(-MOST_MESSAGES);
  }

  #build(place) {
    const { title = "Ask the documents", isPage = false, links = [] } = this.#options;
    this.#status = element("p", { className: "unseen", role: "status" });
    this.#banner = element("p", { className: "banner", role: "status", hidden: true });
    this.#welcome = element("div", { className: "welcome" });
    this.#thread = element("div", {
      className: "thread",
      part: "thread",
      role: "region",
      "aria-label": "Conversation",
      tabIndex: 0,
    });
    this.#fresh = button({ className: "link", hidden: true }, () => {
      this.begin();
      this.#field.focus({ preventScroll: true });
      this.#options.asked?.("", "");
    }, "New chat");
    const documents = button({ className: "link" }, (one) => {
      this.#documents(one, true);
    }, "Documents");
    const header = element(
      isPage ? "header" : "div",
      { className: "bar", part: "header" },
      element(isPage ? "h1" : "p", { className: "title", dir: "auto" }, title),
      element("nav", { "aria-label": "Chat" }, this.#fresh, documents, ...links),
    );
    const form = this.#form();
    const talk = element(isPage ? "main" : "div", { className: "talk" }, this.#banner, this.#thread, form);
    this.#panel = new Panel(() => [header, talk]);
    this.#view = new DocumentView(this.#api, this.#panel);
    this.#list = new DocumentList(this.#api, this.#panel, (where, opener) => this.#open(where, opener, true));
    this.#panel.closed = () => this.#view.stop();
    const frame = element("div", { className: "frame" }, talk, this.#panel.element);
    place.append(element("div", { className: "chat", part: "chat" }, header, frame, this.#status));
  }

  #form() {
    this.#field = element("textarea", {
      className: "field",
      part: "field",
      rows: 1,
      required: true,
      placeholder: "Ask a question",
      enterKeyHint: "send",
    });
    this.#field.setAttribute("aria-label", "Your question");
    this.#field.id = "question";
    this.#submit = element("button", { type: "submit", part: "button" }, "Ask");
    const form = element("form", { className: "composer", part: "composer" }, this.#field, this.#submit);
    this.#field.addEventListener("keydown", (event) => {
      // Enter that ends a word in an input method is not the end of the question.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#asking) {
        this.#asking.abort();
        return;
      }
      const question = this.#field.value;
      if (!question.trim()) return;
      this.#field.value = "";
      this.ask(question);
    });
    return form;
  }

  #busy(isBusy) {
    this.#submit.textContent = isBusy ? "Stop" : "Ask";
    this.#submit.classList.toggle("stop", isBusy);
    this.#field.required = !isBusy; // an empty field must not keep from stopping
  }

  async #greet() {
    this.#status.textContent = "";
    const list = element("div", { className: "examples" });
    this.#welcome.replaceChildren(
      element("p", { className: "lead" }, "What would you like to know?"),
      element(
        "p",
        { className: "faint" },
        "Answers come from the documents alone, with the exact places they stand on. Where the documents do not answer, you are told so.",
      ),
      list,
    );
    try {
      const { questions, total } = await examples(this.#api, this.#options.store ?? null);
      if (total === 0) {
        list.replaceChildren(
          element("p", { className: "note" }, "The index holds no documents yet. Put files into the corpus folder and index them."),
        );
        return;
      }
      list.replaceChildren(
        ...questions.map((one) => button({ className: "example" }, () => this.ask(one), foreign(one))),
      );
    } catch (error) {
      if (error.retryAfter) return; // too busy for examples
      list.replaceChildren(
        problem(error, "The service is not ready", () => this.#greet(), "Try again"),
      );
    }
  }

  #open(place, opener, fromList = false) {
    this.#panel.show(opener);
    this.#panel.back.hidden = !fromList;
    this.#view.open(place, this.#indexVersion);
  }

  #documents(opener, fresh) {
    this.#panel.show(opener);
    this.#panel.back.hidden = true;
    this.#view.stop();
    this.#list.show(fresh);
  }

  #connection() {
    // A service on this very machine is still there.
    const host = new URL(this.#api.base || location.href, location.href).hostname;
    const near = ["localhost", "127.0.0.1", "[::1]"].includes(host);
    this.#banner.hidden = near || navigator.onLine;
    this.#banner.textContent = this.#banner.hidden
      ? ""
      : "You are offline. Questions will work again when the connection is back.";
  }
}

const cut = (text) =>
  text.length > MOST_CHARACTERS ? [...text].slice(0, MOST_CHARACTERS).join("") : text;
