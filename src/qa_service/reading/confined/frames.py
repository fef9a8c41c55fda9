"""Messages between two processes: a JSON object and a block of bytes, each with its length."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import orjson

_LENGTHS = struct.Struct(">QQ")

LONGEST_HEADER = 32_000_000


class FrameError(Exception):
    """The other side has gone, or what it sent is no message."""


def write_frame(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Send one message; raises OSError when nobody reads any more, ValueError when too long."""
    data = orjson.dumps(header)
    if len(data) > LONGEST_HEADER:
        raise ValueError(f"a header of {len(data):,} bytes exceeds {LONGEST_HEADER:,}")
    stream.write(_LENGTHS.pack(len(data), len(body)))
    stream.write(data)
    stream.write(body)
    stream.flush()


def read_frame(stream: BinaryIO, longest_body: int) -> tuple[dict[str, Any], bytes]:
    """Return the next message; raises FrameError.

    The lengths are checked before anything of that length is read, and JSON is the only thing
    that is parsed: the sender can neither fill this process's memory nor run code in it.
    """
    header_length, body_length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if header_length > LONGEST_HEADER or body_length > longest_body:
        raise FrameError(f"a message of {header_length + body_length:,} bytes is too long")
    data = _exactly(stream, header_length)
    body = _exactly(stream, body_length)
    try:
        header = orjson.loads(data)
    except ValueError as error:
        raise FrameError(f"a message that is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise FrameError("a message that is no JSON object")
    return header, body


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise FrameError("the other side has gone")
    return data
