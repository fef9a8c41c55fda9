"""A corpus that nobody should have to index: every file of it hostile but a few good neighbours.

    python tests/hostile/make_corpus.py FOLDER

writes it, the same on every run. What a system does not allow (a device, a name of other bytes)
is left out, and said so. Large texts stand apart, in ``FOLDER-large``: what comes after reading
takes its time with them, as with any text of their length.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hostile import docx_files, html_files, pdf_files, text_files

GOOD = {
    "docx/good.docx": docx_files.SENTENCE,
    "pdf/good.pdf": pdf_files.SENTENCE,
    "text/good.md": "The miller measured ninety sacks.",
    "text/good.txt": text_files.SENTENCE,
    "web/good.html": html_files.SENTENCE,
    "names/folder.txt/inside.txt": "The weaver dyed seven cloths.",
}
LARGE = 60_000
OUTSIDE = "The vault opens with swordfish."


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: how many hostile entries, and what could not be, with reasons."""

    entries: int
    left_out: tuple[str, ...]


def make_corpus(folder: Path) -> Made:
    """Write the corpus into ``folder``, which must not exist; links lead to ``FOLDER-outside``."""
    entries = 0
    for name, data in _files():
        large = len(data) > LARGE and name.startswith(("text/", "web/"))
        path = (large_folder(folder) if large else folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        entries += name not in GOOD
    left_out = []
    for name, make in _odd_entries(folder):
        try:
            make()
            entries += 1
        except (OSError, AttributeError) as error:
            left_out.append(f"{name}: {error}")
    return Made(entries, tuple(left_out))


def large_folder(folder: Path) -> Path:
    """Return where the large files of the corpus in ``folder`` stand."""
    return Path(f"{folder}-large")


def _files() -> Iterator[tuple[str, bytes]]:
    for name, text in GOOD.items():
        if name.endswith((".txt", ".md")):
            yield name, f"{text}\n".encode()
    yield "docx/good.docx", docx_files.GOOD
    yield "pdf/good.pdf", pdf_files.GOOD
    yield "web/good.html", html_files.page(html_files.BODY)
    for name, data in docx_files.files():
        yield f"docx/{name}.docx", data
    for name, data in pdf_files.files():
        yield f"pdf/{name}.pdf", data
    for name, data in html_files.files():
        yield f"web/{name}", data
    for name, data in text_files.files():
        yield f"text/{name}", data


def _odd_entries(folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    names, outside = folder / "names", Path(f"{folder}-outside")
    text = text_files.SENTENCE.encode() + b"\n"
    outside.mkdir(exist_ok=True)
    (outside / "secret.txt").write_text(OUTSIDE)

    def link(name: str, target: Path | str) -> tuple[str, Callable[[], object]]:
        return name, partial((names / name).symlink_to, target)

    yield link("link out.txt", outside / "secret.txt")
    yield link("link out upwards.txt", "../" * 40 + "etc/passwd")
    yield link("link out to a folder", outside)
    yield link("link to itself.txt", "link to itself.txt")
    yield link("link in a ring 1.txt", "link in a ring 2.txt")
    yield link("link in a ring 2.txt", "link in a ring 1.txt")
    yield link("link to nothing.txt", "no such file.txt")
    yield link("link to the corpus", ".")
    yield link("link to the folder above", "..")
    yield link("link to a device.txt", "/dev/zero")
    yield link("link to memory.txt", "/proc/self/mem")
    for name in (
        *("two\nlines.txt", "carriage\rreturn.txt", "escape\x1b[2J.txt", "bell\x07.pdf"),
        *("delete\x7f.html", "next\x85line.txt", "line\u2028separator.md", "tab\t.docx"),
        *("a..txt", "...txt", "..txt", " .txt", "a b  c.txt", "<script>alert(1)<.txt", "'\".txt"),
        *("%2e%2e%2f.txt", "#char=0,1.txt", "?query.txt", "~.txt", "$(true).txt", "-rf.txt"),
        *("\u202etxt.exe.txt", "é.txt", "e\u0301.txt", "\U0001f3d7.txt", "C:\\windows.txt"),
        *("x" * 251 + ".txt", "CON.txt", "no suffix", "page.mhtml", "old.doc", "a.TXT"),
    ):
        yield name, partial((names / name).write_bytes, text)
    for bytes_ in (b"\xff\xfe.txt", b"\xed\xa0\x80.txt", b"caf\xe9.txt"):
        path = Path(os.fsdecode(os.fsencode(names) + b"/" + bytes_))
        yield f"name of other bytes {bytes_!r}", partial(path.write_bytes, text)
    yield "pipe", lambda: os.mkfifo(names / "pipe.txt")
    yield "socket", lambda: _socket(names / "socket.txt")
    yield "device", lambda: os.mknod(names / "zero.txt", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    yield "closed file", lambda: _closed(names / "closed.txt", text)
    yield "closed folder", lambda: _closed(names / "closed" / "inside.txt", text, folder=True)
    yield "deep folder", lambda: _deep(names / "deep", text)
    yield "sparse file of a gigabyte", lambda: os.truncate(_touched(names / "sparse.txt"), 1 << 30)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path may have a hundred bytes
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


def _closed(path: Path, text: bytes, *, folder: bool = False) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text)
    (path.parent if folder else path).chmod(0)


def _deep(folder: Path, text: bytes) -> None:
    for _ in range(150):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "bottom.txt").write_bytes(text)


def _touched(path: Path) -> Path:
    path.touch()
    return path


def open_again(folder: Path) -> None:
    """Give back the rights that were taken away, so that the corpus can be removed."""
    for name in ("closed.txt", "closed"):
        with suppress(OSError):
            (folder / "names" / name).chmod(0o700)


if __name__ == "__main__":
    made = make_corpus(Path(sys.argv[1]))
    print(f"{made.entries} hostile entries", *made.left_out, sep="\n")
