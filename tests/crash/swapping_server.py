"""Run as a program: serve an index, and look for a newer generation a hundred times a second.

swapping_server.py INDEX
"""

from __future__ import annotations

import sys
from pathlib import Path

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.watching import following_index
from qa_service.web.server import serve


def complain(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main(index: Path) -> None:
    settings = Settings.create(index=index, model="hashing", port=0)
    service = Service.open(settings, embedder=HashingEmbedder())
    with following_index(service, complain, seconds=0.01):
        serve(settings, service, announce=lambda url: print(url, flush=True))
    service.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
