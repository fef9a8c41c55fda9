from __future__ import annotations

from qa_service.reading.pdf.runs import Run, runs_of
from qa_service.reading.pdf.words import Style, Word

PLAIN = Style(10, False, False, 0)
BOLD = Style(10, True, False, 0)
SMALL = Style(6, False, True, 0)


def word(text: str, x: float, y: float = 100, *, style: Style = PLAIN, glued: bool = False) -> Word:
    width = 0.5 * style.size * len(text)
    return Word(text, (x, y, x + width, y + 1.1 * style.size), style, glued)


def runs(*words: Word) -> list[Run]:
    return runs_of(words).get(0, [])


def texts(*words: Word) -> list[str]:
    return [run.text for run in runs(*words)]


def test_words_close_together_are_a_run_and_a_wide_gap_divides() -> None:
    assert texts(word("one", 50), word("two", 68), word("three", 100)) == ["one two", "three"]


def test_parts_of_a_word_are_put_together_without_a_space() -> None:
    assert texts(word("well-", 50), word("known", 75, glued=True)) == ["well-known"]


def test_a_full_stop_right_after_a_raised_number_has_no_space_before_it() -> None:
    raised = word("12", 83, 98, style=SMALL)
    assert texts(word("rivers", 50), raised, word(".", 89)) == ["rivers 12."]
    assert texts(word("non", 50), word("!", 68)) == ["non !"]


def test_another_line_or_a_jump_back_begins_a_run() -> None:
    assert texts(word("one", 50), word("two", 68, 112)) == ["one", "two"]
    assert texts(word("two", 300), word("one", 50)) == ["two", "one"]


def test_words_from_right_to_left_are_one_run_in_the_order_of_reading() -> None:
    (run,) = runs(word("שלום", 100), word("עולם", 77))
    assert run.text == "שלום עולם"
    assert run.right_to_left
    assert (run.x0, run.x1) == (77, 120)


def test_a_full_stop_left_of_a_number_comes_after_it_between_words_from_right_to_left() -> None:
    assert texts(word("عام", 100), word(".1953", 70)) == ["عام 1953."]


def test_size_and_weight_are_those_of_most_of_the_run_and_the_box_holds_all() -> None:
    (run,) = runs(
        word("heading", 50, style=BOLD), word("12", 86, 98, style=SMALL, glued=True), word("x", 95)
    )
    assert (run.size, run.bold, run.fixed) == (10, True, False)
    assert (run.top, run.bottom) == (98, 111)
    assert (run.y0, run.y1) == (100, 111)


def test_a_line_stretched_to_its_column_is_one_run_and_cells_are_not() -> None:
    stretched = [word(w, x) for w, x in (("four", 50), ("words", 80), ("wide", 115), ("set", 145))]
    (run,) = runs(*stretched)
    assert run.text == "four words wide set"
    assert [run.text[at] for at, _, _ in run.gaps] == [" "] * 3
    cells = [word(w, x) for w, x in (("four", 50), ("words", 80), ("wide", 125), ("set", 160))]
    assert len(runs(*cells)) == 4


def test_wider_spaces_are_remembered() -> None:
    (run,) = runs(word("one", 50), word("two", 71))
    assert run.gaps == ((3, 65, 71),)


def test_text_of_another_turn_is_kept_apart() -> None:
    turned = Style(10, False, False, 3)
    found = runs_of([word("one", 50), word("up", 68, style=turned)])
    assert {turn: [run.text for run in group] for turn, group in found.items()} == {
        0: ["one"],
        3: ["up"],
    }
    assert runs_of([]) == {}
