"""Best match and number of matches of fixed motifs in many sequences, from 8-mer look-ups; needs nothing but NumPy.

A motif of width w is the sum of a few tables over 8-mers, so each position costs two or three look-ups a strand. Scores
are the integers of `partner_motifs.Motif`, so they, and the thresholds, are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rarml.features.partner_motifs import PARTNER_PVALUE, Motif

NEVER = -(1 << 14)
"""Score of a window that reaches an N; lower than any score of a motif."""
_K = 8
_BASES_AT_ONCE = 1 << 18
Tables = list[tuple[int, NDArray[np.int16]]]


@dataclass(frozen=True, eq=False)
class MotifMatches:
    """Matches by row and motif, each of shape (n, n_motifs).

    Attributes
    ----------
    score : int32
        Best score of either strand (1/100 bit); `NEVER` where the row has no window of known bases that wide.
    start : int32
        First base of the (first) best match, 0-based in the row.
    count : int32
        Positions at which either strand reaches the p-value asked for; a palindrome counts once.
    """

    score: NDArray[np.int32]
    start: NDArray[np.int32]
    count: NDArray[np.int32]


def motif_matches(
    codes: NDArray[np.uint8], motifs: Sequence[Motif], *, max_pvalue: float = PARTNER_PVALUE, threads: int = 1
) -> MotifMatches:
    """Scan base codes (n, length) for motifs on both strands.

    Parameters
    ----------
    codes : uint8 (n, length)
        A 0, C 1, G 2, T 3, else N. N never matches; matches that touch either end are found.
    motifs : sequence of Motif
    max_pvalue : float
        Exact p-value per position and strand up to which a match is counted.
    threads : int
        The result does not depend on it.
    """
    rows, length = codes.shape
    found = MotifMatches(*(np.full((rows, len(motifs)), fill, dtype=np.int32) for fill in (NEVER, 0, 0)))
    tables = [_strand_tables(motif) for motif in motifs]
    thresholds = [motif.distribution.threshold(max_pvalue) for motif in motifs]
    step = max(1, _BASES_AT_ONCE // max(length, 1))

    def scan(first: int) -> None:
        part = slice(first, first + step)
        bases = codes[part]
        index = _eight_mers(bases)
        unknown = np.flatnonzero((bases > 3).any(axis=1))
        passed = np.zeros((len(unknown), length + 1), dtype=np.int32)
        np.cumsum(bases[unknown] > 3, axis=1, out=passed[:, 1:])
        buffers = tuple(np.empty(bases.size, dtype=np.int16) for _ in range(3))
        for number, motif in enumerate(motifs):
            places = length - motif.width + 1
            if places < 1:
                continue
            score = _best_of_strands(index, tables[number], buffers).reshape(bases.shape)[:, :places]
            reaches = passed[:, motif.width :] > passed[:, :places]
            score[unknown] = np.where(reaches, np.int16(NEVER), score[unknown])
            start = score.argmax(axis=1)
            found.start[part, number] = start
            found.score[part, number] = score[np.arange(len(bases)), start]
            # threshold first: few positions pass, and a count per row of all would cost as much as a look-up
            passing = np.flatnonzero(score.max(axis=1) >= thresholds[number])
            found.count[first + passing, number] = (score[passing] >= thresholds[number]).sum(axis=1)

    starts = range(0, rows, step)
    if threads > 1 and len(starts) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(scan, starts))
    else:
        for first in starts:
            scan(first)
    return found


def _best_of_strands(
    index: NDArray[np.intp], strands: tuple[Tables, Tables], buffers: tuple[NDArray[np.int16], ...]
) -> NDArray[np.int16]:
    """The larger of both strands' scores at every place (in the first buffer); places beyond a row mean nothing."""
    size = len(buffers[0])
    for number, tables in enumerate(strands):
        total, term = buffers[number], buffers[2]
        for order, (offset, table) in enumerate(tables):
            # all indices are in range; 'clip' only spares NumPy a copy of the output
            table.take(index[offset : offset + size], out=term if order else total, mode="clip")
            if order:
                np.add(total, term, out=total)
    return np.maximum(buffers[0], buffers[1], out=buffers[0])


def _eight_mers(bases: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The 8-mer (first base most significant, N as some base) at every place of the rows end to end, and 64 beyond."""
    flat = np.zeros(bases.size + 64 + _K - 1, dtype=np.uint32)
    flat[: bases.size] = bases.ravel() & 3
    twos = flat[:-1] * 4 + flat[1:]
    fours = twos[:-2] * 16 + twos[2:]
    return (fours[:-4] * 256 + fours[4:]).astype(np.intp)


@lru_cache(maxsize=32)
def _strand_tables(motif: Motif) -> tuple[Tables, Tables]:
    return _tables(motif.matrix), _tables(motif.matrix[::-1, ::-1])


def _tables(matrix: NDArray[np.int32]) -> Tables:
    """8-mer tables and their offsets whose sum is the motif's score; each position is in one of them."""
    width = len(matrix)
    digits = np.arange(4**_K)[:, None] // 4 ** np.arange(_K - 1, -1, -1) & 3
    offsets = [*range(0, max(width - _K, 0), _K), max(width - _K, 0)]
    tables = []
    for number, offset in enumerate(offsets):
        first = offsets[number - 1] + _K if number else 0
        total = np.zeros(4**_K, dtype=np.int16)
        for position in range(first, min(offset + _K, width)):
            total += matrix[position].astype(np.int16)[digits[:, position - offset]]
        tables.append((offset, total))
    return tables
