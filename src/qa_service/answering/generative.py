"""An answer that a language model writes from the passages, checked before it counts as grounded.

Whatever goes wrong, the reader gets an answer: the documents' own sentences, and a note that says
why they are not the model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa_service.answering.conversation import points_back, standalone_question
from qa_service.answering.events import AnswerEvent, Cited, Delta, Finished, Replaced, answer_events
from qa_service.answering.extractive import extractive_answer
from qa_service.answering.grounding import ground
from qa_service.answering.language_model import LanguageModel
from qa_service.answering.plain_text import PlainText
from qa_service.answering.prompt import (
    NO_ANSWER,
    answer_messages,
    new_fence,
    rewriting_messages,
    within_budget,
)
from qa_service.answering.reasoning import without_reasoning
from qa_service.errors import LanguageModelError
from qa_service.records import Answer, Evidence, Retrieval, Turn

MODE = "generative"
_INSTEAD = "these are the documents' own sentences."
_REWRITING_SECONDS = 3.0
_THOUGHTS = 4000  # characters that a model may think in before it rewords a question
_CHARACTERS_PER_TOKEN = 20  # more than any tokenizer's longest ordinary token: a bound, no estimate


def generated_events(
    model: LanguageModel,
    question: str,
    retrieval: Retrieval,
    *,
    context_tokens: int,
    max_tokens: int,
    conversation: Sequence[Turn] = (),
) -> Iterator[AnswerEvent]:
    """Yield a written answer as it comes, its citations, and ``Finished``.

    ``question`` is as it was asked. Where the service abstains the model is not asked. Where the
    model fails, is too slow, finds no answer, or writes nothing that a passage backs, what was
    yielded is withdrawn and the extractive answer follows, with a note.
    """
    if not retrieval.answerable:
        yield Finished(None)
        return
    asked = question if conversation else ""
    evidence = within_budget(retrieval.evidence, context_tokens)
    if not evidence:
        why = "No passage fits into QA_LLM_CONTEXT_TOKENS"
        yield from _instead(retrieval, asked, why, withdraw=False)
        return
    fence = new_fence()
    plain = PlainText(_sources_text(evidence), fence)
    reply = model.stream(answer_messages(question, evidence, conversation, fence))
    said = ""
    try:
        for piece in without_reasoning(_whole(reply, max_tokens * _CHARACTERS_PER_TOKEN)):
            new = plain.feed(piece)
            if new and not NO_ANSWER.startswith(plain.text[: len(NO_ANSWER)]):
                new = plain.text[len(said) :]
                said = plain.text
                yield Delta(new)
        plain.finish()
        if NO_ANSWER in plain.text or not plain.text:
            raise LanguageModelError(
                "the language model found no answer in the passages"
                if plain.text
                else "the language model's answer was empty"
            )
        if len(plain.text) > len(said):
            yield Delta(plain.text[len(said) :])
            said = plain.text
        grounding = ground(plain.text, plain.marks, evidence)
        if not grounding.citations:
            raise LanguageModelError("the language model's answer was not backed by the passages")
    except LanguageModelError as error:
        yield from _instead(retrieval, asked, _sentence(error), withdraw=bool(said))
        return
    finally:
        reply.close()
    note = "A link that is in no passage was removed." if plain.links_removed else None
    answer = Answer(plain.text, MODE, grounding.citations, grounding.ungrounded, note)
    for citation in answer.citations:
        yield Cited(citation)
    yield Finished(answer)


def reworded_question(
    model: LanguageModel, question: str, conversation: Sequence[Turn], *, max_characters: int
) -> str:
    """Return a follow-up question in words that stand alone, by the model or else by rules.

    A question that is whole by itself is not sent to the model. Three seconds are the longest that
    it may take; what is no single question of reasonable length is not used.
    """
    by_rules = standalone_question(question, conversation, max_characters=max_characters)
    if not conversation or not points_back(question):
        return by_rules
    reply = model.stream(
        rewriting_messages(question, conversation), timeout=min(_REWRITING_SECONDS, model.timeout)
    )
    most = max_characters + _THOUGHTS
    try:
        written = "".join(without_reasoning(_whole(reply, most))).strip().strip('"“”')
    except LanguageModelError:
        return by_rules
    finally:
        reply.close()
    plain = PlainText("")
    plain.feed(written)
    plain.finish()
    usable = 0 < len(written) <= max_characters and "\n" not in written and plain.text == written
    return written if usable else by_rules


def _whole(reply: Iterator[str], most: int) -> Iterator[str]:
    """Yield the pieces of a reply; raises LanguageModelError when it has more characters."""
    length = 0
    for piece in reply:
        length += len(piece)
        if length > most:
            raise LanguageModelError("the language model wrote more than it was asked for")
        yield piece


def _instead(
    retrieval: Retrieval, asked: str, why: str, *, withdraw: bool
) -> Iterator[AnswerEvent]:
    """Yield the extractive answer, with a note that says why."""
    note = f"{why}; {_INSTEAD}"
    if withdraw:
        yield Replaced(note)
    answer = extractive_answer(retrieval, asked)
    if answer is not None:
        answer = Answer(answer.text, answer.mode, answer.citations, note=note)
    yield from answer_events(answer)


def _sentence(error: LanguageModelError) -> str:
    return error.message[0].upper() + error.message[1:]


def _sources_text(evidence: Sequence[Evidence]) -> str:
    return "\n".join(f"{one.passage.title}\n{one.passage.text}" for one in evidence)
