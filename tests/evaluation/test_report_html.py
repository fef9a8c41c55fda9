from __future__ import annotations

import re
from html.parser import HTMLParser

from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.gates import check_gates, parse_gate
from qa_service.evaluation.questions import Question
from qa_service.evaluation.report_html import render_html
from qa_service.evaluation.report_questions import marked
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.runner import evaluate
from qa_service.records import Span

from .factories import HOSTILE, TEXTS, question, sample_evaluation, sample_questions, span
from .fake_system import FakeSystem

_VOID = {"meta", "input", "line", "polyline", "rect", "circle", "br"}


class Page(HTMLParser):
    """Collects tags and checks that each one is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(evaluation: Evaluation, texts: dict[str, str] | None = None) -> str:
    gates = check_gates([parse_gate("brier<=1"), parse_gate("brier<=0")], evaluation)
    comparison = compare(evaluation, baseline_of(evaluation))
    return render_html(evaluation, gates, comparison, FakeSystem(texts or TEXTS).document)


def test_every_tag_is_closed_and_every_question_is_there() -> None:
    parsed = Page(page(sample_evaluation()))
    assert parsed.open == []
    ids = [a["id"] for a in parsed.all("details") if a.get("class") == "question"]
    assert ids == [f"q-q{n}" for n in range(1, 8)]
    assert len(parsed.all("figure")) == 4


def test_the_page_loads_nothing() -> None:
    text = page(sample_evaluation())
    parsed = Page(text)
    assert not parsed.all("link") + parsed.all("img") + parsed.all("iframe")
    assert not any("src" in attributes for _, attributes in parsed.tags)
    assert not re.search(r"https?:|url\(|@import", text)
    policy = next(a for a in parsed.all("meta") if "http-equiv" in a)
    assert (policy["content"] or "").startswith("default-src 'none'")


def test_hostile_text_is_escaped_everywhere() -> None:
    name = "a \"<b>&'.txt"
    texts = {name: HOSTILE}
    hostile = question("<i>'\"", HOSTILE, span("Tides rise."))
    evidence = hostile.evidence[0]
    labelled = Question(
        hostile.id,
        HOSTILE,
        True,
        "paraphrase",
        (type(evidence)(name, 0, 3, HOSTILE[:3]), type(evidence)(name, 4, 12, HOSTILE[4:12])),
    )
    evaluation = evaluate(FakeSystem(texts), [labelled])
    text = page(evaluation, texts)
    parsed = Page(text)
    assert parsed.open == []
    assert len(parsed.all("script")) == 1
    assert not parsed.all("b")[1:] or "<script>alert" not in text
    assert "&lt;script&gt;alert(&#x27;x&#x27;)" in text
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text)
    assert not parsed.all("i")[7:], "only legends use <i>"


def test_labels_and_highlights_are_marked_where_they_overlap() -> None:
    spans = {"gold": [Span(0, 6), Span(100, 110)], "seen": [Span(4, 8), Span(11, 20)]}
    assert marked("0123<5678>ab", 2, 12, spans) == (
        '<mark class="gold">23</mark><mark class="gold seen">&lt;5</mark>'
        '<mark class="seen">67</mark>8&gt;a<mark class="seen">b</mark>'
    )


def test_what_was_answered_is_shown_with_the_labelled_part_of_it_marked() -> None:
    asked = question("q1", "moon has thick atmosphere", span("no thick atmosphere"))
    shown = page(sample_evaluation([asked]))
    assert (
        '<h3>Answer</h3><blockquote><span class="where">moon.txt, 28 to 61, labelled</span>'
        'The moon has <mark class="gold">no thick atmosphere</mark>.</blockquote>'
    ) in shown
    other = question("q1", "moon has thick atmosphere", span("Tides rise."))
    assert '<span class="where">moon.txt, 28 to 61</span>' in page(sample_evaluation([other]))
    assert "<h3>Answer</h3>" not in page(sample_evaluation([asked], threshold=2))


def test_a_large_set_shows_fewer_passages_and_says_so() -> None:
    questions = [
        question(f"q{n}", "moon orbits earth", span("The moon orbits the earth."))
        for n in range(399)
    ]
    failing = question("bad", "how do bicycles stay upright", span("Tides rise."))
    text = page(sample_evaluation([*questions, failing, sample_questions()[0]]))
    assert "Of 401 questions, those that fail are shown with 3 passages each" in text
    assert text.count('<div class="passage') == 3


def test_changed_questions_link_to_their_entries() -> None:
    before = baseline_of(sample_evaluation())
    evaluation = sample_evaluation(threshold=0.9)
    comparison = compare(evaluation, before)
    text = render_html(evaluation, (), comparison, FakeSystem(TEXTS).document)
    assert '<a href="#q-q2">q2</a>' in text
    entry = next(a for tag, a in Page(text).tags if tag == "details" and a.get("id") == "q-q2")
    assert (entry["data-change"], entry["data-passed"]) == ("broken", "no")


def test_sets_of_one_kind_draw_what_they_can() -> None:
    unanswerable = [q for q in sample_questions() if not q.answerable]
    assert len(Page(page(sample_evaluation(unanswerable))).all("figure")) == 3
    answerable = [q for q in sample_questions() if q.answerable]
    assert len(Page(page(sample_evaluation(answerable))).all("figure")) == 4
    shallow = evaluate(FakeSystem(TEXTS), answerable, top_k=1)
    assert Page(page(shallow)).open == []
    assert Page(page(evaluate(FakeSystem({}), unanswerable))).open == []
