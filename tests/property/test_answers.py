"""What a reply promises, over arbitrary corpora: true offsets, exact budgets, verbatim quotes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa_service.answering.extractive import extractive_answer
from qa_service.chunking.tokens import TokenCounter
from qa_service.errors import InvalidQuestion
from qa_service.records import Retrieval
from qa_service.retrieval.retriever import Retriever

from .small_index import indexed

LATIN = ["Steam", "engine", "the", "of", "e\u0301cole", "1,500", "don't", "Marta"]
OTHER = ["Волга", "蒸気機関", "ไทย", "😀", "👩\u200d👧", "𝕃-7", "<|endoftext|>", "\u200b", "سلام"]
WORDS = st.sampled_from([*LATIN, *OTHER])
LINES = st.lists(WORDS, max_size=14).map(lambda words: " ".join(words) + ".")
PROSE = st.lists(LINES, max_size=8).map("\n\n".join)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)
NAVIGATION = st.just("Вернуться назад Распечатать\n\nSteam engine of the Marta. Волга. 😀\n")
CORPORA = st.dictionaries(
    st.sampled_from(["a.txt", "b.md", "deep/c.txt", "ö d.md"]),
    st.one_of(PROSE, ANYTHING, NAVIGATION),
    min_size=1,
)
QUESTIONS = st.one_of(LINES, ANYTHING, st.just("Вернуться назад"))
BUDGETS = st.one_of(st.none(), st.integers(1, 120))

counter = TokenCounter("cl100k_base")


@contextmanager
def opened(corpus: dict[str, str]) -> Iterator[Retriever]:
    """Index the texts and open them, always answering: the threshold is 0."""
    with tempfile.TemporaryDirectory() as name:
        choices = indexed(Path(name), corpus)
        with Retriever.open(choices.index, choices) as retriever:
            yield retriever


def asked(
    retriever: Retriever, question: str, top_k: int = 5, max_tokens: int | None = None
) -> Retrieval:
    try:
        return retriever.retrieve(question, top_k=top_k, max_tokens=max_tokens)
    except InvalidQuestion:
        assume(False)
        raise


@settings(max_examples=30, deadline=None)
@given(CORPORA, QUESTIONS, st.integers(1, 50), BUDGETS)
def test_a_reply_keeps_its_budget_and_every_span_is_verbatim(
    corpus: dict[str, str], question: str, top_k: int, max_tokens: int | None
) -> None:
    with opened(corpus) as retriever:
        reply = asked(retriever, question, top_k, max_tokens)
        assert len(reply.evidence) <= top_k
        passages = [evidence.passage for evidence in reply.evidence]
        assert [p.tokens for p in passages] == counter.count_many([p.text for p in passages])
        if max_tokens is None:
            assert passages
        else:
            assert sum(passage.tokens for passage in passages) <= max_tokens
        texts = [" ".join(passage.text.split()) for passage in passages]
        assert len(set(texts)) == len(texts)
        for evidence in reply.evidence:
            passage = evidence.passage
            document = retriever.index.document(passage.document_id)
            assert document.text[passage.start : passage.end] == passage.text
            for span in document.boilerplate:
                assert passage.end <= span.start or span.end <= passage.start
            assert evidence.highlights
            for highlight in evidence.highlights:
                assert document.text[highlight.start : highlight.end] == highlight.text
                assert passage.start <= highlight.start < highlight.end <= passage.end


@settings(max_examples=12, deadline=None)
@given(CORPORA, QUESTIONS, BUDGETS)
def test_fewer_passages_are_the_first_of_more(
    corpus: dict[str, str], question: str, max_tokens: int | None
) -> None:
    with opened(corpus) as retriever:
        ten = asked(retriever, question, 10, max_tokens)
        for top_k in (1, 3):
            few = asked(retriever, question, top_k, max_tokens)
            assert few.evidence == ten.evidence[:top_k]


@settings(max_examples=20, deadline=None)
@given(CORPORA, QUESTIONS, BUDGETS)
def test_every_citation_is_verbatim_in_its_source_and_in_the_answer(
    corpus: dict[str, str], question: str, max_tokens: int | None
) -> None:
    with opened(corpus) as retriever:
        reply = asked(retriever, question, max_tokens=max_tokens)
        answer = extractive_answer(reply)
        # Where nothing fits the budget there is nothing to quote.
        assert (answer is not None) == reply.answerable == bool(reply.evidence)
        if answer is None:
            return
        at = 0
        for citation in answer.citations:
            source = retriever.index.document(citation.document_id).text
            assert source[citation.source_start : citation.source_end] == citation.cited_text
            assert citation.answer_start == at
            assert answer.text[citation.answer_start : citation.answer_end] == citation.cited_text
            at = citation.answer_end + 1
        assert at == len(answer.text) + 1
