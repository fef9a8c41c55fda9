"""What holds for any Word file whatever: no text lost, none twice, true offsets and true places."""

from __future__ import annotations

import io
from pathlib import Path
from xml.sax.saxutils import escape

import docx
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import DocumentError
from qa_service.reading.docx.document import read_docx
from qa_service.reading.files import CorpusFile
from qa_service.records import Document
from word_files import p, r, read_word, table, word_file

# What XML can hold; a soft hyphen is not shown, and white space is not what is tested here.
LETTERS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Z"], exclude_characters="\u00ad\ufeff"),
    max_size=30,
)
STYLES = ["Normal", "Heading 1", "Heading 3", "List Bullet", "List Number", "Title", "Quote"]


def numbered(texts: list[str]) -> list[str]:
    """Return the texts made unlike each other, so that each can be counted in the whole."""
    return [f"⟦{i}⟧{text}⟦/{i}⟧" for i, text in enumerate(texts)]


def check_spans(document: Document) -> None:
    """Assert that places cover the text in order, and that headings and blocks are among them."""
    at = 0
    for place in document.places:
        assert document.text[at : place.start].strip("\n") == ""
        assert document.text[place.start : place.end].strip()
        at = place.end
    assert document.text[at:].strip("\n") == ""
    assert len({place.path for place in document.places}) == len(document.places)
    starts = {place.start for place in document.places}
    for heading in document.headings:
        assert document.text[heading.start : heading.end] == heading.text
        assert heading.start in starts
    assert {block.start for block in document.blocks} <= starts


@given(st.lists(st.tuples(LETTERS, st.sampled_from([*STYLES, "row", "cell"])), max_size=12))
@settings(deadline=None, max_examples=25)
def test_every_paragraph_of_a_written_document_stands_in_its_text_once(
    parts: list[tuple[str, str]],
) -> None:
    word = docx.Document()
    texts = numbered([text for text, _ in parts])
    for text, (_, kind) in zip(texts, parts, strict=True):
        if kind in ("row", "cell"):
            cells = word.add_table(rows=1, cols=2 if kind == "row" else 1).rows[0].cells
            cells[0].text = text
        else:
            word.add_paragraph(text, style=kind)
    stream = io.BytesIO()
    word.save(stream)
    document = read_docx(CorpusFile("a.docx", Path("/x"), 1), stream.getvalue())
    at = -1
    for text in texts:
        assert document.text.count(text) == 1
        assert document.text.index(text) > at
        at = document.text.index(text)
    check_spans(document)


WRAPPERS = [
    "{}",
    "<w:ins>{}</w:ins>",
    "<w:hyperlink>{}</w:hyperlink>",
    "<w:smartTag>{}</w:smartTag>",
    "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
    '<w:fldSimple w:instr="REF x">{}</w:fldSimple>',
    "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>{}",
    "<w:moveFrom>" + r("gone") + "</w:moveFrom>{}",
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>{}',
    "<w:r><w:pict><w:txbxContent>" + "<w:p>{}</w:p>" + "</w:txbxContent></w:pict></w:r>",
    "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>{0}</w:p></w:txbxContent></mc:Choice>"
    "<mc:Fallback><w:txbxContent><w:p>{0}</w:p></w:txbxContent></mc:Fallback>"
    "</mc:AlternateContent></w:r>",
]
BODIES = st.recursive(
    st.tuples(LETTERS, st.lists(st.sampled_from(WRAPPERS), max_size=3)),
    lambda inner: st.lists(st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=2),
    max_leaves=8,
)


def written(node: object, texts: list[str]) -> str:
    """Return the XML of a generated body, and add to ``texts`` what it shows."""
    if isinstance(node, tuple):
        text, wrappers = node
        text = f"⟦{len(texts)}⟧{text}⟦/{len(texts)}⟧"
        texts.append(text)
        runs = r(escape(text))
        for wrapper in wrappers:
            runs = wrapper.format(runs)
        return p(runs)
    assert isinstance(node, list)
    return table(*([written(cell, texts) for cell in row] for row in node))


@given(st.lists(BODIES, max_size=5))
@settings(deadline=None, max_examples=80)
def test_whatever_wraps_a_run_its_text_is_read_once_and_what_is_deleted_is_not(
    nodes: list[object],
) -> None:
    texts: list[str] = []
    document = read_word("".join(written(node, texts) for node in nodes))
    for text in texts:
        assert document.text.count(text) == 1
    assert "gone" not in document.text
    check_spans(document)


@given(st.binary(max_size=200), st.integers(0, 10_000), st.booleans())
@settings(deadline=None, max_examples=60)
def test_a_damaged_file_is_read_or_refused_by_name(patch: bytes, at: int, cut: bool) -> None:
    data = word_file(p("Some text.") * 3, styles="<w:style/>", numbering="<w:num/>")
    at %= len(data)
    damaged = data[:at] + patch + (b"" if cut else data[at + len(patch) :])
    error: DocumentError | None = None
    try:
        read_docx(CorpusFile("a.docx", Path("/x"), 1), damaged)
    except DocumentError as refusal:
        error = refusal
    assert error is None or (error.message.startswith("a.docx: ") and error.hint)
