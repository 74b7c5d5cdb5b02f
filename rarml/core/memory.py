"""How much memory there is, and sizes as people write them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rarml.core.errors import InputError

MB = 1_000_000
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([KMGT]?)(i?)B?\s*", re.IGNORECASE)
_MEMINFO = Path("/proc/meminfo")
_GROUPS = (  # limit and use of the container or job that this process runs in: version 2, version 1
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


def parse_size(text: str) -> int:
    """Bytes from ``500M``, ``2G``, ``1.5GB`` (powers of 1000) or ``2GiB`` (of 1024).

    Raises
    ------
    InputError
        If it is no such size.
    """
    found = _SIZE.fullmatch(text)
    if found is None or (found[3] and not found[2]):
        raise InputError(f"{text!r} is no size of memory", fix="write it like 500M, 2G or 2GiB")
    power = _UNITS[found[2].upper()]
    if found[3]:
        power = 1 << (10 * (list(_UNITS).index(found[2].upper())))
    return int(float(found[1]) * power)


def show_size(size: float) -> str:
    """A size in MB or GB, two digits that count: ``340 MB``, ``1.3 GB``."""
    if size < 1000 * MB:
        return f"{max(1, round(size / MB / 10) * 10 if size >= 100 * MB else round(size / MB))} MB"
    return f"{size / 1000 / MB:.1f} GB"


def available() -> int | None:
    """Bytes that may still be taken, the least of what the machine and its container allow; None where none tells."""
    found = [_free_of_machine(), *(_free_of_group(limit, used) for limit, used in _GROUPS)]
    known = [size for size in found if size is not None]
    return min(known) if known else None


def _free_of_machine() -> int | None:
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _free_of_group(limit: Path, used: Path) -> int | None:
    try:
        return max(0, int(limit.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no such group, or "max": it sets no limit
        return None


def give_back() -> None:
    """Hand freed memory back to the system where the C library keeps it (glibc); a long stream creeps up without it."""
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
