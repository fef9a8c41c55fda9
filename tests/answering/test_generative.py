"""What becomes of a reply, from a model that is no more than a list of pieces."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, cast

import pytest

from answering.test_extractive import evidence, retrieval
from qa_service.answering.events import AnswerEvent, Delta, Finished, Replaced
from qa_service.answering.generative import generated_events, reworded_question
from qa_service.answering.language_model import LanguageModel
from qa_service.answering.prompt import NO_ANSWER
from qa_service.errors import LanguageModelError
from qa_service.records import Answer, Turn

FOUND = retrieval(
    evidence("a.txt", 1.0, ("James Watt added a condenser.", 0.9), ("It saved coal.", 0.5))
)
TURNS = [Turn("user", "Who added a condenser?"), Turn("assistant", "James Watt.")]


class Pieces:
    """Says these pieces, then fails if it is told to."""

    timeout = 30.0

    def __init__(self, *pieces: str, error: LanguageModelError | None = None) -> None:
        self.pieces = pieces
        self.error = error
        self.asked = 0
        self.closed = False

    def stream(
        self, messages: Sequence[Any], *, timeout: float | None = None
    ) -> Generator[str, None, None]:
        del messages, timeout
        self.asked += 1
        try:
            yield from self.pieces
            if self.error is not None:
                raise self.error
        finally:
            self.closed = True


def events_of(
    model: Pieces, found: Any = FOUND, context_tokens: int = 1000, max_tokens: int = 100
) -> list[AnswerEvent]:
    return list(
        generated_events(
            cast(LanguageModel, model),
            "Who added a condenser?",
            found,
            context_tokens=context_tokens,
            max_tokens=max_tokens,
        )
    )


def answer_of(events: list[AnswerEvent]) -> Answer:
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.answer is not None
    return finished.answer


def test_the_sign_for_no_answer_is_never_shown_however_it_is_cut() -> None:
    for size in (1, 3, 8, 99):
        pieces = [NO_ANSWER[at : at + size] for at in range(0, len(NO_ANSWER), size)]
        events = events_of(Pieces(*pieces))
        assert NO_ANSWER[:3] not in "".join(e.text for e in events if isinstance(e, Delta))
        assert not any(isinstance(event, Replaced) for event in events)
        assert answer_of(events).mode == "extractive"


def test_what_a_model_says_after_the_sign_is_not_shown_either() -> None:
    events = events_of(Pieces(f"{NO_ANSWER}. ", "The passages say ", "nothing of it."))
    assert not any(isinstance(event, Replaced) for event in events)
    note = answer_of(events).note
    assert note is not None
    assert note.startswith("The language model found no answer in the passages;")


def test_an_answer_that_begins_like_the_sign_is_shown() -> None:
    events = events_of(Pieces("NOT", " at all; James Watt added ", "a condenser [1]. He did not."))
    text = "".join(event.text for event in events if isinstance(event, Delta))
    assert text.startswith("NOT at all")


def test_a_passage_that_is_over_the_budget_leaves_the_documents_own_sentences() -> None:
    model = Pieces("James Watt added a condenser [1].")
    answer = answer_of(events_of(model, context_tokens=8))
    assert model.asked == 0
    assert answer.note is not None
    assert "QA_LLM_CONTEXT_TOKENS" in answer.note


def test_only_an_error_of_the_model_gives_way() -> None:
    answer = answer_of(events_of(Pieces("James ", error=LanguageModelError("it failed"))))
    assert answer.note == "It failed; these are the documents' own sentences."
    with pytest.raises(ZeroDivisionError):
        events_of(Pieces("x"), found=_Broken())


class _Broken:
    answerable = True

    @property
    def evidence(self) -> Any:
        raise ZeroDivisionError


def test_the_request_is_closed_whatever_happens() -> None:
    for model in (
        Pieces("James Watt added a condenser [1]."),
        Pieces("x", error=LanguageModelError("it failed")),
        Pieces("word " * 10_000),
    ):
        events_of(model, max_tokens=16)
        assert model.closed


def test_a_link_that_was_removed_is_mentioned() -> None:
    answer = answer_of(
        events_of(Pieces("James Watt added a condenser [1]. See https://e.example/x"))
    )
    assert answer.note == "A link that is in no passage was removed."


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("When did James Watt add it?", "When did James Watt add it?"),
        ("“When did James Watt add it?”\n", "When did James Watt add it?"),
        ("", "Who added a condenser? When did he?"),
        ("One?\nTwo?", "Who added a condenser? When did he?"),
        ("See https://evil.example/", "Who added a condenser? When did he?"),
        ("x" * 101, "Who added a condenser? When did he?"),
    ],
)
def test_a_reworded_question_is_used_when_it_is_one(written: str, expected: str) -> None:
    model = cast(LanguageModel, Pieces(written))
    assert reworded_question(model, "When did he?", TURNS, max_characters=100) == expected


def test_a_whole_question_is_not_reworded() -> None:
    model = Pieces("Something else?")
    question = "Where does the Danube rise?"
    found = reworded_question(cast(LanguageModel, model), question, TURNS, max_characters=100)
    assert found == question
    assert model.asked == 0
