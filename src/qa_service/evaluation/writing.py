"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from qa_service.errors import EvaluationError


def write_atomically(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in UTF-8; a reader sees the old file or the new one.

    A link is followed, and the mode of a replaced file is kept. Raises EvaluationError when the
    operating system refuses.
    """
    target = path.resolve()
    temporary: str | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
        raise EvaluationError(
            f"{path}: cannot be written: {error.strerror or error}",
            "check the folder's permissions and free space, or name another place",
        ) from None
