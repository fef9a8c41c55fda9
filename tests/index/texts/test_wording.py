from __future__ import annotations

import numpy as np
import pytest

from qa_service.index.texts.wording import wording, wordings_of
from qa_service.records import Passage, Sentence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("He said: “Don’t go!”", 'he said "don\'t go!"'),
        ("**Bold** and _it_ and `code`", "bold and it and code"),
        ("an exam-\nple of a well-known case", "an example of a well‐known case"),
        ("# Title\n\nText goes on.", "TITLE text goes\non"),
        ("ﬁre – water", "fire - water"),
        ("a — b", "a—b"),
        ("- item 5\n- item 6", "• item 5 • item 6"),
        ("from 1990–1995", "from 1990-1995"),
        ("(et al.[11])", "et al. 11"),
        ("soft\u00adly\u200b spoken", "softly spoken"),
        ("| cell | 4 |", "cell 4"),
        ("ＡＢＣ、１２", "abc 12"),
        ("「港」。", "港"),
    ],
)
def test_layout_punctuation_and_case_are_levelled(one: str, other: str) -> None:
    assert wording(one) == wording(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The price is 10.", "The price is 12."),
        ("4.2 km", "42 km"),
        ("1,500", "1.500"),
        ("at 10:12", "at 10.12"),
        ("-5 degrees", "5 degrees"),
        ("10² m", "102 m"),
        ("1½", "11⁄2"),
        ("p < 0.05", "p > 0.05"),
        ("5 %", "5"),
        ("$5", "€5"),
        ("C++", "C"),
        ("C#", "C"),
        ("2*3", "23"),
        ("a == b", "a != b"),
        ("It is safe.", "It is not safe."),
        ("isn't", "is"),
        ("its", "it's"),
        ("Anna paid Otto", "Otto paid Anna"),
        ("The door is red.", "The door is blue."),
        ("He came?", "He came."),
        ("resume", "résumé"),
        ("now here", "nowhere"),
    ],
)
def test_what_may_be_the_answer_is_kept(one: str, other: str) -> None:
    assert wording(one) != wording(other)


def test_a_wording_is_its_own_wording() -> None:
    for text in ("", "*** ---", "“A-1”, 4.2 km (C#)…", "Ünïcode İ ẞ ﬁ ½ 10²", "don’t – -5"):
        assert wording(wording(text)) == wording(text)


def passage(*sentences: str) -> Passage:
    text = " ".join(sentences)
    spans: list[Sentence] = []
    at = 0
    for sentence in sentences:
        spans.append(Sentence(at, at + len(sentence), sentence))
        at += len(sentence) + 1
    return Passage("d#", "d", "", 0, len(text), text, 1, sentences=tuple(spans))


def test_digests_agree_where_wordings_do_however_the_sentences_are_cut() -> None:
    whole, cut = passage("One thing. And another."), passage("ONE thing", "and another!".strip("!"))
    other = passage("One thing.", "And no other.")
    found = wordings_of([whole, cut, other])
    assert found.passages[0] == found.passages[1] != found.passages[2]
    assert found.words.tolist() == [4, 2, 2, 2, 3]
    assert found.sentences[1] == found.sentences[3]
    assert len(np.unique(found.sentences)) == 4


def test_what_is_silent_throughout_is_told_apart_as_it_is_written() -> None:
    found = wordings_of([passage("***"), passage("..."), passage("***")])
    assert found.passages[0] == found.passages[2] != found.passages[1]
    assert found.words.tolist() == [0, 0, 0]


def test_no_passages_have_no_digests() -> None:
    found = wordings_of([])
    assert (found.passages, len(found.sentences), len(found.words)) == ([], 0, 0)
