"""How much memory this process has, as the system counts it."""

from __future__ import annotations

from pathlib import Path


def memory_mb(name: str) -> float:
    """Return a field of ``/proc/self/status`` in MB: ``VmRSS``, ``RssAnon``, ``VmHWM`` ..."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")
