from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.embedding.tokenizing import ModelTokenizer
from qa_service.errors import ModelDamaged

from .small_parts import write_tokenizer


@pytest.fixture
def tokenizer(tmp_path: Path) -> ModelTokenizer:
    write_tokenizer(tmp_path / "tokenizer.json")
    return ModelTokenizer(tmp_path / "tokenizer.json")


def test_nothing_is_truncated_although_the_file_says_so(tokenizer: ModelTokenizer) -> None:
    text = " ".join(["alpha"] * 9)
    assert tokenizer.count([text]) == [11]
    assert len(tokenizer.encode(text).ids) == 11
    assert len(tokenizer.ids_of([text])[0]) == 11


def test_nothing_is_padded_although_the_file_says_so(tokenizer: ModelTokenizer) -> None:
    assert tokenizer.count(["alpha", ""]) == [3, 2]
    assert tokenizer.ids_of(["alpha", "alpha beta gamma"])[0] == [2, 3, 2]


def test_one_text_and_many_are_split_alike(tokenizer: ModelTokenizer) -> None:
    texts = ["alpha beta", "unknown words", "", "gamma"]
    assert tokenizer.ids_of(texts) == [tokenizer.encode(text).ids for text in texts]


def test_a_pair_is_joined_as_the_model_wants_it_and_says_which_text_a_token_is_of(
    tokenizer: ModelTokenizer,
) -> None:
    first, second = tokenizer.pairs_of("alpha", ["beta gamma", ""])
    assert (first.ids, first.types) == ([2, 3, 2, 4, 5, 2], [0, 0, 0, 1, 1, 1])
    assert (second.ids, second.types) == ([2, 3, 2, 2], [0, 0, 0, 1])
    assert len(tokenizer.pairs_of("alpha", [" ".join(["beta"] * 9)])[0].ids) == 13


def test_tokens_say_which_word_they_are_of_and_where_it_stands(tokenizer: ModelTokenizer) -> None:
    [words] = tokenizer.words_of(["alpha, unknown"])
    assert words.ids == tokenizer.encode("alpha, unknown").ids
    assert words.words == [None, 0, 1, 2, None]
    assert words.spans == [(0, 5), (5, 6), (7, 14)]
    assert tokenizer.words_of([""])[0].spans == []


def test_no_texts_have_no_counts(tokenizer: ModelTokenizer) -> None:
    assert tokenizer.count([]) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"model": 3}'])
def test_unreadable_tokenizer_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(ModelDamaged, match=r"tokenizer\.json"):
        ModelTokenizer(path)


def test_missing_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match=r"gone\.json"):
        ModelTokenizer(tmp_path / "gone.json")
