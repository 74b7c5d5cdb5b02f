"""Position frequency matrices read from the small credited text files that ship with rarml."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.files import open_text

Counts = NDArray[np.float64]

SCALE = 100
"""Scores are integers in units of 1/100 bit, so that their distribution can be computed exactly."""


@lru_cache(maxsize=8)
def shipped_matrices(name: str) -> dict[str, tuple[str, Counts]]:
    """Matrices of ``rarml/features/data/<name>.txt``: id -> (factor, counts of shape (width, 4) in order ACGT)."""
    text = files("rarml.features").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return parse_matrices(text.splitlines(), where=name)


def read_matrices(path: str | Path) -> dict[str, tuple[str, Counts]]:
    """Matrices of a text file: ``>ID NAME`` and one row of four counts (A C G T) per position; ``#`` starts a comment.

    Raises
    ------
    InputError
        With file and line, for a row without four non-negative numbers, a position without counts or no matrix at all.
    """
    with open_text(path, kind="matrix file") as handle:
        return parse_matrices(handle, where=str(path))


def parse_matrices(lines: Iterable[str], *, where: str) -> dict[str, tuple[str, Counts]]:
    """Parse the lines of a matrix file (see `read_matrices`)."""
    rows: dict[str, tuple[str, list[list[float]]]] = {}
    current: list[list[float]] | None = None
    for number, line in enumerate(lines, start=1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        if text.startswith(">"):
            identifier, _, name = text[1:].strip().partition(" ")
            current = []
            rows[identifier] = (name.strip() or identifier, current)
            continue
        try:
            row = [float(field) for field in text.split()]
        except ValueError:
            row = []
        if current is None or len(row) != 4 or min(row) < 0 or not 0 < sum(row) < float("inf"):
            raise InputError(
                "a matrix row needs four counts (A C G T) under a '>ID NAME' line", where=f"{where}:{number}"
            )
        current.append(row)
    empty = [identifier for identifier, (_, values) in rows.items() if not values]
    if not rows or empty:
        raise InputError(f"no matrix rows {'for ' + empty[0] if empty else 'found'}", where=where)
    return {key: (name, np.array(values)) for key, (name, values) in rows.items()}


def frequencies(counts: Counts) -> Counts:
    """Each row divided by its sum."""
    return counts / counts.sum(axis=1, keepdims=True)


def log_odds(frequency: Counts, background: Counts, *, floor: float = 0.02) -> NDArray[np.int32]:
    """Integer log2-odds in 1/100 bit, shape (width, 4).

    Parameters
    ----------
    frequency : float64 (width, 4)
        Rows sum to 1.
    background : float64 (4,)
        Base probabilities A, C, G, T.
    floor : float
        Share of the background mixed into every position: no base of a RARE is forbidden at any position
        (Balmer & Blomhoff 2005, doi:10.1016/j.jsbmb.2005.05.005), so the worst base costs log2(1/floor) = 5.6 bits.
    """
    mixed = (1 - floor) * frequency + floor * background
    return np.rint(SCALE * np.log2(mixed / background)).astype(np.int32)
