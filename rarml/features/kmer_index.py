"""Every 7-base window of a sequence as one table index, so that a half-site is scored by a single look-up.

A window without N has the index of its bases, two bits each (0 … 16383). A window whose first or whose last base is N
or lies beyond the sequence, but whose other six are known, has its own index: there the flank of a half-site is
unknown while the hexamer can still be scored. Any other window with an N has the index `NEVER`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rarml.features.half_sites import WIDTH, HalfSite
from rarml.reference.bases import N

_FULL = 4**WIDTH
_HEXAMERS = 4 ** (WIDTH - 1)
FIRST_UNKNOWN = _FULL
LAST_UNKNOWN = _FULL + _HEXAMERS
NEVER = _FULL + 2 * _HEXAMERS
TABLE_SIZE = NEVER + 1
_GATHER = np.uint32((1 << 30) + (1 << 20) + (1 << 10) + 1)
NEVER_SCORE = -16384
"""Score of a half-site with N in its hexamer: two of them still fit int16, and no partner can lift one to a call."""


def window_index(codes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Index of the window starting at each base, shape (length - 6,), from base codes of shape (length,).

    Four bases at a time: a multiplication gathers four two-bit codes into one byte, three such bytes hold the four
    windows that start in the first of them.
    """
    count = len(codes) - WIDTH + 1
    if count < 1:
        return np.empty(0, dtype=np.intp)
    quads = -(-len(codes) // 4)
    padded = np.empty(4 * quads, dtype=np.uint8)
    padded[len(codes) :] = 0
    np.bitwise_and(codes, np.uint8(3), out=padded[: len(codes)])
    packed = np.zeros(quads + 2, dtype=np.uint32)
    # little-endian: first base in the lowest byte; it must end up in the two highest bits of the packed byte
    np.multiply(padded.view("<u4"), _GATHER, out=packed[:quads])
    packed >>= np.uint32(24)
    triples = packed[:-2] << np.uint32(16)
    triples |= packed[1:-1] << np.uint32(8)
    triples |= packed[2:]
    windows = np.empty((quads, 4), dtype=np.intp)
    for phase in range(4):
        windows[:, phase] = (triples >> np.uint32(10 - 2 * phase)) & np.uint32(_FULL - 1)
    index = windows.ravel()[:count]
    unknown = np.flatnonzero(codes >= N)
    if len(unknown):
        _mark_unknown(index, unknown)
    return index


def _mark_unknown(index: NDArray[np.intp], unknown: NDArray[np.intp]) -> None:
    """Replace the index of windows that hold an unknown base (which was packed as if it were A)."""
    count, last = len(index), WIDTH - 1
    first_windows = unknown[unknown < count]
    last_windows = unknown[unknown >= last] - last
    both = np.intersect1d(first_windows, last_windows, assume_unique=True)
    first_index = FIRST_UNKNOWN + (index[first_windows] & (_HEXAMERS - 1))
    last_index = LAST_UNKNOWN + (index[last_windows] >> 2)
    index[first_windows] = first_index
    index[last_windows] = last_index
    index[both] = NEVER
    for offset in range(1, last):
        windows = unknown - offset
        index[windows[(windows >= 0) & (windows < count)]] = NEVER


def score_tables(half: HalfSite) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Scores by window index, int16 (TABLE_SIZE,), of the half-site read forward and read on the other strand.

    Forward, the flank is the window's first base and the hexamer its last six; on the other strand the hexamer is the
    first six and the flank the last.
    """
    matrix = half.matrix
    reverse = matrix[::-1, ::-1]
    forward = np.concatenate(
        [_additive(matrix), half.unknown_flank + _additive(matrix[1:]), np.full(_HEXAMERS + 1, NEVER_SCORE)]
    )
    backward = np.concatenate(
        [
            _additive(reverse),
            np.full(_HEXAMERS, NEVER_SCORE),
            half.unknown_flank + _additive(reverse[:-1]),
            [NEVER_SCORE],
        ]
    )
    return forward.astype(np.int16), backward.astype(np.int16)


def _additive(matrix: NDArray[np.int32]) -> NDArray[np.int64]:
    """Sum over positions for every k-mer, first position most significant."""
    scores = np.zeros(1, dtype=np.int64)
    for row in matrix:
        scores = (scores[:, None] + row[None, :]).ravel()
    return scores
