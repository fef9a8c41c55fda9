"""The model's own tokenizer, with padding and truncation switched off for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from qa_service.errors import ModelDamaged


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Two texts as one row of tokens; ``types[i]`` tells which of them token ``ids[i]`` is of."""

    ids: list[int]
    types: list[int]


@dataclass(frozen=True, slots=True)
class TokenizedWords:
    """A text's token ids and its words: ``spans`` in code points, and of each token its place in
    them, None for special tokens. A word is what the tokenizer splits before it looks up pieces.
    """

    ids: list[int]
    words: list[int | None]
    spans: list[tuple[int, int]]


class ModelTokenizer:
    """Turns texts into the model's token ids, special tokens included, never truncating.

    Thread-safe: the tokenizer is not changed after it is loaded.
    """

    def __init__(self, path: Path) -> None:
        """Read a ``tokenizer.json``; raises ModelDamaged when it cannot be read as one."""
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare Exception for a bad file
            raise ModelDamaged(
                f"{path}: not a readable tokenizer ({error})", "export the model again"
            ) from error
        # A shipped file may pad and truncate by itself (all-MiniLM-L6-v2's does, at 128 tokens,
        # half its window): text would be lost without a word.
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def encode(self, text: str) -> Encoding:
        """Return one text's tokens as the library gives them; ``words_in`` takes them apart."""
        return self._tokenizer.encode(text)

    def ids_of(self, texts: Sequence[str]) -> list[list[int]]:
        """Return each text's token ids; many texts share the machine's cores."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def words_of(self, texts: Sequence[str]) -> list[TokenizedWords]:
        """Return each text's tokens with the words they are of."""
        return [words_in(encoding) for encoding in self._tokenizer.encode_batch(list(texts))]

    def pairs_of(self, first: str, seconds: Sequence[str]) -> list[TokenPair]:
        """Return the tokens of ``first`` with each of ``seconds``, joined as the model wants it."""
        encodings = self._tokenizer.encode_batch_fast([(first, second) for second in seconds])
        return [TokenPair(encoding.ids, encoding.type_ids) for encoding in encodings]

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens."""
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts))]


def words_in(encoding: Encoding) -> TokenizedWords:
    """Return a text's tokens with the words they are of."""
    found = dict.fromkeys(word for word in encoding.word_ids if word is not None)
    places = {word: place for place, word in enumerate(found)}
    words = [None if word is None else places[word] for word in encoding.word_ids]
    spans = [encoding.word_to_chars(word) or (0, 0) for word in found]
    return TokenizedWords(encoding.ids, words, spans)
