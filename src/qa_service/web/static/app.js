// The page at `/`: the chat, and an address (#q=...) that reopens its question.

import { Chat } from "./chat.js";
import { element } from "./text.js";

const NAME = "Ask the documents";
let shown = "";

const chat = new Chat(document.getElementById("chat"), {
  title: NAME,
  isPage: true,
  links: [element("a", { href: "/docs" }, "API")],
  store: storage(),
  asked(question, standalone) {
    document.title = question ? `${question} – ${NAME}` : NAME;
    if (standalone === shown) return;
    const first = shown === "" || standalone === "";
    shown = standalone;
    const address = standalone ? `#${new URLSearchParams({ q: standalone })}` : "/";
    // Going back leaves a conversation, it does not take it apart.
    if (first) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  },
});

function wanted() {
  const inHash = new URLSearchParams(location.hash.slice(1)).get("q");
  return inHash ?? new URLSearchParams(location.search).get("q") ?? "";
}

function followAddress() {
  if (/^#(?!q=)/.test(location.hash)) return; // a place on the page
  const question = wanted().trim();
  if (question === shown) return;
  shown = question;
  if (!question) document.title = NAME;
  chat.begin(question);
}

function storage() {
  try {
    return sessionStorage;
  } catch {
    return null; // refused by the browser's settings
  }
}

addEventListener("popstate", followAddress);
addEventListener("hashchange", followAddress);
followAddress();
