"""How many threads numeric libraries may use."""

from __future__ import annotations

import os


def thread_count(wanted: int | None = None) -> int:
    """`wanted`, else ``RARML_THREADS``, else the processors this process may run on (at most 16)."""
    if wanted is not None and wanted > 0:
        return wanted
    named = os.environ.get("RARML_THREADS", "")
    if named.isascii() and named.isdigit() and int(named) > 0:
        return int(named)
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return min(available, 16)
