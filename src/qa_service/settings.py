"""Every setting, bounded and described; passed in, and read from ``QA_*`` by the CLI alone."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from qa_service.errors import InvalidSettings

PREFIX = "QA_"

# As a browser writes one (RFC 6454): lower case, no path, no `*`, no credentials.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)


def _default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qa-service"


class Settings(BaseModel):
    """One immutable set of choices for indexing and serving."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    corpus: Path = Field(Path("corpus"), description="Folder of documents.")
    index: Path = Field(Path("index"), description="Folder of index generations.")
    cache_dir: Path = Field(
        default_factory=_default_cache, description="Where exported models are kept."
    )

    model: str = Field(
        "all-MiniLM-L6-v2",
        min_length=1,
        description="Embedding model: a known name, a folder, or a hub id; "
        "`hashing` is a tiny deterministic embedder for tests.",
    )
    runtime: Literal["openvino", "onnxruntime"] = Field(
        "openvino", description="What runs the exported model."
    )
    precision: Literal["int8", "float32"] = Field(
        "int8",
        description="Numeric precision of the exported model's matrix weights "
        "(`int8` needs the openvino runtime).",
    )
    threads: int = Field(0, ge=0, le=256, description="Threads for embedding; 0: every core.")

    max_document_bytes: int = Field(
        50_000_000, ge=1, le=10_000_000_000, description="Largest file that is read."
    )
    max_documents: int = Field(
        1_000_000, ge=1, le=100_000_000, description="Most files that one corpus may hold."
    )
    read_seconds: int = Field(
        10, ge=1, le=3_600, description="Longest time that reading one file may take, in seconds."
    )
    read_megabytes: int = Field(
        512, ge=128, le=65_536, description="Most memory that reading one file may take."
    )
    skip_unreadable: bool = Field(
        False, description="Index the rest when a document cannot be read, instead of stopping."
    )

    keep_generations: int = Field(
        2,
        ge=1,
        le=100,
        description="Generations of the index that are kept, the live one included.",
    )

    token_encoding: Literal["cl100k_base", "o200k_base"] = Field(
        "cl100k_base", description="tiktoken encoding that counts every token budget."
    )
    passage_tokens: int = Field(
        144, ge=16, le=2048, description="Most tiktoken tokens of one passage."
    )
    sentence_characters: int = Field(
        350, ge=40, le=4000, description="A longer sentence is cut near this length."
    )

    vector_index: Literal["auto", "flat", "ivf"] = Field(
        "auto",
        description="How vectors are searched: `flat` compares every one, `ivf` the likeliest "
        "lists of them; `auto`: flat up to 50,000 vectors.",
    )

    max_question_characters: int = Field(
        2000, ge=1, le=100_000, description="Longest question that is accepted."
    )
    candidates: int = Field(
        100, ge=1, le=10_000, description="Passages that each retriever puts forward."
    )
    threshold: float | None = Field(
        None, ge=0, le=1, description="Confidence below which to abstain; unset: as calibrated."
    )

    reranker: str | None = Field(
        None,
        min_length=1,
        description="Cross-encoder that re-orders the first passages: a folder or a hub id; "
        "`word-overlap` is a tiny deterministic one for tests; unset: none.",
    )
    rerank_candidates: int = Field(
        20, ge=2, le=200, description="First passages that the reranker reads."
    )
    rerank_weight: float = Field(
        0.5, ge=0, le=1, description="Share of the reranker in the score of a passage that it read."
    )
    rerank_precision: Literal["float32", "int8"] = Field(
        "float32",
        description="Numeric precision of the reranker's matrix weights "
        "(`int8` needs the openvino runtime).",
    )

    llm_model: str | None = Field(
        None,
        min_length=1,
        description="Language model that writes the answers, as litellm names it; "
        "unset: answers are the documents' own sentences.",
    )
    llm_base_url: str | None = Field(
        None,
        min_length=1,
        description="Address of a server that speaks the OpenAI protocol; unset: the provider's.",
    )
    llm_api_key: SecretStr | None = Field(
        None, min_length=1, description="Key for the language model; shown nowhere."
    )
    llm_timeout: float = Field(
        30.0, ge=0.1, le=600, description="Longest time for a written answer, in seconds."
    )
    llm_context_tokens: int = Field(
        3000, ge=256, le=100_000, description="Most tokens of passages that the model is given."
    )
    llm_max_tokens: int = Field(
        700, ge=16, le=16_000, description="Most tokens that the model may answer with."
    )
    llm_rewrite: bool = Field(
        False, description="Let the language model reword a follow-up question for the search."
    )

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    max_request_bytes: int = Field(
        1_000_000, ge=1_000, le=100_000_000, description="Largest request body."
    )
    max_concurrency: int = Field(
        64, ge=1, le=10_000, description="Requests in work at once; more get 429."
    )
    dify_key: SecretStr | None = Field(
        None, min_length=1, description="Key that Dify must send; shown nowhere; unset: none."
    )
    widget_origins: str | None = Field(
        None,
        min_length=1,
        max_length=10_000,
        description="Origins whose pages may hold the chat widget, separated by commas, such as "
        "`https://intranet.example`; unset: none but the service's own.",
    )

    @field_validator("widget_origins")
    @classmethod
    def _are_origins(cls, given: str | None) -> str | None:
        for origin in _separated(given):
            if not _ORIGIN.fullmatch(origin):
                raise PydanticCustomError(
                    "origin",
                    "{origin} is not an origin: scheme and host, with the port where the page's "
                    "address has one, and nothing behind it",
                    {"origin": repr(origin[:80])},
                )
        return given

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The origins of ``widget_origins``, as a browser sends them."""
        return frozenset(_separated(self.widget_origins))

    @classmethod
    def create(cls, **values: Any) -> Settings:
        """Return settings from keyword arguments; raises InvalidSettings naming the culprit."""
        return _validated(values, lambda name: name)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **overrides: Any) -> Settings:
        """Return settings from ``QA_*`` variables, overridden by the given non-None values.

        An unknown ``QA_*`` variable is an error, with the nearest known name as the hint: a typo
        that is ignored silently is a setting lost.
        """
        values: dict[str, Any] = {}
        known = {PREFIX + name.upper(): name for name in cls.model_fields}
        for variable, text in environ.items():
            if not variable.startswith(PREFIX):
                continue
            if variable not in known:
                near = difflib.get_close_matches(variable, known, n=1)
                raise InvalidSettings(
                    f"{variable}: unknown setting",
                    f"did you mean {near[0]}?"
                    if near
                    else "`qa-service doctor` lists all settings",
                )
            if text != "":
                values[known[variable]] = text
        values.update({k: v for k, v in overrides.items() if v is not None})
        set_by_option = {k for k, v in overrides.items() if v is not None}
        return _validated(
            values, lambda name: name if name in set_by_option else PREFIX + name.upper()
        )


def _printable(name: str, values: Mapping[str, Any]) -> str:
    return "***" if name.endswith("_key") else repr(values.get(name))


def _separated(text: str | None) -> list[str]:
    parts = (part.strip().lower().removesuffix("/") for part in (text or "").split(","))
    return [part for part in parts if part]


def _validated(values: dict[str, Any], shown: Any) -> Settings:
    try:
        settings = Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        description = getattr(Settings.model_fields.get(name), "description", None)
        raise InvalidSettings(
            f"{shown(name)}={_printable(name, values)}: {first['msg']}", description or ""
        ) from None
    if settings.precision == "int8" and settings.runtime == "onnxruntime":
        if "precision" in values:
            raise InvalidSettings(
                f"{shown('precision')}='int8': the onnxruntime runtime has no int8 variant",
                f"set {shown('precision')}=float32",
            )
        settings = settings.model_copy(update={"precision": "float32"})
    if settings.rerank_precision == "int8" and settings.runtime == "onnxruntime":
        raise InvalidSettings(
            f"{shown('rerank_precision')}='int8': the onnxruntime runtime has no int8 variant",
            f"set {shown('rerank_precision')}=float32",
        )
    return settings
