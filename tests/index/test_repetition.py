"""What stands in several documents, in an index built of them: found once, listed everywhere."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from conftest import write_corpus
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.arrays import encode_array
from qa_service.index.build import build_index
from qa_service.index.generation.disk import sync_existing
from qa_service.index.generation.manifest import parse, render
from qa_service.index.reader import open_index
from qa_service.index.texts.duplicates import DUPLICATES_FILE
from qa_service.index.verify import verify_index
from qa_service.settings import Settings

FERRY = "The ferry between the two banks ran every day from 1871 to 1938, in fog and in frost."
MARTA = "The Marta carried timber from Riga and left with herring; her plate is on pier four."
FILES = {
    "a.md": f"# Rivers\n\nOf the ferry and its ships, as the old harbour book has it, page by "
    f"page.\n\n{FERRY}\n\n## Ships\n\n{MARTA}\n",
    "b.txt": f"{FERRY.upper()}\n\n{MARTA}\n",
    "c.txt": f"{FERRY.replace('1938', '1939')}\n",
    "d.txt": f"“{FERRY[:-1]}”\n",
}
SITE = {
    f"{name}.txt": f"Acme Works | Products | Forge\n\nPage {name}\n\nAbout {name * 70} only.\n"
    for name in "wxyz"
}


def settings_for(tmp_path: Path, files: dict[str, str], name: str = "index") -> Settings:
    return Settings.create(
        corpus=write_corpus(tmp_path / "corpus", files),
        index=tmp_path / name,
        model="hashing",
        passage_tokens=32,
    )


def test_an_index_lists_where_else_the_same_words_stand(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, FILES)
    report = build_index(settings, HashingEmbedder())
    assert report.repeated == 2  # below its own heading, the Marta's passage is another one
    assert [(copy.document_id, copy.original_id) for copy in report.copies] == [
        ("b.txt", "a.md"),
        ("d.txt", "a.md"),
    ]
    with open_index(settings.index) as index:
        passages = index.passages(range(index.passage_count))
        found = {passage.id: index.also_in(row, row) for row, passage in enumerate(passages)}
        ferry = [name for name in found if found[name]]
        assert [name.partition("#")[0] for name in ferry] == ["a.md", "b.txt", "d.txt"]
        for name in ferry:
            assert sorted([name, *found[name]]) == ferry


def test_a_filter_limits_the_places_listed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, FILES)
    build_index(settings, HashingEmbedder())
    with open_index(settings.index) as index:
        [row] = np.flatnonzero(index.passage_mask(["d.txt"])).tolist()
        assert [name[:4] for name in index.also_in(row, row)] == ["a.md", "b.tx"]
        allowed = index.passage_mask(["b.txt", "d.txt"])
        assert [name[:5] for name in index.also_in(row, row, allowed)] == ["b.txt"]
        assert index.repeats(allowed) == 1
        assert index.repeats() == 2


def test_joined_neighbours_are_elsewhere_where_they_stand_together(tmp_path: Path) -> None:
    two = f"{FERRY}\n\n{MARTA}\n"
    settings = settings_for(
        tmp_path,
        {"a.txt": two, "b.txt": two, "c.txt": f"{MARTA}\n\n{FERRY}\n", "d.txt": f"{FERRY}\n"},
    )
    build_index(settings, HashingEmbedder())
    with open_index(settings.index) as index:
        joined = index.joined(0, 1)
        [elsewhere] = index.also_in(0, 1)
        assert joined.id.replace("a.txt", "b.txt") == elsewhere
        assert [name[:5] for name in index.also_in(0, 0)] == ["b.txt", "c.txt", "d.txt"]


def test_no_more_than_a_hundred_places_are_listed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, {f"{n:03}.txt": f"{FERRY}\n" for n in range(103)})
    build_index(settings, HashingEmbedder())
    with open_index(settings.index) as index:
        found = index.also_in(0, 0)
        assert len(found) == 100
        assert list(found) == sorted(found)
        assert found[0].startswith("001.txt")


def test_verify_finds_duplicates_that_are_none_and_those_left_out(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, FILES)
    build_index(settings, HashingEmbedder())
    assert verify_index(settings.index).problems == ()
    folder = settings.index / "gen-000001"
    for copies in ([], [[1, 0]]):
        data = encode_array(np.array(copies, dtype=np.int64).reshape(-1, 2))
        (folder / DUPLICATES_FILE).write_bytes(data)
        path = folder / "manifest.json"
        manifest = parse(path.read_bytes(), path)
        files = {name: sync_existing(folder / name) for name in manifest.files}
        path.write_bytes(render(dataclasses.replace(manifest, files=files)))
        [problem] = verify_index(settings.index).problems
        assert "equal wording" in problem


def contents(index: Path) -> dict[str, object]:
    [folder] = [index / (index / "CURRENT").read_text().strip()]
    files: dict[str, object] = {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"
    }
    manifest = json.loads((folder / "manifest.json").read_text())
    files["counts"] = manifest["counts"]
    return files


@pytest.mark.parametrize("gone", ["w.txt", "z.txt"])
def test_marks_of_repeated_lines_come_and_go_with_the_documents_around(
    tmp_path: Path, gone: str
) -> None:
    few = dict(list(SITE.items())[:2])
    settings = settings_for(tmp_path, few)
    build_index(settings, HashingEmbedder())
    with open_index(settings.index) as index:
        assert index.document("w.txt").boilerplate == ()
    write_corpus(settings.corpus, SITE)
    for steps, name in enumerate(("", gone, "x.txt"), start=1):
        if name:
            (settings.corpus / name).unlink()
        report = build_index(settings, HashingEmbedder())
        assert not report.from_scratch
        fresh = settings.model_copy(update={"index": tmp_path / f"fresh{steps}"})
        build_index(fresh, HashingEmbedder())
        assert contents(settings.index) == contents(fresh.index)
        with open_index(settings.index) as index:
            documents = [index.document(info.id) for info in index.documents()]
            marked = [document for document in documents if document.repeated]
            assert len(marked) == (len(documents) if len(documents) >= 3 else 0)
            passages = index.passages(range(index.passage_count))
            shown = [passage for passage in passages if "Products" in passage.text]
            assert len(shown) == len(documents) - len(marked)
            assert {document.title for document in marked} <= {f"Page {name}" for name in "wxyz"}
