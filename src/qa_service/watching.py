"""Keep a running service on the newest documents: follow the index, or the corpus itself."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from qa_service.errors import QaServiceError
from qa_service.reading.walk import walk
from qa_service.service import Service
from qa_service.settings import Settings

Say = Callable[[str], None]
Signature = frozenset[tuple[str, int, int]]

INDEX_SECONDS = 2.0
CORPUS_SECONDS = 0.3

_REST = 10  # a look at a large folder takes long: at most a tenth of one core goes into looking


@contextmanager
def following_index(service: Service, say: Say, seconds: float = INDEX_SECONDS) -> Iterator[None]:
    """While inside, swap to a newer generation within ``seconds`` of its commit.

    A generation that cannot be opened is told to ``say``, once; the old one goes on serving.
    """
    said = ""

    def look() -> None:
        nonlocal said
        failure = ""
        try:
            service.reload()
        except QaServiceError as error:
            failure = f"not reloaded: {error}"
            if failure != said:  # not every two seconds until somebody mends it
                say(failure)
        said = failure

    with _repeating(look, seconds, "index-follower"):
        yield


@contextmanager
def watching_corpus(
    settings: Settings,
    say: Say,
    seconds: float = CORPUS_SECONDS,
    indexed: Callable[[], object] = lambda: None,
) -> Iterator[None]:
    """While inside, index ``settings.corpus`` anew when a file of it was added, changed or removed.

    The folder is compared by name, size and time of change, and indexed once it has stood still
    from one look to the next, by a process of its own: a build shares neither memory nor
    interpreter with the answers being given. The first look compares with the index itself. What
    was done, or went wrong, is told to ``say``, once; ``indexed`` is called when a build is done.
    """
    known: Signature | str | None = None
    seen: Signature | str | None = None

    def look() -> None:
        nonlocal known, seen
        now = _signature(settings)
        settled, seen = now == seen, now
        if settled and now != known:
            known = now
            if isinstance(now, str):
                say(now)
                return
            say(_index(settings))
            with suppress(QaServiceError):  # told by whoever follows the index
                indexed()

    with _repeating(look, seconds, "corpus-watcher"):
        yield


def _signature(settings: Settings) -> Signature | str:
    """Return what the folder looks like, or in words why it cannot be looked at."""
    try:
        found = walk(
            settings.corpus,
            max_bytes=settings.max_document_bytes,
            max_documents=settings.max_documents,
        )
        return frozenset((f.id, f.size, f.path.stat().st_mtime_ns) for f in found.files)
    except QaServiceError as error:
        return f"not watching: {error}"
    except OSError:  # a file went away between the listing and the look: the next look sees it
        return frozenset()


def _index(settings: Settings) -> str:
    command = [sys.executable, "-m", "qa_service.cli", "index", "--if-changed"]
    command += ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout if done.returncode == 0 else done.stderr
    return said.strip().splitlines()[-1] if said.strip() else f"index: exit code {done.returncode}"


@contextmanager
def _repeating(work: Callable[[], None], seconds: float, name: str) -> Iterator[None]:
    ended = threading.Event()

    def repeat() -> None:
        pause = seconds
        while not ended.wait(pause):
            start = time.thread_time()
            work()
            pause = max(seconds, _REST * (time.thread_time() - start))

    thread = threading.Thread(target=repeat, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
