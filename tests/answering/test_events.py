from __future__ import annotations

from qa_service.answering.events import AnswerEvent, Cited, Delta, Finished, answer_events
from qa_service.records import Answer, Citation


def citation(start: int, end: int) -> Citation:
    return Citation("d", "T", "x" * (end - start), start, end, start, end)


def text_of(events: list[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


def test_the_pieces_make_up_the_answer_and_each_citation_follows_its_text() -> None:
    answer = Answer("aaa bbb ccc.", "extractive", (citation(0, 3), citation(4, 7)))
    events = list(answer_events(answer))
    assert text_of(events) == answer.text
    assert events[-1] == Finished(answer)
    for place, event in enumerate(events):
        if isinstance(event, Cited):
            assert len(text_of(events[:place])) >= event.citation.answer_end


def test_overlapping_citations_repeat_no_text() -> None:
    answer = Answer("aaa bbb", "extractive", (citation(0, 7), citation(0, 3), citation(4, 7)))
    events = list(answer_events(answer))
    assert text_of(events) == answer.text
    assert sum(isinstance(event, Cited) for event in events) == 3


def test_no_answer_is_finished_at_once() -> None:
    assert list(answer_events(None)) == [Finished(None)]
