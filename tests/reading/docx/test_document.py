from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as Word
from lxml import etree

from qa_service.chunking.passages import make_passages
from qa_service.errors import DocumentDamaged
from qa_service.reading.docx.document import read_docx
from qa_service.reading.files import CorpusFile
from qa_service.reading.formats import parse
from qa_service.records import Document, Heading
from word_files import p, part, r, read_word, relationships, styled, table, word_file


def saved(fill: Callable[[Word], object], name: str = "some-file.docx") -> Document:
    word = docx.Document()
    fill(word)
    stream = io.BytesIO()
    word.save(stream)
    return read_docx(CorpusFile(name, Path("/x") / name, 1), stream.getvalue())


def report(word: Word) -> None:
    word.core_properties.title = "Annual report"
    word.core_properties.author = "A. Writer"
    word.add_heading("Printed title", 0)
    word.add_heading("Scope", 1)
    word.add_paragraph("The first paragraph.\nIts second line.")
    word.add_paragraph("apples", style="List Bullet")
    word.add_paragraph("pears", style="List Bullet")
    word.add_paragraph("wash", style="List Number")
    word.add_paragraph("peel", style="List Number")
    word.add_heading("Figures", 2)
    cells = word.add_table(rows=2, cols=2)
    for i, text in enumerate(["Year", "Tonnes", "2024", "17"]):
        cells.cell(i // 2, i % 2).text = text
    word.add_paragraph("The last paragraph.")
    word.sections[0].header.paragraphs[0].text = "Company confidential"
    word.sections[0].footer.paragraphs[0].text = "Page 1"


REPORT = """\
Printed title

Scope

The first paragraph.
Its second line.

- apples
- pears
1. wash
2. peel

Figures

Year | Tonnes
2024 | 17

The last paragraph.

Company confidential

Page 1
"""


def test_a_document_reads_in_order_with_lists_tables_and_margins_last() -> None:
    assert saved(report).text == REPORT


def test_headings_tables_and_margins_are_marked_by_offset() -> None:
    document = saved(report)
    assert [(h.level, document.text[h.start : h.end]) for h in document.headings] == [
        (1, "Printed title"),
        (1, "Scope"),
        (2, "Figures"),
    ]
    assert [document.text[b.start : b.end] for b in document.blocks] == ["Year | Tonnes\n2024 | 17"]
    assert [document.text[b.start : b.end] for b in document.boilerplate] == [
        "Company confidential",
        "Page 1",
    ]


def test_the_hash_is_of_the_bytes_and_the_id_is_the_files() -> None:
    data = word_file(p("Text."))
    document = read_docx(CorpusFile("b/a.docx", Path("/x"), 1), data)
    assert (document.id, document.sha256) == ("b/a.docx", hashlib.sha256(data).hexdigest())


def test_the_title_is_the_stated_one_then_a_title_paragraph_then_a_top_heading_then_the_name() -> (
    None
):
    def untitled(word: Word) -> None:
        report(word)
        word.core_properties.title = "Microsoft Word - draft.doc"

    assert saved(report).title == "Annual report"
    assert saved(untitled).title == "Printed title"
    body = styled("Heading2", "Second") + styled("Heading1", "First")
    assert read_word(body).title == "First"
    assert read_word(p("Text."), name="x/my-notes.docx").title == "My notes"


def test_every_place_leads_to_the_element_that_holds_its_text() -> None:
    box = "<w:r><w:pict><v:textbox><w:txbxContent>" + p("boxed") + "</w:txbxContent>"
    body = (
        p("one")
        + f"<w:sdt><w:sdtContent>{p('two')}{p('three')}</w:sdtContent></w:sdt>"
        + table(["a", "b"], ["c", "d"])
        + p("")
        + p(r("four") + "<w:r/>" + box + "</v:textbox></w:pict></w:r>")
        + p(r("five") + '<w:r><w:footnoteReference w:id="7"/></w:r>')
    )
    notes = f'<w:footnote w:id="7">{p("noted")}</w:footnote>'
    document = read_word(body, footnotes=notes)
    roots = {
        "/word/document.xml": etree.fromstring(part("document", f"<w:body>{body}</w:body>")),
        "/word/footnotes.xml": etree.fromstring(part("footnotes", notes)),
    }
    found = []
    for place in document.places:
        assert place.path is not None
        name = next(name for name in roots if place.path.startswith(name))
        element = roots[name]
        for step in place.path.removeprefix(f"{name}/").split("/"):
            local, number = step.rstrip("]").split("[") if "[" in step else (step, "1")
            element = [e for e in element if e.tag.rpartition("}")[2] == local][int(number) - 1]
        found.append(" | ".join(t.text for t in element.iter("{*}t")))
        assert document.text[place.start : place.end].startswith(found[-1].split(" | ")[0]) or (
            found[-1] == "noted" and document.text[place.start : place.end] == "[1] noted"
        )
    assert found == [
        "one",
        "two",
        "three",
        "a | b",
        "c | d",
        "four | boxed",
        "boxed",
        "five",
        "noted",
    ]


def test_places_are_in_order_and_apart_and_cover_all_text() -> None:
    document = saved(report)
    at = 0
    for place in document.places:
        assert document.text[at : place.start].strip() == ""
        assert place.start < place.end
        at = place.end
    assert document.text[at:] == "\n"


def test_passages_are_slices_and_no_margin_is_in_one() -> None:
    document = saved(report)
    passages = make_passages(
        document,
        max_tokens=40,
        min_tokens=20,
        sentence_characters=350,
        count=lambda texts: [len(text.split()) for text in texts],
        window=100,
        window_count=lambda texts: [len(text.split()) for text in texts],
    )
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.places
        assert "confidential" not in passage.text
    assert any(passage.section[-1:] == ("Figures",) for passage in passages)


def test_long_items_are_paragraphs_and_short_ones_are_lines() -> None:
    def listed(word: Word) -> None:
        for text in ("short", "x" * 201, "short again", "and again"):
            word.add_paragraph(text, style="List Bullet")

    assert saved(listed).text == f"- short\n\n- {'x' * 201}\n\n- short again\n- and again\n"


def test_program_text_is_kept_whole_with_its_indentation() -> None:
    style = '<w:style w:type="paragraph" w:styleId="SC"><w:name w:val="Source Code"/></w:style>'
    body = p("Before.") + styled("SC", "if x:") + styled("SC", "    return 1") + p("After.")
    document = read_word(body, styles=style)
    assert document.text == "Before.\n\nif x:\n    return 1\n\nAfter.\n"
    (block,) = document.blocks
    assert document.text[block.start : block.end] == "if x:\n    return 1"


def test_two_tables_in_a_row_are_two_blocks() -> None:
    document = read_word(table(["a", "b"]) + table(["c", "d"]))
    assert document.text == "a | b\n\nc | d\n"
    assert len(document.blocks) == 2


def test_a_document_without_text_has_none() -> None:
    assert read_word(p("") + p("  ")).text == ""


def test_an_embedded_document_in_place_of_text_is_an_error_and_not_a_loss() -> None:
    with pytest.raises(DocumentDamaged, match="altChunk"):
        read_word(p("Text.") + '<w:altChunk r:id="x"/>')


def test_the_language_is_that_of_the_default_run() -> None:
    styles = (
        "<w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:lang w:val="de-DE" w:eastAsia="ja-JP"/></w:rPr></w:rPrDefault></w:docDefaults>'
    )
    assert read_word(p("Ein deutscher Satz."), styles=styles).language == "de"
    assert read_word(p("日本語の文書です。"), styles=styles).language == "ja"
    assert read_word(p("Русский текст."), styles=styles).language == ""


def test_the_deepest_nesting_that_parses_is_read() -> None:
    depth = 80
    body = "<w:customXml>" * depth + p(r("deep")) + "</w:customXml>" * depth
    runs = "<w:smartTag>" * 200 + r("run") + "</w:smartTag>" * 200
    assert read_word(body + f"<w:p>{runs}</w:p>").text == "deep\n\nrun\n"
    nested = p("x")
    for _ in range(60):
        nested = table([nested, "y"])
    assert read_word(nested).text.count("y") == 60
    with pytest.raises(DocumentDamaged, match="depth"):
        read_word("<w:customXml>" * 300 + p("x") + "</w:customXml>" * 300)


def test_headings_are_headings_of_the_record() -> None:
    document = read_word(styled("Heading1", "A  heading") + p("Text."))
    assert document.headings == (Heading(1, "A heading", 0, 9),)


def test_relationships_to_the_outside_are_never_followed() -> None:
    links = relationships(("x", "styles", "http://127.0.0.1:9/styles.xml")).replace(
        b'Target="http', b'TargetMode="External" Target="http'
    )
    assert read_word(p("Text."), {"word/_rels/document.xml.rels": links}).text == "Text.\n"


def test_the_format_is_known_by_its_suffix() -> None:
    file = CorpusFile("A.DOCX", Path("/x"), 1)
    assert parse(file, word_file(p("Text."))).text == "Text.\n"
