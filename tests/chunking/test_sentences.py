from __future__ import annotations

import pytest

from qa_service.chunking.sentences import split_sentences


def split(text: str, longest: int = 350) -> list[str]:
    spans = split_sentences(text, 0, len(text), max_characters=longest)
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. Smith met Mrs. Jones.", "They talked."],
        ["J. R. Smith and A. B. Lee wrote it.", "It sold."],
        ["See Fig. 3, No. 7, vol. 2 and pp. 5-9.", "Then stop."],
        ["Some fruit, e.g. apples, i.e. food, was there.", "Etc. is a word."],
        ["The U.S. President spoke.", "He left."],
        ["He lives in the U.S.", "The law says so."],
        ["Smith et al. 2020 and Lee et al. (2021) agree.", "Others do not."],
        ["It cost 3.5 million.", "Version v1.2 came at 10.30 p.m. on Monday."],
        ["Read https://example.org/a.b?c=d. now and write to me@example.org.", "Thanks!"],
        ["Acme Inc. products sell well.", "Others do not."],
        ["Roe v. Wade was decided in 1973.", "Born c. 1920, he saw it."],
        ["Is it No. 5?", "No.", "That is all."],
        ["It ended in 1990.", "He left on the 5.", "Nobody knew."],
        ["This is Plan B.", "The end."],
    ],
)
def test_full_stops_inside_a_sentence_do_not_end_it(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ['He said "stop."', "Then he left."],
        ["“Done.”", "He nodded."],
        ["(It was late.)", "He ran."],
        ['"Really?" he asked.', "Yes!"],
        ["He knew.[12][3]", "Then more."],
        ["**Bold.**", "Next."],
        ["What?!", "No..."],
        ["Wait… what?", "Well…", "Yes."],
        ["Wait... what?", "Well...", "Yes."],
        ["„Hallo.“", "Er ging."],
        ["«Да.»", "Он ушёл."],
        ["Yahoo! is big.", "So is ¿qué?", "¿Sí?"],
        ["What?", "the next one."],
    ],
)
def test_quotes_brackets_and_references_close_with_their_sentence(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("今天很好。我们走吧！你呢？好", ["今天很好。", "我们走吧！", "你呢？", "好"]),
        ("他说：“好的。”然后走了。", ["他说：“好的。”", "然后走了。"]),
        ("「はい。」、彼は言った。", ["「はい。」、彼は言った。"]),
        ("यह एक है। यह दो है॥ अंत", ["यह एक है।", "यह दो है॥", "अंत"]),
        ("هل هذا صحيح؟ نعم. انتهى۔ آخر", ["هل هذا صحيح؟", "نعم.", "انتهى۔", "آخر"]),
        ("Цена 5 млн. руб. в г. Баку. Он ушёл.", ["Цена 5 млн. руб. в г. Баку.", "Он ушёл."]),
        ("В 1990 г. Он ушёл.", ["В 1990 г.", "Он ушёл."]),
        ("Am 3. Oktober kam er. Es regnete.", ["Am 3. Oktober kam er.", "Es regnete."]),
        ("Bu, məs. kitab. O getdi.", ["Bu, məs. kitab.", "O getdi."]),
        ("ሰላም። ደህና ነህ፧ አዎ", ["ሰላም።", "ደህና ነህ፧", "አዎ"]),
        ("all lower case. like in a chat. ok", ["all lower case.", "like in a chat.", "ok"]),
    ],
)
def test_scripts_end_their_sentences_their_own_way(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_wrapped_lines_do_not_end_a_sentence() -> None:
    text = (
        "This is prose that was wrapped by\nits editor near thirty characters.\nIt goes on and on."
    )
    assert split(text) == [
        "This is prose that was wrapped by\nits editor near thirty characters.",
        "It goes on and on.",
    ]


def test_blank_lines_always_end_a_sentence() -> None:
    assert split("no stop here\n\nand none here") == ["no stop here", "and none here"]


def test_items_are_sentences_and_their_numbers_stay_with_them() -> None:
    text = "Buy:\n- milk\n- bread and\n  butter\n* eggs\n1. First. Second.\n2) Third\na) x\n• y"
    assert split(text) == [
        "Buy:",
        "- milk",
        "- bread and\n  butter",
        "* eggs",
        "1. First.",
        "Second.",
        "2) Third",
        "a) x",
        "• y",
    ]


def test_table_rows_are_sentences() -> None:
    assert split("| a | b |\n|---|---|\n| c. D | e |") == ["| a | b |", "|---|---|", "| c. D | e |"]
    assert split("a\tb\tc\nd\te\tf") == ["a\tb\tc", "d\te\tf"]


def test_addresses_and_verses_are_split_by_line() -> None:
    assert split("Jane Doe\n12 Long Street Name\nBaku") == [
        "Jane Doe",
        "12 Long Street Name",
        "Baku",
    ]


def test_a_dotted_leader_ends_nothing() -> None:
    assert split("Intro ......... 5") == ["Intro ......... 5"]


def test_overlong_sentences_are_cut_to_near_equal_pieces() -> None:
    sizes = [len(piece) for piece in split("some words, " * 60, longest=350)]
    assert max(sizes) <= 350
    assert max(sizes) - min(sizes) < 60


def test_only_the_asked_part_is_split_and_offsets_are_the_texts() -> None:
    text = "Skip this. One. Two. Skip that."
    spans = split_sentences(text, 11, 20, max_characters=350)
    assert [text[span.start : span.end] for span in spans] == ["One.", "Two."]


def test_a_stop_with_an_accent_on_it_is_not_torn_from_it() -> None:
    assert split("好。\u0301好") == ["好。\u0301好"]
