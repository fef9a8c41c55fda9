"""The process that parses untrusted files: bytes come in, documents or reasons go out.

Run as ``python -m qa_service.reading.confined.worker MEGABYTES SECONDS``. It first says that it is
ready.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from qa_service.errors import DocumentError
from qa_service.reading.confined.confinement import allow_processor_time, confine
from qa_service.reading.confined.frames import FrameError, read_frame, write_frame
from qa_service.reading.confined.transfer import NoDocument, pack
from qa_service.reading.files import CorpusFile
from qa_service.reading.formats import parse
from qa_service.records import Document

Parse = Callable[[CorpusFile, bytes], Document]

_LONGEST_BODY = 1 << 40  # the parent has its own limit, and so has the memory here
_LONGEST_REASON = 300


def main(megabytes: int, seconds: int, parse: Parse = parse) -> None:
    """Answer requests on standard input until it ends, under the limits, which cannot be undone."""
    requests, replies = _private_streams()
    confine(megabytes)
    write_frame(replies, {"ready": True})
    while True:
        try:
            header, data = read_frame(requests, _LONGEST_BODY)
        except FrameError:  # the parent has closed its end, or died
            return
        except MemoryError:
            write_frame(replies, {"out_of_memory": True})
            return  # in the middle of a message
        allow_processor_time(seconds)
        try:
            write_frame(replies, *_answer(parse, header["id"], data))
        except (TypeError, ValueError) as error:  # no JSON, or too much of it: nothing was sent
            write_frame(replies, {"failed": _in_words(error)})
        except MemoryError:
            write_frame(replies, {"out_of_memory": True})


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the two pipes to the parent, and leave nothing of them to whatever a parser prints."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, replies


def _answer(parse: Parse, document_id: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    file = CorpusFile(document_id, Path(document_id), len(data))
    try:
        fields, text = pack(parse(file, data))
    except DocumentError as error:
        reason = {"code": error.code, "message": error.message, "hint": error.hint}
        return {"error": reason}, b""
    except MemoryError:
        raise
    except NoDocument as error:
        return {"failed": str(error)}, b""
    # Whatever a parser of hostile bytes may raise: it is a reason to leave out this one file.
    except Exception as error:
        return {"failed": _in_words(error)}, b""
    return {"document": fields}, text


def _in_words(error: Exception) -> str:
    words = " ".join(f"{type(error).__name__}: {error}".split())
    # A message may quote half a surrogate pair from the file.
    return words[:_LONGEST_REASON].encode("utf-8", "replace").decode("utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
