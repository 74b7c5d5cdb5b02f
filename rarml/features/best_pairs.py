"""The best-scoring pair of each type in each sequence, whatever its score: every position is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.features.calls import CHUNK
from rarml.features.kmer_index import NEVER, NEVER_SCORE, window_index
from rarml.features.pair_geometry import readings
from rarml.features.spacing import PairType
from rarml.reference.bases import N


@dataclass(frozen=True, eq=False)
class BestPairs:
    """Best pair by sequence and type, arrays of shape (n, n_types).

    Attributes
    ----------
    score : int16
        Sum of both half-sites in 1/100 bit; at or below `NEVER_SCORE` + 4,000 where no position is free of N.
    start : int32
        First base of its left hexamer (0-based); the leftmost of equals.
    strand : int8
        +1, -1 (the + strand of equals), or 0 for palindromic types.
    """

    types: tuple[PairType, ...]
    score: NDArray[np.int16]
    start: NDArray[np.int32]
    strand: NDArray[np.int8]

    @property
    def found(self) -> NDArray[np.bool_]:
        """Where at least one position could be scored."""
        return self.score > NEVER_SCORE + 4000


def best_pairs(codes: NDArray[np.uint8], types: Sequence[PairType], *, threads: int = 1) -> BestPairs:
    """Best pair of each type in base codes of shape (n, length); a type longer than the sequence is never found."""
    count = len(codes)
    kinds = tuple(types)
    result = BestPairs(
        kinds,
        np.full((count, len(kinds)), 2 * NEVER_SCORE, dtype=np.int16),
        np.zeros((count, len(kinds)), dtype=np.int32),
        np.zeros((count, len(kinds)), dtype=np.int8),
    )
    step = max(1, CHUNK // (codes.shape[1] + 1))
    starts = range(0, count, step)
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda a: _fill(result, codes[a : a + step], a), starts))
    else:
        for a in starts:
            _fill(result, codes[a : a + step], a)
    return result


def _fill(result: BestPairs, rows: NDArray[np.uint8], first: int) -> None:
    tables, all_readings = readings(result.types)
    count, width = rows.shape
    stride = width + 1
    reach = max((pair.length for pair in result.types), default=0)
    padded = np.full(1 + count * stride + reach + 8, N, dtype=np.uint8)
    padded[1 : 1 + count * stride].reshape(count, stride)[:, :width] = rows
    index = np.full(len(padded), NEVER, dtype=np.intp)
    index[: len(padded) - 6] = window_index(padded)
    scores = [table.take(index) for table in tables]
    block = slice(first, first + count)
    here = np.arange(count)
    total = np.empty(count * stride, dtype=np.int16)
    for item in all_readings:
        positions = width - result.types[item.type_index].length + 1
        if positions < 1:
            continue
        left, right = 1 + item.left_window, 1 + item.right_window
        np.add(
            scores[item.left_table][left : left + len(total)],
            scores[item.right_table][right : right + len(total)],
            out=total,
        )
        # positions whose right half would lie beyond the row are cut off here
        inside = total.reshape(count, stride)[:, :positions]
        start = inside.argmax(axis=1)
        score = inside[here, start]
        better = score > result.score[block, item.type_index]
        column = (block, item.type_index)
        result.score[column] = np.where(better, score, result.score[column])
        result.start[column] = np.where(better, start, result.start[column])
        result.strand[column] = np.where(better, item.strand, result.strand[column])
