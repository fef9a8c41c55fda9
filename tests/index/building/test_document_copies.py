from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qa_service.index.building.document_copies import DocumentCopy, find_document_copies
from qa_service.index.texts.wording import Wordings


def copies_among(documents: Mapping[str, str], words: int = 10) -> list[DocumentCopy]:
    """The copies among documents whose sentences are letters, each of so many words."""
    letters = "".join(documents.values())
    return list(
        find_document_copies(
            Wordings(
                [],
                np.array([ord(letter) for letter in letters], dtype=np.uint64),
                np.full(len(letters), words, dtype=np.int64),
            ),
            list(documents),
            [len(text) for text in documents.values()],
        )
    )


def test_a_document_with_most_of_its_sentences_in_an_earlier_one_repeats_it() -> None:
    assert copies_among({"a": "abcdefghij", "b": "abcdefghiX"}) == [DocumentCopy("b", "a", 0.9)]


def test_less_than_four_fifths_is_no_copy() -> None:
    assert copies_among({"a": "abcdefghij", "b": "abcdefgXYZ"}) == []


def test_the_order_of_sentences_and_what_stands_between_them_do_not_matter() -> None:
    assert copies_among({"a": "XaYbZcUdV", "b": "dcba"}) == [DocumentCopy("b", "a", 1.0)]


def test_an_excerpt_that_comes_first_repeats_the_longer_document() -> None:
    assert copies_among({"a": "abc", "b": "XYZabcUVW"}) == [DocumentCopy("a", "b", 1.0)]


def test_every_copy_of_one_document_is_named_once_with_the_first() -> None:
    same = dict.fromkeys("wxyz", "abcde")
    assert copies_among(same) == [DocumentCopy(name, "w", 1.0) for name in "xyz"]


def test_a_sentence_common_to_all_hides_no_copy() -> None:
    # "m" stands in the first document first; "c" repeats "b" all the same.
    assert copies_among({"a": "mxyz", "b": "mabcd", "c": "mabcd"}) == [DocumentCopy("c", "b", 1.0)]


def test_documents_without_a_common_sentence_or_without_sentences_are_no_copies() -> None:
    assert copies_among({"a": "abc", "b": "def"}) == []
    assert copies_among({"a": "", "b": "", "c": "a"}) == []
    assert copies_among({"a": "aa", "b": "aa"}, words=0) == []
    assert copies_among({}) == []


def test_a_document_that_repeats_itself_is_no_copy() -> None:
    assert copies_among({"a": "abab", "b": "cccc"}) == []
