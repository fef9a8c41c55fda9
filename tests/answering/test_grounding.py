from __future__ import annotations

import pytest

from answering.grounding_examples import ENGINES, EXAMPLES, FERRY, VISIT
from qa_service.answering.grounding import Grounding, ground
from qa_service.answering.plain_text import PlainText
from qa_service.chunking.sentences import split_sentences
from qa_service.records import Evidence, Passage, Sentence, Span

BEFORE = "😀 Front matter. "  # every offset into a source is beyond an astral character


def evidence(text: str, name: str = "d.txt", title: str = "Title") -> Evidence:
    start = len(BEFORE)
    spans = split_sentences(text, 0, len(text), max_characters=350)
    sentences = tuple(
        Sentence(start + span.start, start + span.end, text[span.start : span.end])
        for span in spans
    )
    end = start + len(text)
    passage = Passage(name, name, title, start, end, text, 9, (), sentences, (), (), "en")
    return Evidence(passage, 1.0, ())


def checked(written: str, *passages: str) -> tuple[str, Grounding]:
    plain = PlainText("\n".join(passages))
    plain.feed(written)
    plain.finish()
    found = [evidence(text, f"{number}.txt") for number, text in enumerate(passages, start=1)]
    return plain.text, ground(plain.text, plain.marks, found)


def backed(written: str, *passages: str) -> bool:
    _, grounding = checked(written, *passages)
    assert bool(grounding.citations) != bool(grounding.ungrounded)
    return bool(grounding.citations)


def test_most_true_sentences_are_backed_and_most_false_ones_are_not() -> None:
    kept = [one for one in EXAMPLES if one.true and backed(one.sentence, one.passage)]
    caught = [one for one in EXAMPLES if not one.true and not backed(one.sentence, one.passage)]
    true = sum(one.true for one in EXAMPLES)
    assert (true, len(EXAMPLES) - true) == (42, 46)
    assert len(kept) >= 39
    assert len(caught) >= 42


def test_a_citation_is_a_whole_source_sentence_at_its_exact_offsets() -> None:
    written = "James Watt added a separate condenser [1]. It ran from 1871 to 1938 [2]."
    text, grounding = checked(written, ENGINES, FERRY)
    assert grounding.ungrounded == ()
    sources = {"1.txt": BEFORE + ENGINES, "2.txt": BEFORE + FERRY}
    for citation in grounding.citations:
        source = sources[citation.document_id]
        assert source[citation.source_start : citation.source_end] == citation.cited_text
    first, second = grounding.citations
    assert first.cited_text == "James Watt added a separate condenser in 1765."
    assert text[first.answer_start : first.answer_end] == "James Watt added a separate condenser."
    assert second.document_id == "2.txt"
    assert text[second.answer_start : second.answer_end] == "It ran from 1871 to 1938."


def test_a_citation_of_the_wrong_passage_backs_nothing() -> None:
    assert backed("James Watt added a separate condenser [1].", ENGINES, FERRY)
    assert not backed("James Watt added a separate condenser [2].", ENGINES, FERRY)


@pytest.mark.parametrize("number", [0, 3, 999])
def test_a_citation_of_no_passage_backs_nothing(number: int) -> None:
    assert not backed(f"James Watt added a separate condenser [{number}].", ENGINES, FERRY)
    assert not backed(f"James Watt added a separate condenser [1][{number}].", ENGINES, FERRY)


def test_a_sentence_without_a_citation_is_held_against_each_passage() -> None:
    _, grounding = checked("James Watt added a separate condenser.", FERRY, ENGINES)
    assert [one.document_id for one in grounding.citations] == ["2.txt"]


def test_two_cited_passages_may_back_a_sentence_together() -> None:
    written = "Newcomen built an engine in 1712 and Marta Lindqvist steered the ferry [1, 2]."
    _, grounding = checked(written, ENGINES, FERRY)
    assert {one.document_id for one in grounding.citations} == {"1.txt", "2.txt"}
    assert not backed(written.replace("[1, 2]", "[1]"), ENGINES, FERRY)


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "«{}»", "„{}“", "‘{}’", "'{}'"])
def test_an_invented_quote_is_never_grounded(marks: str) -> None:
    said = marks.format("voiced strong support for each other's sovereignty")
    assert backed(f"Both leaders {said} [1].", VISIT)
    invented = marks.format("voiced strong support for one another's sovereignty")
    assert not backed(f"Both leaders {invented} [1].", VISIT)


def test_a_quote_must_stand_in_the_passage_that_is_cited() -> None:
    quoted = "The article says that the ferry ran “in fog as well as in frost”"
    assert backed(f"{quoted} [2].", ENGINES, FERRY)
    assert not backed(f"{quoted} [1].", ENGINES, FERRY)


def test_only_the_sentence_that_nothing_backs_is_marked() -> None:
    written = "James Watt added a separate condenser [1]. He was born in Greenock [1]."
    text, grounding = checked(written, ENGINES)
    [span] = grounding.ungrounded
    assert text[span.start : span.end] == "He was born in Greenock."
    assert [one.source_start for one in grounding.citations] == [
        len(BEFORE) + ENGINES.index("James Watt")
    ]


def test_a_bare_yes_shares_the_fate_of_the_sentence_after_it() -> None:
    _, grounding = checked("Yes [1]. James Watt added a separate condenser [1].", ENGINES)
    assert grounding.ungrounded == ()
    text, grounding = checked("No. It was Edison [1].", ENGINES)
    assert [text[span.start : span.end] for span in grounding.ungrounded] == [
        "No.",
        "It was Edison.",
    ]
    text, grounding = checked("He did.", ENGINES)
    assert grounding.ungrounded == (Span(0, len(text)),)


def test_numbers_are_the_same_however_they_are_written() -> None:
    assert backed("By 1800 the firm had built 1500 engines [1].", ENGINES)
    assert backed("By 1800 the firm had built 1,500 engines [1].", ENGINES)
    assert not backed("By 1800 the firm had built 1,501 engines [1].", ENGINES)
    assert not backed("By 1800 the firm had built 15 engines [1].", ENGINES)


def test_nothing_at_all_is_no_answer() -> None:
    assert ground("", [], [evidence(ENGINES)]) == Grounding((), ())
    assert not backed("James Watt added a separate condenser.")
