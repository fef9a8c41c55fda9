from __future__ import annotations

from word_files import p, r, read_word, table


def text_of(body: str) -> str:
    return read_word(body).text.removesuffix("\n")


def test_insertions_are_text_and_deletions_are_not() -> None:
    deleted = "<w:del><w:r><w:delText>old</w:delText></w:r>" + r("older") + "</w:del>"
    assert text_of(p(r("the ") + f"<w:ins>{r('new')}</w:ins>" + deleted)) == "the new"


def test_moved_text_stands_where_it_was_moved_to() -> None:
    body = p(f"<w:moveFrom>{r('moved')}</w:moveFrom>" + r("a")) + p(
        r("b ") + f"<w:moveTo>{r('moved')}</w:moveTo>"
    )
    assert text_of(body) == "a\n\nb moved"


def test_a_paragraph_whose_end_was_deleted_flows_into_the_next() -> None:
    body = p("one ", "<w:rPr><w:del/></w:rPr>") + p("two ", "<w:rPr><w:del/></w:rPr>") + p("three")
    document = read_word(body)
    assert document.text == "one two three\n"
    assert document.places[0].path == "/word/document.xml/body/p[3]"
    assert text_of(p("last", "<w:rPr><w:del/></w:rPr>")) == "last"


def test_deleted_rows_and_cells_are_left_out() -> None:
    rows = table(["a", "b"], ["c", "d"]).replace(
        '<w:tr><w:tc><w:p><w:r><w:t xml:space="preserve">c',
        '<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t xml:space="preserve">c',
    )
    assert text_of(rows) == "a | b"
    cell = f"<w:tc><w:tcPr><w:cellDel/></w:tcPr>{p('x')}</w:tc>"
    assert text_of(table(["a", "b"]).replace("</w:tr>", f"{cell}</w:tr>")) == "a | b"


def test_of_alternatives_one_is_read() -> None:
    def box(text: str) -> str:
        return f"<w:txbxContent>{p(text)}</w:txbxContent>"

    both = (
        "<w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><wps:txbx>{box("boxed")}</wps:txbx></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box('boxed')}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert text_of(p(r("text") + both)) == "text\n\nboxed"


def test_the_fallback_is_read_where_the_choice_holds_no_text() -> None:
    emoji = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="w16se"><w:symEx/></mc:Choice>'
        "<mc:Fallback><w:t>☺</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert text_of(p(r("a ") + emoji)) == "a ☺"


def test_thousands_of_joined_paragraphs_are_one() -> None:
    body = p("x", "<w:rPr><w:del/></w:rPr>") * 5_000 + p("end")
    assert text_of(body) == "x" * 5_000 + "end"
