"""What holds for any bytes whatever: exact, or refused; never changed, never a crash."""

from __future__ import annotations

import codecs

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import DocumentUndecodable
from qa_service.reading.encoding.decoding import Decoded, decode_detected

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)
CODECS = {"x-mac-cyrillic": "mac-cyrillic", "macintosh": "mac-roman", "shift_jis": "cp932",
          "euc-kr": "cp949", "big5": "cp950"}  # fmt: skip
WORDS = ["привет", "мир", "и", "в", "не", "на", "что", "это", "дом", "вода", "река", "город"]
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16le": codecs.BOM_UTF16_LE,
    "utf-16be": codecs.BOM_UTF16_BE,
    "utf-32le": codecs.BOM_UTF32_LE,
    "utf-32be": codecs.BOM_UTF32_BE,
}


@given(TEXTS)
@settings(deadline=None)
def test_utf8_comes_back_as_it_was(text: str) -> None:
    decoded = decode_detected(text.encode(), "a.txt")
    # A leading mark is dropped, once.
    assert decoded.text == text.removeprefix("\ufeff").replace("\r\n", "\n")
    assert decoded.encoding == "utf-8"


@given(TEXTS, st.sampled_from(sorted(MARKS)))
@settings(deadline=None)
def test_marked_text_comes_back_as_it_was(text: str, encoding: str) -> None:
    decoded = decode_detected(MARKS[encoding] + text.encode(encoding), "a.txt")
    assert (decoded.text, decoded.encoding) == (text.replace("\r\n", "\n"), encoding)


@given(st.binary(max_size=600))
@settings(deadline=None, max_examples=300)
def test_any_bytes_are_decoded_without_loss_or_refused_by_name(data: bytes) -> None:
    decoded: Decoded | None = None
    error: DocumentUndecodable | None = None
    try:
        decoded = decode_detected(data, "a.txt")
    except DocumentUndecodable as refusal:
        error = refusal
    if decoded is None:
        assert error is not None
        assert error.message.startswith("a.txt: ")
        assert error.hint
        return
    mark = MARKS.get(decoded.encoding, b"")
    codec = CODECS.get(decoded.encoding, decoded.encoding)
    assert data.removeprefix(mark).decode(codec).replace("\r\n", "\n") == decoded.text


@given(
    st.lists(
        st.sampled_from(
            ["привет", "мир", "и", "в", "не", "на", "что", "это", "дом", "вода", "река", "город"]
        ),
        min_size=9,
    ),
    st.sampled_from(["cp1251", "koi8-r", "ibm866", "iso-8859-5", "mac-cyrillic"]),
)
@settings(deadline=None)
def test_a_guess_is_right_or_none(words: list[str], codec: str) -> None:
    text = " ".join(words).capitalize() + "."
    try:
        decoded = decode_detected(text.encode(codec), "a.txt")
    except DocumentUndecodable:
        return
    assert decoded.text == text
