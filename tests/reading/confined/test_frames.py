from __future__ import annotations

import io
import struct

import pytest

from qa_service.reading.confined.frames import LONGEST_HEADER, FrameError, read_frame, write_frame


def frame(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">QQ", len(header), len(body)) + header + body


def test_a_message_arrives_as_it_was_sent_and_another_may_follow() -> None:
    stream = io.BytesIO()
    write_frame(stream, {"id": "é", "n": [1, None, 2.5]}, b"\x00\xff")
    write_frame(stream, {})
    stream.seek(0)
    assert read_frame(stream, 2) == ({"id": "é", "n": [1, None, 2.5]}, b"\x00\xff")
    assert read_frame(stream, 0) == ({}, b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "gone"),
        (frame(b"{}")[:-1], "gone"),
        (frame(b"{}", b"abc")[:-1], "gone"),
        (frame(b"{}", b"abcde"), "too long"),
        (struct.pack(">QQ", LONGEST_HEADER + 1, 0), "too long"),
        (struct.pack(">QQ", 2**64 - 1, 2**64 - 1), "too long"),
        (frame(b"{]"), "not JSON"),
        (frame(b"\xff"), "not JSON"),
        (frame(b"NaN"), "not JSON"),
        (frame(b"[" * 100_000), "not JSON"),
        (frame(b"[]"), "no JSON object"),
        (frame(b"cos\nsystem\n(S'true'\ntR."), "not JSON"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        read_frame(io.BytesIO(data), 4)


def test_nothing_is_sent_of_a_header_that_is_too_long() -> None:
    stream = io.BytesIO()
    with pytest.raises(ValueError, match="exceeds"):
        write_frame(stream, {"text": "x" * LONGEST_HEADER})
    assert stream.getvalue() == b""
