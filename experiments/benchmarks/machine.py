"""What the measurements were taken on, in general words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "xgboost-cpu",
    "torch",
    "lightmotif",
    "superintervals",
    "ncls",
    "bioframe",
)


def machine() -> dict[str, Any]:
    """Cores, memory, system, Python and library versions; no names."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    libraries = {name: found for name in LIBRARIES if (found := _version(name))}
    return {
        "cores": cores,
        "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": libraries,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
