"""``Service``: the one object the front doors hold. It swaps index generations atomically."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from qa_service.answering.conversation import standalone_question
from qa_service.answering.events import AnswerEvent, Finished, Retrieved, answer_events
from qa_service.answering.extractive import extractive_answer
from qa_service.embedding.protocol import Embedder
from qa_service.errors import CorpusError, IndexMissing, OriginalUnavailable
from qa_service.index.generation.opening import current_version
from qa_service.reading.original import read_original
from qa_service.records import Answer, Document, DocumentInfo, Retrieval, Turn
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

if TYPE_CHECKING:
    from qa_service.answering.language_model import LanguageModel


class _Held:
    """An open retriever and how many requests are using it."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self.users = 0
        self.retired = False


class Service:
    """Answers from the live generation; every request sees exactly one. Thread-safe.

    With a ``language_model`` the answers are written by it; without one they are the documents'
    own sentences.
    """

    def __init__(
        self,
        settings: Settings,
        retriever: Retriever,
        *,
        language_model: LanguageModel | None = None,
    ) -> None:
        self.settings = settings
        self._language_model = language_model
        self._lock = threading.Lock()
        self._reloading = threading.Lock()
        self._held: _Held | None = _Held(retriever)

    @classmethod
    def open(cls, settings: Settings, *, embedder: Embedder | None = None) -> Service:
        """Open the live generation of ``settings.index`` with the model of ``settings``.

        Raises IndexMissing, IndexCorrupt, IndexMismatch and the ModelErrors, and InvalidSettings
        when a language model is set and litellm is not installed.
        """
        language_model = None
        if settings.llm_model is not None:
            # Imported here: litellm takes seconds, and without a model it must cost nothing.
            from qa_service.answering.language_model import LanguageModel

            language_model = LanguageModel(settings)
        retriever = Retriever.open(settings.index, settings, embedder=embedder)
        return cls(settings, retriever, language_model=language_model)

    @property
    def index_version(self) -> str:
        with self._using() as retriever:
            return retriever.index.version

    def prepare(self) -> None:
        """Do what ``Retriever.prepare`` does."""
        with self._using() as retriever:
            retriever.prepare()

    def retrieve(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
    ) -> Retrieval:
        """Return what ``Retriever.retrieve`` returns."""
        with self._using() as retriever:
            return retriever.retrieve(
                question, top_k=top_k, max_tokens=max_tokens, filters=filters, explain=explain
            )

    def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
        conversation: Sequence[Turn] = (),
    ) -> tuple[Retrieval, Answer | None]:
        """Return the passages and an answer made of them; None where the documents do not say.

        ``conversation`` holds the turns before the question, oldest first. What is searched for
        is the question made to stand alone: ``retrieval.question``.
        """
        events = self.stream(
            question,
            top_k=top_k,
            max_tokens=max_tokens,
            filters=filters,
            explain=explain,
            conversation=conversation,
        )
        first = next(events)
        assert isinstance(first, Retrieved)
        answers = [event.answer for event in events if isinstance(event, Finished)]
        return first.retrieval, answers[-1]

    def stream(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
        conversation: Sequence[Turn] = (),
    ) -> Iterator[AnswerEvent]:
        """Yield what ``ask`` returns as it comes: the passages first, then the answer in pieces."""
        retrieval = self.retrieve(
            self._standalone(question, conversation),
            top_k=top_k,
            max_tokens=max_tokens,
            filters=filters,
            explain=explain,
        )
        yield Retrieved(retrieval)
        yield from self._answering(question, retrieval, conversation)

    def documents(self) -> Sequence[DocumentInfo]:
        """Return every document, ordered by id."""
        with self._using() as retriever:
            return retriever.index.documents()

    def document(self, document_id: str) -> Document:
        """Return one document with its text; raises DocumentNotFound."""
        with self._using() as retriever:
            return retriever.index.document(document_id)

    def original(self, document_id: str) -> bytes:
        """Return the file that a document was read from, while it is what was indexed.

        Raises DocumentNotFound, and OriginalUnavailable when ``settings.corpus`` does not hold it.
        """
        sha256 = self.document(document_id).sha256
        corpus = self.settings.corpus
        hint = "serve with --corpus naming the folder that was indexed, or index it again"
        try:
            data = read_original(corpus, document_id, max_bytes=self.settings.max_document_bytes)
        except CorpusError as error:
            raise OriginalUnavailable(error.message, hint) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise OriginalUnavailable(
                f"{document_id}: the file in {corpus} is not the one that was indexed", hint
            )
        return data

    def reload(self) -> bool:
        """Open the live generation if it is another one; return whether a swap took place.

        Requests in work end on the generation they began with. When the new one cannot be opened
        the error is raised and the old one goes on serving.
        """
        with self._reloading:
            with self._using() as retriever:
                if current_version(self.settings.index) == retriever.index.version:
                    return False
                embedder, reranker = retriever.embedder, retriever.reranker
            fresh = Retriever.open(
                self.settings.index, self.settings, embedder=embedder, reranker=reranker
            )
            self._replace(_Held(fresh))
            return True

    def close(self) -> None:
        """Close the index once the requests in work have ended; safe to repeat."""
        self._replace(None)

    def _answering(
        self, question: str, retrieval: Retrieval, conversation: Sequence[Turn]
    ) -> Iterator[AnswerEvent]:
        if self._language_model is None:
            return answer_events(extractive_answer(retrieval, question if conversation else ""))
        from qa_service.answering.generative import generated_events

        return generated_events(
            self._language_model,
            question,
            retrieval,
            context_tokens=self.settings.llm_context_tokens,
            max_tokens=self.settings.llm_max_tokens,
            conversation=conversation,
        )

    def _standalone(self, question: str, conversation: Sequence[Turn]) -> str:
        longest = self.settings.max_question_characters
        if self._language_model is not None and self.settings.llm_rewrite:
            from qa_service.answering.generative import reworded_question

            return reworded_question(
                self._language_model, question, conversation, max_characters=longest
            )
        return standalone_question(question, conversation, max_characters=longest)

    def _replace(self, held: _Held | None) -> None:
        with self._lock:
            old, self._held = self._held, held
            if old is None:
                return
            old.retired = True
            idle = old.users == 0
        if idle:
            old.retriever.close()

    @contextmanager
    def _using(self) -> Iterator[Retriever]:
        with self._lock:
            held = self._held
            if held is None:
                raise IndexMissing("this service has been closed", "open it again")
            held.users += 1
        try:
            yield held.retriever
        finally:
            with self._lock:
                held.users -= 1
                last = held.retired and held.users == 0
            if last:
                held.retriever.close()
