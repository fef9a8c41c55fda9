"""``LanguageModel``: messages in, pieces of text out, within a time limit. Imports litellm.

Only a service with ``QA_LLM_MODEL`` imports this module: litellm takes seconds to import. It is
told to look for nothing on the network but the model itself.
"""

from __future__ import annotations

import importlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from qa_service.errors import InvalidSettings, LanguageModelError
from qa_service.settings import Settings

Message = Mapping[str, str]

_PRICES_FROM_PACKAGE = "LITELLM_LOCAL_MODEL_COST_MAP"  # else litellm fetches a table of prices
_PAUSE = 1.0  # seconds before a busy model is asked again, where it does not say how many
_WORDS_OF_STATUS = {
    401: "refused the key",
    403: "refused the key",
    404: "does not exist",
    429: "is overloaded",
}
_importing = threading.Lock()


class LanguageModel:
    """One language model, reached through litellm. Thread-safe.

    Its errors say what happened in words of their own: what a provider replies is never repeated,
    for it may hold the key.
    """

    def __init__(self, settings: Settings) -> None:
        """Raise InvalidSettings where ``settings`` name no model, or litellm is not installed."""
        if settings.llm_model is None:
            raise InvalidSettings("QA_LLM_MODEL is not set", "name the model that is to answer")
        self.timeout = settings.llm_timeout
        self._litellm = _import_litellm(settings.llm_model)
        self._request = self._fixed(settings, settings.llm_model)

    def stream(
        self, messages: Sequence[Message], *, timeout: float | None = None
    ) -> Generator[str, None, None]:
        """Yield the reply's text as it comes; it is whole when the iterator ends.

        Raises LanguageModelError when the model cannot be reached, refuses, breaks off, is cut
        short by its token limit, or has not ended after ``timeout`` seconds (by default the
        setting's). A model that is overloaded is asked once more, after the time that it asks for.
        Closing the iterator ends the request.
        """
        seconds = timeout or self.timeout
        deadline = time.monotonic() + seconds
        reading = _Reading(lambda: self._chunks(messages, deadline))
        try:
            while True:
                try:
                    item = reading.items.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise _too_slow(seconds) from None
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise _as_ours(item, seconds) from None
                yield item
        finally:
            reading.stop()

    def _chunks(self, messages: Sequence[Message], deadline: float) -> Generator[str, None, None]:
        """Yield the reply's text; raises litellm's errors, TimeoutError and LanguageModelError."""
        try:
            response = self._complete(messages, deadline)
        except self._litellm.exceptions.RateLimitError as error:
            pause = _pause(error)
            if pause > deadline - time.monotonic():
                raise
            time.sleep(pause)
            response = self._complete(messages, deadline)
        try:
            reason = None
            for chunk in response:
                if time.monotonic() > deadline:
                    raise TimeoutError
                choice = chunk.choices[0] if chunk.choices else None
                if choice is None:
                    continue
                reason = choice.finish_reason or reason
                if choice.delta.content:
                    yield choice.delta.content
            if reason == "length":
                raise LanguageModelError(
                    "the language model's answer was cut off at its token limit",
                    "raise QA_LLM_MAX_TOKENS",
                )
            # litellm adds an end of its own where the model sent none.
            if reason != "stop" or response.received_finish_reason is None:
                raise LanguageModelError("the language model ended without a whole answer")
        finally:
            # Ends the transfer: a model need not write on for somebody who has gone.
            close = getattr(getattr(response, "completion_stream", None), "close", None)
            if close is not None:
                close()

    def _complete(self, messages: Sequence[Message], deadline: float) -> Any:
        return self._litellm.completion(
            messages=[dict(message) for message in messages],
            timeout=max(0.05, deadline - time.monotonic()),
            **self._request,
        )

    def _fixed(self, settings: Settings, model: str) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": model,
            "stream": True,
            "temperature": 0,
            "max_tokens": settings.llm_max_tokens,
            "drop_params": True,  # some models take no temperature
            "max_retries": 0,
            "num_retries": 0,
        }
        if settings.llm_api_key is not None:
            request["api_key"] = settings.llm_api_key.get_secret_value()
        if settings.llm_base_url is not None:
            request["api_base"] = settings.llm_base_url
            # The key of a provider that lies in the environment is not for another server.
            request.setdefault("api_key", "none")
            if model.split("/", 1)[0] not in {str(p.value) for p in self._litellm.LlmProviders}:
                request["custom_llm_provider"] = "openai"
        return request


class _Reading:
    """Draws items on a thread of its own, so that a wait for the next one can be given up.

    ``items`` holds what came, then None or the exception that ended it.
    """

    def __init__(self, begin: Callable[[], Generator[str, None, None]]) -> None:
        self.items: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._begin = begin
        # A daemon: a model that never answers must not keep the process from ending.
        threading.Thread(target=self._run, name="qa-language-model", daemon=True).start()

    def stop(self) -> None:
        """Let the thread end at the next item."""
        self._stopped.set()

    def _run(self) -> None:
        source = self._begin()
        try:
            for item in source:
                if self._stopped.is_set():
                    return
                self.items.put(item)
            self.items.put(None)
        except Exception as error:  # whatever a provider's client raises is told to the reader
            self.items.put(error)
        finally:
            source.close()


def _import_litellm(model: str) -> Any:
    with _importing:
        before = os.environ.get(_PRICES_FROM_PACKAGE)
        os.environ[_PRICES_FROM_PACKAGE] = "True"
        try:
            litellm: Any = importlib.import_module("litellm")
        except ImportError:
            raise InvalidSettings(
                f"QA_LLM_MODEL={model!r}: litellm is not installed",
                "pip install 'qa-service[llm]'",
            ) from None
        finally:
            if before is None:
                del os.environ[_PRICES_FROM_PACKAGE]
            else:
                os.environ[_PRICES_FROM_PACKAGE] = before
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    # Its log repeats requests and replies; what went wrong is said in our own words.
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    return litellm


def _pause(error: Any) -> float:
    """Return how long to wait before a busy model is asked again, in seconds."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after", _PAUSE)))
    except ValueError:  # a date is allowed as well
        return _PAUSE


def _as_ours(error: Exception, seconds: float) -> LanguageModelError:
    if isinstance(error, LanguageModelError):
        return error
    status = getattr(error, "status_code", None)
    kind = type(error).__name__
    if "Timeout" in kind:
        return _too_slow(seconds)
    if status in _WORDS_OF_STATUS:
        return LanguageModelError(f"the language model {_WORDS_OF_STATUS[status]} ({status})")
    if "MidStream" in kind:
        return LanguageModelError("the language model's answer broke off")
    if isinstance(status, int) and 400 <= status < 500:
        return LanguageModelError(f"the language model refused the request ({kind}, {status})")
    if isinstance(status, int) and status >= 500:
        return LanguageModelError(f"the language model could not be reached ({kind}, {status})")
    return LanguageModelError(f"the language model failed ({kind})")


def _too_slow(seconds: float) -> LanguageModelError:
    return LanguageModelError(
        f"the language model did not answer within {seconds:g} s",
        "QA_LLM_TIMEOUT sets how long it may take",
    )
