// What went wrong, and what to do next: the same box wherever it happens.

import { button, element } from "./text.js";

const TITLES = { unreachable: "No connection", broken_off: "The answer broke off" };

// `title` for errors that have no better one; `again`, if given, is offered as a button.
export function problem(error, title, again = null, words = "Ask again") {
  return element(
    "div",
    { className: "problem", role: "alert" },
    element("p", { className: "verdict" }, TITLES[error.code] ?? title),
    element("p", { dir: "auto" }, error.message),
    error.hint ? element("p", { className: "faint", dir: "auto" }, error.hint) : null,
    again && button({ className: "quiet" }, again, words),
  );
}
