"""In-silico mutagenesis: what each base of a promoter is worth to a model, by changing it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import InputError

Predict = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
"""Scores, shape (n,), of base codes, uint8 of shape (n, length)."""
BASES = 4


def mutation_effects(
    predict: Predict, codes: NDArray[np.uint8], start: int = 0, end: int | None = None
) -> NDArray[np.float32]:
    """Change of a score when one base is replaced.

    Parameters
    ----------
    predict : callable
        See `Predict`.
    codes : uint8 array of shape (length,)
        Base codes of one promoter (A 0, C 1, G 2, T 3, N 4).
    start, end : int
        Part to change, 0-based half-open; all by default.

    Returns
    -------
    float32 array of shape (end - start, 4)
        Score with A, C, G or T there, less the score as it is; 0 at the base that is there. An N is replaced like any
        other base.

    Raises
    ------
    InputError
        If [start, end) is not within the promoter.
    """
    row = np.asarray(codes, dtype=np.uint8)
    last = len(row) if end is None else end
    if row.ndim != 1 or not 0 <= start < last <= len(row):
        raise InputError(f"bases {start} to {last} are not within a promoter of {row.size}")
    places = np.arange(start, last)
    mutants = np.repeat(row[None], BASES * len(places), axis=0)
    mutants[np.arange(len(mutants)), np.repeat(places, BASES)] = np.tile(np.arange(BASES, dtype=np.uint8), len(places))
    scores = np.asarray(predict(np.concatenate([row[None], mutants])), dtype=np.float64)
    return (scores[1:] - scores[0]).reshape(len(places), BASES).astype(np.float32)


def base_importance(effects: NDArray[np.float32], codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much a score falls on average when a base is replaced by another one, shape (n,); 0 at N.

    Parameters
    ----------
    effects : float32 array of shape (n, 4)
        As of `mutation_effects`.
    codes : uint8 array of shape (n,)
        The bases that are there.
    """
    lost = -effects.sum(axis=1) / (BASES - 1)
    return np.where(np.asarray(codes) < BASES, lost, 0.0).astype(np.float32)
