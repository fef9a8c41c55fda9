"""What a process that parses untrusted files may still do: compute, and answer.

Applied by the process to itself, for good, once its modules are loaded. The limits are the
kernel's, so they hold for native code as well; where one does not exist the others still do.
"""

from __future__ import annotations

import math
import os
import sys
import time
from pathlib import Path

from qa_service.reading.confined.system_calls import refuse_system_calls

# On Windows the time limit, which the parent keeps, is the only one.
if sys.platform != "win32":
    import resource

MEGABYTE = 1_000_000


def confine(megabytes: int) -> None:
    """Limit this process for good: memory, no core dump, no file written, no network, no program.

    ``megabytes`` bounds what it may hold in private memory, its own modules included.
    """
    sys.dont_write_bytecode = True
    if sys.platform != "win32":
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_FSIZE, 0)
        _limit(resource.RLIMIT_DATA, megabytes * MEGABYTE)
        # Shared and file mappings do not count as data. What is mapped already is libraries.
        mapped = _mapped_bytes()
        if mapped:
            _limit(resource.RLIMIT_AS, mapped + megabytes * MEGABYTE)
    refuse_system_calls()


def allow_processor_time(seconds: float) -> None:
    """End this process once it has computed for ``seconds`` more, even when its parent is gone."""
    if sys.platform == "win32":
        return
    used = time.process_time()
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    # A whole second more: the parent, which counts real time, is to be first.
    soft = math.ceil(used + seconds) + 1
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
