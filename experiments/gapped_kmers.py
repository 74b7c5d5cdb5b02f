"""The gapped-k-mer kernel of Ghandi 2014 (10.1371/journal.pcbi.1003711), by its definition, as matrix products.

A gapped k-mer is a word of `length` bases of which `known` positions are given. The kernel of two sequences is the
cosine between their counts of all gapped k-mers, both strands counted. Patterns of known positions that are shifts of
each other count the same words (but for the ends of a sequence), so one pattern that begins with a known position
stands for all its shifts; and since both strands are counted, a pattern stands for its mirror image too.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rarml.core.progress import track
from rarml.reference.bases import N, reverse_complement

_ROWS = 1000


def patterns(length: int = 10, known: int = 6) -> dict[tuple[int, ...], int]:
    """Distinct patterns (known positions, the first one 0) and how many shifts and mirror images each stands for."""
    weight: dict[tuple[int, ...], int] = {}
    for rest in combinations(range(1, length), known - 1):
        positions = (0, *rest)
        shifts = length - positions[-1]
        mirrored = tuple(sorted(positions[-1] - place for place in positions))
        key = min(positions, mirrored)
        weight[key] = weight.get(key, 0) + shifts
    return weight


def counts(codes: NDArray[np.uint8], positions: tuple[int, ...]) -> NDArray[np.float32]:
    """Counts of all words at a pattern of known positions on both strands, shape (n, 4 ** known)."""
    known, span = len(positions), positions[-1] + 1
    words = 4**known
    result = np.zeros((len(codes), words), dtype=np.float32)
    for start in range(0, len(codes), _ROWS):
        for strand in (codes[start : start + _ROWS], reverse_complement(codes[start : start + _ROWS])):
            n = strand.shape[1] - span + 1
            number = np.zeros((len(strand), n), dtype=np.int64)
            unknown = np.zeros(number.shape, dtype=bool)
            for place in positions:
                base = strand[:, place : place + n]
                number = 4 * number + base
                unknown |= base == N
            number += words * np.arange(len(strand))[:, None]
            found = np.bincount(number[~unknown], minlength=len(strand) * words)
            result[start : start + len(strand)] += found.reshape(len(strand), words)
    return result


def kernel(codes: NDArray[np.uint8], length: int = 10, known: int = 6) -> NDArray[np.float32]:
    """The normalised kernel of all rows with each other, float32 of shape (n, n); its diagonal is 1."""
    total = np.zeros((len(codes), len(codes)), dtype=np.float32)
    table = patterns(length, known)
    for positions, weight in track(table.items(), what="gapped k-mers", total=len(table)):
        words = counts(codes, positions)
        total += weight * (words @ words.T)
    size = np.sqrt(np.diagonal(total))
    total /= size
    total /= size[:, None]
    return total
