"""The service one writes after an afternoon of tutorials, to be compared with.

    python benchmarks/plain_service.py CORPUS --model FOLDER --port PORT [--vectors FILE]

sentence-transformers and an inner-product FAISS index behind FastAPI. Files are cut into chunks of
1,000 characters that overlap by 200, and embedded at start; with ``--vectors`` they are embedded
once, kept in that file and read from it at later starts.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

_CHUNK = 1000
_STEP = _CHUNK - 200


class Question(BaseModel):
    question: str
    top_k: int = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--vectors", type=Path)
    given = parser.parse_args()
    model = SentenceTransformer(given.model, device="cpu")
    chunks = read_chunks(given.corpus)
    app = create_app(model, chunks, _vectors(model, chunks, given.vectors))
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning")


def read_chunks(corpus: Path) -> list[str]:
    """Return the chunks of every file of the folder, in order of their paths."""
    chunks: list[str] = []
    for path in sorted(file for file in corpus.rglob("*") if file.is_file()):
        text = path.read_text("utf-8")
        chunks += [text[start : start + _CHUNK] for start in range(0, len(text), _STEP)]
    return [chunk for chunk in chunks if chunk.strip()]


def _vectors(model: Any, chunks: list[str], cached: Path | None) -> Any:
    if cached is not None and cached.exists():
        return np.load(cached)
    vectors = model.encode(chunks, normalize_embeddings=True)
    if cached is not None:
        np.save(cached, vectors)
    return vectors


def create_app(model: Any, chunks: list[str], vectors: Any) -> FastAPI:
    """Return the app, whose one endpoint replies in the shape of qa-service's."""
    index: Any = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    app = FastAPI()

    @app.post("/v1/retrieve")
    def retrieve(asked: Question) -> dict[str, Any]:
        vector = model.encode([asked.question], normalize_embeddings=True)
        scores, places = index.search(vector, min(asked.top_k, len(chunks)))
        return {
            "passages": [
                {"text": chunks[place], "score": float(score)}
                for score, place in zip(scores[0], places[0], strict=True)
            ]
        }

    return app


if __name__ == "__main__":
    main()
