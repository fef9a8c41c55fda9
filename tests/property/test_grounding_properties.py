"""Whatever a model writes, what is shown as its sources is verbatim."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import LIBRARY
from qa_service.answering.grounding import ground
from qa_service.answering.plain_text import PlainText
from qa_service.chunking.sentences import split_sentences
from qa_service.records import Evidence, Passage, Sentence, passage_id


@cache
def passages() -> tuple[Evidence, ...]:
    """Each document of the library but its first ten characters, as one passage."""
    found = []
    for name, text in LIBRARY.items():
        spans = split_sentences(text, 10, len(text), max_characters=350)
        sentences = tuple(Sentence(one.start, one.end, text[one.start : one.end]) for one in spans)
        start, end = sentences[0].start, sentences[-1].end
        found.append(
            Evidence(
                Passage(
                    passage_id(name, start, end),
                    name,
                    "Title",
                    start,
                    end,
                    text[start:end],
                    9,
                    (),
                    sentences,
                ),
                1.0,
                (),
            )
        )
    return tuple(found)


SENTENCES = [one.text for evidence in passages() for one in evidence.passage.sentences]
MARKS = st.sampled_from(
    [" [1]", "[2]", " [3, 5]", " [9]", "", "", ". ", "\n\n", " “", "” ", ' "', "«"]
)
PIECES = st.sampled_from(SENTENCES) | MARKS | st.text(max_size=12)


@settings(max_examples=80, deadline=None)
@given(st.lists(PIECES, max_size=10).map("".join))
def test_every_citation_is_verbatim_and_every_sentence_is_cited_or_marked(written: str) -> None:
    plain = PlainText("\n".join(LIBRARY.values()))
    plain.feed(written)
    plain.finish()
    text = plain.text
    grounding = ground(text, plain.marks, passages())
    shown = {one.passage.document_id: one.passage for one in passages()}
    for citation in grounding.citations:
        source = LIBRARY[citation.document_id]
        assert source[citation.source_start : citation.source_end] == citation.cited_text
        passage = shown[citation.document_id]
        assert passage.start <= citation.source_start < citation.source_end <= passage.end
    cited = {(one.answer_start, one.answer_end) for one in grounding.citations}
    marked = {(one.start, one.end) for one in grounding.ungrounded}
    every = {
        (one.start, one.end) for one in split_sentences(text, 0, len(text), max_characters=4000)
    }
    assert not cited & marked
    assert cited | marked <= every
    # What is neither says nothing by itself ("Yes.") and stands before a sentence that is backed.
    for _, end in every - cited - marked:
        assert any(other >= end for other, _ in cited)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SENTENCES))
def test_a_source_sentence_backs_itself(sentence: str) -> None:
    plain = PlainText(sentence)
    plain.feed(sentence)
    plain.finish()
    assert ground(plain.text, plain.marks, passages()).ungrounded == ()
