"""Every error this package raises on purpose, in one tree.

    QaServiceError
    ├── InvalidRequest               the caller's input is wrong
    │   ├── InvalidQuestion          empty, blank, too long
    │   ├── InvalidFilter            unknown operator, wrong type, too deep
    │   └── InvalidSettings          a QA_* variable or an option out of bounds
    ├── DocumentNotFound             no such document in this index
    ├── OriginalUnavailable          a document's file is gone, or is not what was indexed
    ├── CorpusError                  the folder of documents cannot be used
    │   ├── CorpusNotFound
    │   ├── CorpusEmpty
    │   └── DocumentError            one file cannot be used
    │       ├── DocumentUndecodable
    │       ├── DocumentTooLarge
    │       ├── DocumentUnsafe       leaves the corpus, or is no regular file
    │       ├── DocumentUnreadable   the operating system refuses
    │       ├── DocumentDamaged      not what its format promises
    │       ├── DocumentProtected    needs a password
    │       ├── DocumentScanned      pictures of pages, no text layer
    │       ├── DocumentBlank        nothing to retrieve in it; harmless
    │       ├── ReadingTimedOut      its parser took too long
    │       ├── ReadingOutOfMemory   its parser needed too much memory
    │       ├── ParserCrashed        its parser died, or returned what is no document
    │       └── UnsupportedFormat
    ├── ModelError                   the embedding model cannot be used
    │   ├── ModelNotFound
    │   ├── ModelDamaged             weights or export differ from what they must be
    │   └── WindowExceeded           a text would be truncated
    ├── TokenTablesMissing           tiktoken's tables are not on this machine
    ├── LanguageModelError           the language model gave no usable answer
    ├── IndexError_                  the index cannot be used
    │   ├── IndexMissing
    │   ├── IndexCorrupt
    │   ├── IndexMismatch            another model, dimension, format or settings
    │   ├── IndexLocked              another process is writing
    │   └── IndexWriteFailed         disk full, permission, I/O error
    ├── EvaluationError              questions or labels cannot be used
    └── ServerError
        ├── PortInUse
        ├── Overloaded
        ├── ExtraMissing             an optional part of this package is not installed
        └── ServiceUnreachable       a client finds no service at its address

Each carries ``code`` (stable, snake_case, for machines), ``message`` (what and where) and ``hint``
(what to do next). The front doors print or send exactly these three; only ``web/`` knows HTTP.
"""

from __future__ import annotations

from typing import ClassVar


class QaServiceError(Exception):
    """Base of every deliberate error: ``code``, ``message`` and ``hint``, one line each."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class InvalidRequest(QaServiceError):
    code = "invalid_request"


class InvalidQuestion(InvalidRequest):
    code = "invalid_question"


class InvalidFilter(InvalidRequest):
    code = "invalid_filter"


class InvalidSettings(InvalidRequest):
    code = "invalid_settings"


class DocumentNotFound(QaServiceError):
    code = "document_not_found"


class OriginalUnavailable(QaServiceError):
    code = "original_unavailable"


class CorpusError(QaServiceError):
    code = "corpus_error"


class CorpusNotFound(CorpusError):
    code = "corpus_not_found"


class CorpusEmpty(CorpusError):
    code = "corpus_empty"


class DocumentError(CorpusError):
    code = "document_error"


class DocumentUndecodable(DocumentError):
    code = "document_undecodable"


class DocumentTooLarge(DocumentError):
    code = "document_too_large"


class DocumentUnsafe(DocumentError):
    code = "document_unsafe"


class DocumentUnreadable(DocumentError):
    code = "document_unreadable"


class DocumentDamaged(DocumentError):
    code = "document_damaged"


class DocumentProtected(DocumentError):
    code = "document_protected"


class DocumentScanned(DocumentError):
    code = "document_scanned"


class DocumentBlank(DocumentError):
    code = "document_blank"


class ReadingTimedOut(DocumentError):
    code = "reading_timed_out"


class ReadingOutOfMemory(DocumentError):
    code = "reading_out_of_memory"


class ParserCrashed(DocumentError):
    code = "parser_crashed"


class UnsupportedFormat(DocumentError):
    code = "unsupported_format"


class ModelError(QaServiceError):
    code = "model_error"


class ModelNotFound(ModelError):
    code = "model_not_found"


class ModelDamaged(ModelError):
    code = "model_damaged"


class WindowExceeded(ModelError):
    code = "window_exceeded"


class TokenTablesMissing(QaServiceError):
    code = "token_tables_missing"


class LanguageModelError(QaServiceError):
    code = "language_model_error"


class IndexError_(QaServiceError):  # the trailing underscore keeps the built-in IndexError usable
    code = "index_error"


class IndexMissing(IndexError_):
    code = "index_missing"


class IndexCorrupt(IndexError_):
    code = "index_corrupt"


class IndexMismatch(IndexError_):
    code = "index_mismatch"


class IndexLocked(IndexError_):
    code = "index_locked"


class IndexWriteFailed(IndexError_):
    code = "index_write_failed"


class EvaluationError(QaServiceError):
    code = "evaluation_error"


class ServerError(QaServiceError):
    code = "server_error"


class PortInUse(ServerError):
    code = "port_in_use"


class Overloaded(ServerError):
    code = "overloaded"


class ExtraMissing(ServerError):
    code = "extra_missing"


class ServiceUnreachable(ServerError):
    code = "service_unreachable"
