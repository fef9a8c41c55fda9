"""Readers open the index again and again while a writer replaces it."""

from __future__ import annotations

import threading

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.index.reader import open_index
from qa_service.settings import Settings

GENERATIONS = 12


def test_every_open_during_swaps_sees_one_whole_generation(old: Settings, new: Settings) -> None:
    build_index(old, HashingEmbedder())
    done = threading.Event()
    seen: list[tuple[str, str]] = []
    errors: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                with open_index(old.index) as index:
                    texts = [p.text for p in index.passages(range(index.passage_count))]
                    words = {w for w in ("old", "new") if any(w in text for text in texts)}
                    terms = index.question_terms(f"{min(words)} book")
                    assert all(term.known for term in terms)
                    seen.append((index.version, "".join(sorted(words))))
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(GENERATIONS):
        build_index((new, old)[number % 2], HashingEmbedder())
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []
    for version, word in seen:
        assert word == ("old", "new")[(int(version.removeprefix("gen-")) - 1) % 2]
    assert len({version for version, _ in seen}) > 2
