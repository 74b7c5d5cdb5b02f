"""Child random streams spawned from one root seed, by name; no global state."""

from __future__ import annotations

import hashlib

import numpy as np


def child_seed(seed: int, *path: str | int) -> int:
    """A 31-bit seed for the stream named by `path`, independent of the order of other streams.

    Parameters
    ----------
    seed : int
        Root seed (0 is a seed like any other).
    *path : str or int
        Names of the stream, e.g. ``("fold", 3, "member", 1)``.
    """
    name = "/".join([str(int(seed)), *map(str, path)])
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") >> 1


def child_rng(seed: int, *path: str | int) -> np.random.Generator:
    """A generator for the stream named by `path`."""
    return np.random.default_rng(child_seed(seed, *path))
