"""Two hundred hostile strings as text, title, file name and question: shown as text, and nothing
else. No script runs, nothing foreign is asked for, no layout breaks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from end_to_end.watched import watched
from qa_service.settings import Settings
from web.client import live
from web.fakes import FakeService

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

FOREIGN = "//foreign.invalid/x"
PAYLOADS = [
    "<script>alert(1)</script>",
    f"<script src=https:{FOREIGN}.js></script>",
    "<img src=x onerror=alert(1)>",
    f"<img src=https:{FOREIGN}.png>",
    f"<svg onload=alert(1)><image href=https:{FOREIGN}></svg>",
    f"<iframe src=https:{FOREIGN}></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    f"<link rel=stylesheet href=https:{FOREIGN}.css>",
    f"<style>@import 'https:{FOREIGN}'; * {{ display: none }}</style>",
    f"<a href=https:{FOREIGN}>go</a>",
    "<a href=javascript:alert(1)>go</a>",
    f"<meta http-equiv=refresh content='0;url=https:{FOREIGN}'>",
    f"<base href=https:{FOREIGN}>",
    f"<form action=https:{FOREIGN}><input autofocus onfocus=alert(1)></form>",
    f"<object data=https:{FOREIGN}></object>",
    "<template><script>alert(1)</script></template>",
    "<details open ontoggle=alert(1)>",
    "</p></div></main></body></html><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    f"![image](https:{FOREIGN}.png)",
    '![x](x"onerror="alert(1))',
    "[link](javascript:alert(1))",
    f"[link](https:{FOREIGN})",
    f"<https:{FOREIGN}>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    f"https:{FOREIGN}",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "`${alert(1)}`",
    "__proto__ constructor toString",
    "\u202egnp.txt\u202c override",
    "\u202eright to left, never ended",
    "\u2066isolate \u2067never ended",
    "שלום עולם with English",
    "W" * 300,
    "word\u00ad" * 60,
    "Zalgo" + "\u0300\u0301\u0302\u0303\u0330" * 20,
    "👩‍👩‍👧‍👦" * 20,
    "\u0000null \u0007bell \u001b[31m escape",
    "zero\u200bwidth\u200d\ufe0f \ufeff mark",
    "event: done data: {} : keep-alive",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E %00 %2e%2e",
    "a?b=c&d#q=e;f@g:h",
]
FRAMES = ["{}", "Report {} of 1964", "**{}** _x_", "q {} {}"]
STRINGS = [frame.format(payload, payload) for frame, payload in product(FRAMES, PAYLOADS)]
# A path holds no null byte, and its slashes make folders of which none may be empty.
NAMES = {f"{i:03} {s.replace(chr(0), '').replace('/', '∕')}.md": s for i, s in enumerate(STRINGS)}
DOCUMENTS = {name: f"{s}\n\nMatter {i} tells: {s}." for i, (name, s) in enumerate(NAMES.items())}

# Ask each question by the page's address and collect what stands on the page then.
ASK_ALL = """async ([questions, planted]) => {
  const shown = [];
  for (const q of questions) {
    const deadline = performance.now() + 5000;
    location.hash = String(new URLSearchParams({ q }));
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (performance.now() > deadline) throw new Error("never shown: " + JSON.stringify(q));
      const turn = document.querySelector(".turn");
      const reply = turn?.querySelector(".reply");
      if (turn?.querySelector(".question").textContent !== q || reply.ariaBusy) continue;
      const all = (of, name) => [...of.querySelectorAll(name)].map((one) => one.textContent);
      shown.push({
        question: q,
        planted: document.querySelectorAll(planted).length,
        state: reply.className,
        prose: all(turn, ".prose").join(""),
        passages: [...turn.querySelectorAll(".passage")].map((one) => [
          all(one, ".where bdi")[0], all(one, ".passage-title")[0], all(one, ".passage-text")[0],
        ]),
      });
      break;
    }
  }
  return shown;
}"""
OPEN_ALL = """async (planted) => {
  const shown = {};
  for (const item of [...document.querySelectorAll(".documents .source")]) {
    const id = item.querySelector(".where bdi").textContent;
    const title = item.querySelector(".source-title").textContent;
    const deadline = performance.now() + 5000;
    item.click();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (performance.now() > deadline) throw new Error("never shown: " + JSON.stringify(id));
      const text = document.querySelector(".panel .document-text");
      if (text && document.querySelector(".panel .where bdi").textContent === id) {
        const heading = document.querySelector(".panel-title").textContent;
        shown[id] = [title, heading, text.textContent, document.querySelectorAll(planted).length];
        break;
      }
    }
  }
  return shown;
}"""
# Elements that the page itself never makes.
PLANTED = "img, image, b, i:not(.meter i), script:not([src^='/static/']), iframe, object, base, \
link:not([href^='/static/']):not([rel=icon]), style, form form, input:not([type=search]), svg, \
meta[http-equiv], main a, .panel a:not([href^='/v1/files/'])"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with live(FakeService(Settings(model="hashing"), DOCUMENTS)) as url:
        yield url


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(STRINGS)) == len(DOCUMENTS) == 200


def test_hostile_questions_and_what_they_find_are_shown_as_text(browser: Any, url: str) -> None:
    questions = [" ".join(s.split()) for s in STRINGS]  # an address is trimmed
    with watched(browser, url, viewport={"width": 360, "height": 640}) as page:
        page.goto(url + "/")
        shown = page.evaluate(ASK_ALL, [questions, PLANTED])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [each["question"] for each in shown] == questions
    assert not [each for each in shown if each["planted"]]
    assert not [each for each in shown if each["state"].endswith("error")]
    answered = [each for each in shown if each["state"].endswith("answered")]
    assert len(answered) > 100
    assert all(len(each["passages"]) == 5 for each in shown)
    for each in shown:
        for document, title, text in each["passages"]:
            assert title == NAMES[document].lstrip("# ").split("\n")[0]
            assert text in DOCUMENTS[document].split("\n")


def test_hostile_documents_are_listed_and_opened_as_text(browser: Any, url: str) -> None:
    with watched(browser, url, viewport={"width": 360, "height": 640}) as page:
        page.goto(url + "/")
        page.get_by_role("button", name="Documents").click()
        sync_api.expect(page.locator(".documents li")).to_have_count(200)
        assert page.locator(PLANTED).count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        isolation = "one => getComputedStyle(one).unicodeBidi"
        assert page.locator(".documents bdi").first.evaluate(isolation) == "isolate"
        shown = page.evaluate(OPEN_ALL, PLANTED)
    assert shown == {
        name: [s.lstrip("# "), s.lstrip("# "), DOCUMENTS[name], 0] for name, s in NAMES.items()
    }
