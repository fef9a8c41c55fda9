"""What holds for any text whatever: true offsets, nothing lost, nothing twice, nothing too long."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.chunking.cutting import cut_long
from qa_service.chunking.passages import make_passages
from qa_service.chunking.sentences import split_sentences
from qa_service.chunking.tokens import TokenCounter
from qa_service.errors import DocumentError
from qa_service.reading.boilerplate import navigation_spans
from qa_service.reading.files import CorpusFile, read_bytes
from qa_service.reading.formats import parse
from qa_service.reading.text.front_matter import read_front_matter
from qa_service.records import Document, Heading, Passage, Span

# Anything an encoder takes, and a soup of what rules are made of, so that they meet often.
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
PIECES = [
    *["Dr.", "e.g.", "U.S.", "No.", "7", "J.", "R.", "et al.", "г.", "т.д.", "3.5", "[1]"],
    *["...", "…", "?!", ".", "!", "?", "。", "！", "।", "؟", "、", ",", ";", ":", "—", "-", "*"],
    *["a", "B", "word", "Word", "WORD", "слово", "Слово", "你好", "ไทย", "नमस्ते", "각"],
    *["e\u0301", "\u0301", "\u200d", "👨\u200d👩\u200d👧", "🇦🇿", "🇦", "👍🏽", "\u0600"],
    *['"', "'", "“", "”", "«", "»", "(", ")", "[", "]", "#", "•", "|", "```", "---"],
    *["Back", "Print"],
]
SPACES = [
    "",
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\t",
    "\r",
    "\u3000",
    "\u2028",
    "\f",
    "\n- ",
    "\n1. ",
    " " * 40,
]
SOUP = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(SPACES)), max_size=80).map(
    "".join
)
TEXTS = st.one_of(ANYTHING, SOUP)

tiktoken_counter = TokenCounter("cl100k_base")


def utf8_bytes(texts: Sequence[str]) -> list[int]:
    return [len(text.encode()) + 2 for text in texts]


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def covers(text: str, spans: Sequence[Span], holes: Sequence[Span] = ()) -> None:
    """Assert that spans are in order, trimmed, disjoint, and hold all but whitespace and holes."""
    inside = bytearray(len(text))
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        piece = text[span.start : span.end]
        assert piece == piece.strip() != ""
        inside[span.start : span.end] = b"\1" * len(piece)
        end = span.end
    assert not any(any(inside[hole.start : hole.end]) for hole in holes)
    for hole in holes:
        inside[hole.start : hole.end] = b"\1" * (hole.end - hole.start)
    assert all(seen or character.isspace() for seen, character in zip(inside, text, strict=True))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(TEXTS)
    place = st.integers(0, len(text))

    def spans(most: int) -> list[Span]:
        pairs = draw(st.lists(st.tuples(place, place), max_size=most))
        return [Span(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]

    return Document(
        "d.txt",
        "T",
        text,
        "",
        headings=tuple(
            Heading(draw(st.integers(1, 6)), f"h{i}", span.start, span.end)
            for i, span in enumerate(spans(3))
        ),
        boilerplate=tuple(spans(2)),
        blocks=tuple(spans(2)),
    )


def chunked(
    document: Document,
    max_tokens: int,
    window: int,
    count: Callable[[Sequence[str]], list[int]],
) -> list[Passage]:
    return make_passages(
        document,
        max_tokens=max_tokens,
        min_tokens=max_tokens // 2,
        sentence_characters=60,
        count=count,
        window=window,
        window_count=utf8_bytes,
    )


@given(TEXTS, st.integers(1, 100))
@settings(max_examples=300, deadline=None)
def test_sentences_hold_every_character_once_and_in_order(text: str, longest: int) -> None:
    spans = split_sentences(text, 0, len(text), max_characters=longest)
    covers(text, spans)
    assert spans == split_sentences(text, 0, len(text), max_characters=longest)


@given(TEXTS, st.integers(1, 100))
@settings(max_examples=300, deadline=None)
def test_cuts_are_short_and_tear_no_grapheme_cluster(text: str, longest: int) -> None:
    spans = list(cut_long(text, 0, len(text), longest))
    covers(text, spans)
    cuts = {span.start for span in spans[1:]} | {span.end for span in spans[:-1]}
    largest = 1
    for cluster in regex.finditer(r"\X", text):
        start, end = cluster.span()
        largest = max(largest, end - start)
        for cut in cuts & set(range(start + 1, end)):
            # Whitespace may lead or end a cluster; only trimming takes it off.
            assert not text[start:cut].strip() or not text[cut:end].strip()
    assert all(span.end - span.start <= max(longest, largest) for span in spans)


@given(documents(), st.integers(16, 60), st.integers(16, 400), st.booleans())
@settings(max_examples=300, deadline=None)
def test_passages_are_true_whole_and_within_both_limits(
    document: Document, max_tokens: int, window: int, real: bool
) -> None:
    count = tiktoken_counter.count_many if real else words
    passages = chunked(document, max_tokens, window, count)
    text = document.text
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.tokens == count([passage.text])[0] <= max_tokens
        assert utf8_bytes([passage.text])[0] <= window
        assert passage.start == passage.sentences[0].start
        assert passage.end == passage.sentences[-1].end
        for sentence in passage.sentences:
            assert sentence.text == text[sentence.start : sentence.end]
            assert count([sentence.text])[0] <= max_tokens
            assert utf8_bytes([sentence.text])[0] <= window
    holes = document.boilerplate
    covers(text, [Span(s.start, s.end) for p in passages for s in p.sentences], holes)
    covers(text, [Span(p.start, p.end) for p in passages], holes)
    assert len({passage.id for passage in passages}) == len(passages)
    assert passages == chunked(document, max_tokens, window, count)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_navigation_lines_are_whole_lines_in_order(text: str) -> None:
    end = -1
    for span in navigation_spans(text):
        assert end < span.start < span.end
        assert span.start == 0 or text[span.start - 1] == "\n"
        assert span.end == len(text) or text[span.end] == "\n"
        end = span.end


@given(st.one_of(TEXTS.map(str.encode), st.binary(max_size=200)), st.sampled_from([".txt", ".md"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_exactly_or_refused_as_a_document_error(
    data: bytes, suffix: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder).resolve() / f"some{suffix}"
        path.write_bytes(data)
        try:
            file = CorpusFile(path.name, path, len(data))
            document = parse(file, read_bytes(file))
        except DocumentError:
            return
    text = document.text
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        assert text.encode() == data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    assert document.title.strip()
    for part in (*document.headings, *document.boilerplate, *document.blocks):
        assert 0 <= part.start < part.end <= len(text)
    for heading in document.headings:
        assert text[heading.start : heading.end].strip()
        assert heading.text.strip()
    assert chunked(document, 64, 4000, tiktoken_counter.count_many)


@given(st.text(st.sampled_from("abc:[]{}&*!|>-'\"#% \n\t012?,.@`\\"), max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_front_matter_is_flat_metadata_or_a_document_error(yaml: str) -> None:
    text = f"---\nkey: {yaml}\n---\nbody"
    try:
        front = read_front_matter(text, "a.md")
    except DocumentError:
        return
    for name, value in front.metadata.items():
        assert isinstance(name, str)
        assert isinstance(value, str | int | float | bool | list)
        if isinstance(value, list):
            assert all(isinstance(item, str) for item in value)
