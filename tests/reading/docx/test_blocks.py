from __future__ import annotations

import pytest

from qa_service.errors import DocumentDamaged
from qa_service.records import Document
from word_files import p, part, r, read_word, relationships, styled, table


def marked(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.boilerplate]


def test_a_merged_cell_stands_once() -> None:
    wide = "<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" + p("wide") + "</w:tc>"
    merged = "<w:tc><w:tcPr><w:vMerge/></w:tcPr>" + p("") + "</w:tc>"
    body = f"<w:tbl><w:tr>{wide}<w:tc>{p('a')}</w:tc></w:tr><w:tr>{merged}<w:tc>{p('b')}</w:tc>"
    assert read_word(body + "</w:tr></w:tbl>").text == "wide | a\n| b\n"


def test_rows_and_cells_inside_wrappers_are_read() -> None:
    row = f"<w:tr><w:sdt><w:sdtContent><w:tc>{p('a')}</w:tc></w:sdtContent></w:sdt>"
    row += f"<w:customXml><w:tc>{p('b')}</w:tc></w:customXml></w:tr>"
    body = f"<w:tbl><w:sdt><w:sdtContent>{row}</w:sdtContent></w:sdt></w:tbl>"
    assert read_word(body).text == "a | b\n"


def test_a_cells_paragraphs_and_lines_are_one_line() -> None:
    cell = p("one") + p(r("two") + "<w:r><w:br/></w:r>" + r("three"))
    assert read_word(table([cell, "x"])).text == "one two three | x\n"


def test_empty_and_hidden_rows_are_left_out() -> None:
    hidden = f"<w:tr><w:trPr><w:hidden/></w:trPr><w:tc>{p('h')}</w:tc><w:tc>{p('i')}</w:tc></w:tr>"
    body = table(["a", "b"], ["", ""]).replace("</w:tbl>", f"{hidden}</w:tbl>")
    assert read_word(body).text == "a | b\n"


def test_a_table_in_a_table_keeps_its_rows() -> None:
    document = read_word(table(["outer", p("before") + table(["a", "b"], ["c", "d"]) + p("after")]))
    assert document.text == "outer\n\nbefore\n\na | b\nc | d\n\nafter\n"
    (block,) = document.blocks
    assert document.text[block.start : block.end] == "a | b\nc | d"


@pytest.mark.parametrize(
    "cells", [[styled("Heading1", "Head") + p("Text.")], ["x" * 1001, "y"], [p("one") + p("two")]]
)
def test_a_table_that_lays_out_a_page_is_read_as_paragraphs(cells: list[str]) -> None:
    document = read_word(table(cells))
    assert document.blocks == ()
    assert " | " not in document.text


def test_text_boxes_follow_the_paragraph_they_hang_on() -> None:
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{p('boxed')}{table(['a', 'b'])}"
    body = p(r("before ") + box + "</w:txbxContent></v:textbox></w:pict></w:r>" + r("after"))
    assert read_word(body + p("next")).text == "before after\n\nboxed\n\na | b\n\nnext\n"


def test_text_boxes_in_text_boxes_are_read_once() -> None:
    def box(content: str) -> str:
        return f"<w:r><w:pict><w:txbxContent>{content}</w:txbxContent></w:pict></w:r>"

    assert read_word(p(box(p(r("outer") + box(p("inner")))))).text == "outer\n\ninner\n"


def test_the_text_of_drawings_and_diagrams_is_read() -> None:
    drawn = "<a:p><a:r><a:t>dr</a:t></a:r><a:r><a:t>awn</a:t></a:r></a:p>"
    assert read_word(p(f"<w:r><w:drawing>{drawn}</w:drawing></w:r>")).text == "drawn\n"
    points = "<dgm:pt><a:p><a:r><a:t>step one</a:t></a:r></a:p></dgm:pt><dgm:pt/>"
    parts = {
        "word/_rels/document.xml.rels": relationships(("d1", "diagramData", "diagrams/data1.xml")),
        "word/diagrams/data1.xml": part("x", f"<dgm:ptLst>{points}</dgm:ptLst>"),
    }
    diagram = p('<w:r><w:drawing><dgm:relIds r:dm="d1"/></w:drawing></w:r>')
    assert read_word(diagram, parts).text == "step one\n"
    assert read_word(p("text") + diagram).text == "text\n"


def test_contents_are_boilerplate_by_style_by_control_and_by_field() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="V1"><w:name w:val="toc 1"/></w:style>'
    by_style = read_word(styled("V1", "Scope 1") + p("Text."), styles=styles)
    assert marked(by_style) == ["Scope 1"]
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    control = (
        f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{styled('Heading1', 'Contents')}"
        f"{p('Scope 1')}</w:sdtContent></w:sdt>{p('Text.')}"
    )
    by_control = read_word(control)
    assert marked(by_control) == ["Contents", "Scope 1"]
    assert by_control.headings == ()
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    begin = (
        mark("begin") + '<w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>' + mark("separate")
    )
    field = p(begin + r("Scope 1")) + p("Limits 2") + p(mark("end")) + p("Text.")
    assert marked(read_word(field)) == ["Scope 1", "Limits 2"]


def test_page_margins_stand_once_at_the_end_as_boilerplate() -> None:
    rels = relationships(
        ("h1", "header", "header1.xml"), ("h2", "header", "header2.xml"), ("f1", "footer", "f.xml")
    )
    parts = {
        "word/_rels/document.xml.rels": rels,
        "word/header1.xml": part("hdr", p("Head")),
        "word/header2.xml": part("hdr", p("Head") + p("Other")),
        "word/f.xml": part("ftr", styled("Heading1", "Foot")),
    }
    first = '<w:sectPr><w:headerReference r:id="h1"/><w:headerReference r:id="h9"/></w:sectPr>'
    last = '<w:sectPr><w:headerReference r:id="h2"/><w:footerReference r:id="f1"/></w:sectPr>'
    document = read_word(p("One.", first) + p("Two.") + last, parts)
    assert document.text == "One.\n\nTwo.\n\nHead\n\nOther\n\nFoot\n"
    assert marked(document) == ["Head", "Other", "Foot"]
    assert document.headings == ()


def test_runs_where_paragraphs_should_be_are_read() -> None:
    assert read_word(r("stray") + p("Text.")).text == "stray\n\nText.\n"


def test_a_heading_is_one_line_and_a_very_long_one_is_text() -> None:
    long = "word " * 60
    body = styled("Heading1", "<w:r><w:t>A</w:t><w:br/><w:t>head</w:t></w:r>")
    document = read_word(body + styled("Heading2", long))
    assert [heading.text for heading in document.headings] == ["A head"]
    assert long.strip() in document.text


def test_a_document_without_a_body_is_damaged() -> None:
    with pytest.raises(DocumentDamaged, match="has no body"):
        read_word("", {"word/document.xml": part("document", "")})
