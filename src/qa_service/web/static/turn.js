// One question and what came of it: the answer as it streams in, an abstention, or an error.

import { passageList, placeOf, whereabouts } from "./evidence.js";
import { problem } from "./problem.js";
import { inOrder, proseNodes, quotation } from "./prose.js";
import { button, copyText, element, foreign, percent } from "./text.js";

const MOST_RETRIES = 3;

export class Turn {
  text = "";
  citations = [];
  answer = null;
  retrieval = null;
  #card;
  #prose = null;
  #chat;

  // `chat` gives open(place, opener), say(words), retry(turn), isAsking() and address(question).
  constructor(question, chat) {
    this.question = question;
    this.retries = 0;
    this.#chat = chat;
    this.#card = element("div", { className: "reply" });
    this.element = element(
      "article",
      { className: "turn", "aria-label": `Question: ${question}` },
      element("h2", { className: "question", part: "question", dir: "auto" }, question),
      this.#card,
    );
    this.wait();
  }

  // The question as it can stand alone, for a link.
  get standalone() {
    return this.retrieval?.searched_for ?? this.question;
  }

  wait() {
    this.text = "";
    this.citations = [];
    this.answer = null;
    this.#prose = null;
    this.#card.className = "reply waiting";
    this.#card.setAttribute("aria-busy", "true");
    this.#card.replaceChildren(
      element("p", { className: "faint" }, "Searching the documents…"),
      ...["", "short"].map((size) => element("div", { className: `ghost ${size}` })),
    );
  }

  // Take in one event of the stream.
  take({ name, data }) {
    if (name === "retrieval") this.#retrieved(data);
    else if (name === "delta") this.#append(data.text);
    else if (name === "replace") this.#withdraw(data.note);
    else if (name === "citation") {
      this.citations.push(data);
      this.#write();
    } else if (name === "done") this.#finish(data.answer);
  }

  fail(error) {
    this.#end("error");
    const box = problem(error, "That did not work", () => this.#chat.retry(this));
    if (this.#prose) this.#card.append(box);
    else if (error.retryAfter) this.#busy(error);
    else this.#card.replaceChildren(box);
    this.#chat.say(error.message);
  }

  stopped() {
    this.#end("stopped");
    const note = element("p", { className: "faint" }, "Stopped. ");
    note.append(button({ className: "link" }, () => this.#chat.retry(this), "Ask again"));
    if (this.#prose) this.#card.append(note);
    else this.#card.replaceChildren(note);
    this.#chat.say("Stopped.");
  }

  #retrieved(retrieval) {
    this.retrieval = retrieval;
    if (retrieval.answerable) {
      this.#card.replaceChildren(element("p", { className: "faint" }, "Reading the passages…"));
    }
  }

  #append(words) {
    this.text += words;
    if (this.#prose?.lastChild?.nodeType === Node.TEXT_NODE) this.#prose.lastChild.appendData(words);
    else this.#write();
  }

  #withdraw(note) {
    this.text = "";
    this.citations = [];
    this.#prose = null;
    this.#card.replaceChildren(element("p", { className: "note" }, note));
  }

  // Write the text so far with its citations' numbers; a number that has the focus keeps it.
  #write(ungrounded = []) {
    if (this.#prose === null) {
      this.#prose = element("p", { className: "prose", part: "answer", dir: "auto" });
      const note = this.#card.querySelector(".note");
      this.#card.replaceChildren(...(note ? [note] : []), this.#prose);
    }
    const numbers = () => [...this.#prose.querySelectorAll(".cite")];
    const focused = numbers().findIndex((one) => one.matches(":focus"));
    this.#prose.replaceChildren(
      ...proseNodes(this.text, this.citations, ungrounded, (...one) => this.#number(...one)),
    );
    if (focused >= 0) numbers()[focused]?.focus();
  }

  #finish(answer) {
    this.answer = answer;
    const reply = this.retrieval;
    if (answer === null) {
      this.#end("abstained");
      this.#card.replaceChildren(...this.#abstention());
      this.#chat.say(`The documents do not answer this. ${reply.reason ?? ""}`);
      return;
    }
    this.text = answer.text;
    this.citations = answer.citations;
    this.#write(answer.ungrounded ?? []);
    this.#end("answered");
    this.#card.replaceChildren(
      ...(answer.note ? [element("p", { className: "note" }, answer.note)] : []),
      ...this.#understood(),
      this.#prose,
      this.#sources(),
      this.#foot(),
      element(
        "details",
        { className: "behind" },
        element("summary", {}, `${found(reply.passages.length)} behind this answer`),
        passageList(reply.passages, this.#chat.open),
      ),
    );
    const sources = this.citations.length;
    this.#chat.say(`${answer.text} ${sources} ${sources === 1 ? "source" : "sources"}. ${confidence(reply)}`);
  }

  #abstention() {
    const reply = this.retrieval;
    const shown = reply.passages.length > 0;
    return [
      ...this.#understood(),
      element("p", { className: "verdict" }, "The documents do not answer this"),
      ...(reply.reason ? [element("p", {}, sentence(reply.reason))] : []),
      this.#foot(),
      ...(shown
        ? [
            element("h3", { className: "closest" }, "Closest, but not an answer"),
            passageList(reply.passages, this.#chat.open),
          ]
        : []),
    ];
  }

  #understood() {
    const searched = this.retrieval.searched_for;
    if (!searched || searched === this.question) return [];
    return [element("p", { className: "faint" }, "Searched for: ", foreign(searched))];
  }

  #number(citation, number) {
    const label = `Citation ${number}: ${citation.title}`;
    return button(
      { className: "cite", part: "citation", "aria-label": label, title: citation.title },
      (opener) => this.#chat.open(placeOf(citation, this.retrieval.passages), opener),
      `${number}`,
    );
  }

  #sources() {
    const items = inOrder(this.citations).map((citation, i) => {
      const place = placeOf(citation, this.retrieval.passages);
      return element(
        "li",
        {},
        button(
          { className: "source", part: "source" },
          (opener) => this.#chat.open(place, opener),
          element("span", { className: "count" }, `${i + 1}`),
          foreign(citation.title, "source-title"),
          whereabouts(place),
        ),
      );
    });
    return element("ol", { className: "sources", "aria-label": "Sources" }, ...items);
  }

  #foot() {
    const reply = this.retrieval;
    const meter = element("span", { className: "meter", "aria-hidden": "true" }, element("span"), element("i"));
    meter.firstChild.style.width = `${reply.confidence * 100}%`;
    meter.lastChild.style.insetInlineStart = `${reply.threshold * 100}%`;
    const copied = (words) => async (one) => {
      const before = one.textContent;
      one.textContent = (await copyText(words())) ? "Copied" : "Not permitted here";
      this.#chat.say(one.textContent);
      setTimeout(() => (one.textContent = before), 1600);
    };
    return element(
      "div",
      { className: "foot" },
      element("p", { className: "confidence faint" }, meter, confidence(reply)),
      element(
        "div",
        { className: "actions" },
        this.answer && button({ className: "link" }, copied(() => this.#quoted()), "Copy with sources"),
        button({ className: "link" }, copied(() => this.#chat.address(this.standalone)), "Copy link"),
      ),
    );
  }

  #quoted() {
    const link = this.#chat.address(this.standalone);
    return `${quotation(this.text, this.citations, this.retrieval.passages)}\n${link}\n`;
  }

  // Overload: ask again when the service wants to be asked, a few times, and then leave it.
  #busy(error) {
    this.#card.className = "reply busy";
    const words = element("p", {}, "It answers as many questions at once as it was set to.");
    const now = button({ className: "quiet" }, () => this.#chat.retry(this), "Ask again now");
    this.#card.replaceChildren(
      element("p", { className: "verdict" }, "The service is busy"),
      words,
      now,
    );
    if (this.retries >= MOST_RETRIES) return;
    let left = error.retryAfter;
    const tick = () => {
      if (!now.isConnected) return;
      if (left <= 0 && !this.#chat.isAsking()) {
        this.retries += 1;
        this.#chat.retry(this);
        return;
      }
      words.textContent = `Asking again in ${Math.max(left, 1)} s.`;
      left -= 1;
      setTimeout(tick, 1000);
    };
    tick();
  }

  #end(state) {
    this.#card.className = `reply ${state}`;
    this.#card.removeAttribute("aria-busy");
  }
}

const found = (n) => `${n} ${n === 1 ? "passage" : "passages"}`;

function confidence(reply) {
  const { confidence: value, threshold } = reply;
  if (!reply.answerable) return `Confidence too low: ${percent(value)} (answers from ${percent(threshold)})`;
  const word = value >= (threshold + 1) / 2 ? "high" : "moderate";
  return `Confidence ${word}: ${percent(value)} (answers from ${percent(threshold)})`;
}

function sentence(words) {
  const first = String.fromCodePoint(words.codePointAt(0));
  return first.toUpperCase() + words.slice(first.length) + (/[.!?]$/.test(words) ? "" : ".");
}
