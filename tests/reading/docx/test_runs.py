from __future__ import annotations

import pytest

from word_files import p, r, read_word, styled


def text_of(runs: str, **related: str) -> str:
    return read_word(p(runs), **related).text.removesuffix("\n")


def field(*parts: str) -> str:
    marks = {"begin", "separate", "end"}
    return "".join(
        f'<w:r><w:fldChar w:fldCharType="{x}"/></w:r>'
        if x in marks
        else (x if x.startswith("<") else f"<w:r><w:instrText>{x}</w:instrText></w:r>")
        for x in parts
    )


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (r("one ") + r("two"), "one two"),
        (r("a") + "<w:r><w:tab/></w:r>" + r("b"), "a\tb"),
        (r("a") + "<w:r><w:br/></w:r>" + r("b"), "a\nb"),
        (r("a") + "<w:r><w:cr/></w:r>" + r("b"), "a\nb"),
        (r("well") + "<w:r><w:noBreakHyphen/></w:r>" + r("known"), "well-known"),
        (r("syl") + "<w:r><w:softHyphen/></w:r>" + r("lable"), "syllable"),
        (r("syl\u00adlable"), "syllable"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + r("3"), "≥3"),
        ('<w:r><w:sym w:font="X" w:char="none"/></w:r>' + r("3"), "\ufffd3"),
        (r("\uf061", '<w:rFonts w:ascii="Symbol"/>'), "α"),
        ("<w:hyperlink r:id='x'>" + r("linked") + "</w:hyperlink>", "linked"),
        ("<w:smartTag>" + r("a") + "</w:smartTag><w:bdo>" + r("b") + "</w:bdo>", "ab"),
        ("<w:unheardOf>" + r("kept") + "</w:unheardOf>", "kept"),
        ("<w:sdt><w:sdtContent>" + r("control") + "</w:sdtContent></w:sdt>", "control"),
        (f"<w:ruby><w:rt>{r('かん')}</w:rt><w:rubyBase>{r('漢')}</w:rubyBase></w:ruby>", "漢"),
        ("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", "x=1"),
    ],
)  # fmt: skip
def test_what_a_paragraph_shows_is_its_text(runs: str, text: str) -> None:
    assert text_of(runs) == text


def test_hidden_text_is_left_out_however_it_is_hidden() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="P"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    shown = r("a") + r("b", "<w:vanish/>") + r("c", '<w:rStyle w:val="H"/>')
    assert text_of(shown, styles=styles) == "a"
    assert text_of(r("a", '<w:vanish w:val="0"/>')) == "a"
    assert read_word(styled("P", "hidden") + p("seen"), styles=styles).text == "seen\n"
    unhidden = p(r("b", '<w:vanish w:val="false"/>'), '<w:pStyle w:val="P"/>')
    assert read_word(unhidden, styles=styles).text == "b\n"


def test_comments_leave_no_trace() -> None:
    marked = (
        '<w:commentRangeStart w:id="1"/>' + r("text") + '<w:commentRangeEnd w:id="1"/>'
        '<w:r><w:commentReference w:id="1"/></w:r>'
    )
    assert text_of(marked, comments=f'<w:comment w:id="1">{p("remark")}</w:comment>') == "text"


def test_a_fields_result_is_text_and_its_instruction_is_not() -> None:
    page = field("begin", " PAGEREF x ", "separate", r("12"), "end")
    assert text_of(r("see page ") + page + r(".")) == "see page 12."
    assert text_of(f'<w:fldSimple w:instr="DATE">{r("today")}</w:fldSimple>') == "today"


def test_the_result_of_a_field_inside_an_instruction_is_not_text() -> None:
    inner = field("begin", "MERGEFIELD sex", "separate", r("f"), "end")
    outer = field("begin", "IF ", inner, " = f", "separate", r("Ms"), "end")
    assert text_of(outer + r(" Smith")) == "Ms Smith"
    assert text_of(field("begin", "SET x", "end") + r("after")) == "after"


def test_a_field_without_an_end_hides_nothing_after_it() -> None:
    assert text_of(field("begin", "PAGE") + r("kept")) == "kept"
    assert text_of(field("separate", "end") + r("kept")) == "kept"


def test_a_field_reaches_over_paragraphs() -> None:
    body = (
        f"<w:p>{field('begin', 'QUOTE', 'separate')}{r('one')}</w:p>{p('two')}"
        f"<w:p>{r('three')}{field('end')}</w:p>{p('four')}"
    )
    assert read_word(body).text == "one\n\ntwo\n\nthree\n\nfour\n"


def test_the_prompt_of_an_empty_control_is_not_text() -> None:
    control = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    assert text_of(r("Name: ") + control.format(r("Click here"))) == "Name:"
    assert read_word(p("Name:") + control.format(p("Click here"))).text == "Name:\n"


def test_notes_are_numbered_in_order_of_appearance() -> None:
    def refer(kind: str, number: int, more: str = "") -> str:
        return f'<w:r><w:{kind}Reference w:id="{number}"{more}/></w:r>'

    body = p(r("A.") + refer("footnote", 9) + r(" B.") + refer("footnote", 3)) + p(
        r("C.") + refer("endnote", 2)
    )
    star = refer("footnote", 5, ' w:customMarkFollows="1"')
    body += p(r("D.") + star + r("*"))
    notes = "".join(
        f'<w:footnote w:id="{i}">{p(f"<w:r><w:footnoteRef/></w:r>{r(text)}")}</w:footnote>'
        for i, text in ((-1, "separator"), (3, " second"), (9, " first"), (5, "* star"))
    )
    document = read_word(
        body, footnotes=notes, endnotes=f'<w:endnote w:id="2">{p("end")}</w:endnote>'
    )
    assert document.text == (
        "A.[1] B.[2]\n\nC.[i]\n\nD.*\n\n[1] first\n\n[2] second\n\n* star\n\n[i] end\n"
    )
    assert document.boilerplate == ()


def test_a_note_whose_text_is_missing_leaves_its_marker() -> None:
    assert text_of(r("A.") + '<w:r><w:footnoteReference w:id="9"/></w:r>') == "A.[1]"
