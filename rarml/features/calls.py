"""All pairs of half-sites that score above an exact threshold: every type, both strands, one pass over the bases."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.features.background import HUMAN_PROMOTERS, Background
from rarml.features.base_index import Workspace
from rarml.features.pair_geometry import readings
from rarml.features.pair_plan import plan
from rarml.features.pair_search import find_pairs
from rarml.features.pvalues import pair_distribution
from rarml.features.spacing import PairType, pair_types

CHUNK = 1 << 19
"""Bases handled at once: enough to hide the cost of each array call, few enough to stay in the shared cache."""


@dataclass(frozen=True, eq=False)
class SiteCalls:
    """Called pairs, sorted by row, start, type and strand (arrays of one length).

    Attributes
    ----------
    types : tuple of PairType
        What `type_index` refers to.
    row : int64
        Row of the scanned code matrix.
    start : int64
        First base of the left hexamer, 0-based in the row; the site is [start, start + types[type_index].length).
    type_index : int16
    strand : int8
        +1, -1, or 0 for palindromic types (IR, ER), which are called once.
    score : int16
        Sum of both half-sites in 1/100 bit.
    pvalue : float64
        Exact P(score >= this) at one position under the background.
    """

    types: tuple[PairType, ...]
    row: NDArray[np.int64]
    start: NDArray[np.int64]
    type_index: NDArray[np.int16]
    strand: NDArray[np.int8]
    score: NDArray[np.int16]
    pvalue: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> SiteCalls:
        names = ("row", "start", "type_index", "strand", "score", "pvalue")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})

    @property
    def length(self) -> NDArray[np.int64]:
        """Bases of each site from the first to the last of its hexamers."""
        return np.array([pair.length for pair in self.types], dtype=np.int64)[self.type_index]


class PairScanner:
    """A scan for fixed types, stringency and background; build once, use for any number of sequences.

    Parameters
    ----------
    types : sequence of PairType, optional
        Default: DR, IR and ER with 0 … 10 bases between.
    max_pvalue : float
        Sites with an exact p-value per position and strand up to this are called.
    background : Background
        Fixed; never estimated from the sequences scanned.
    """

    def __init__(
        self,
        types: Sequence[PairType] | None = None,
        *,
        max_pvalue: float = 1e-4,
        background: Background = HUMAN_PROMOTERS,
    ):
        self.types = tuple(pair_types() if types is None else types)
        self.max_pvalue = max_pvalue
        self.background = background
        self.distributions = [pair_distribution(pair, background) for pair in self.types]
        self.thresholds = np.array([d.threshold(max_pvalue) for d in self.distributions], dtype=np.int64)
        self.margin = max((pair.length for pair in self.types), default=0) + 2
        tables, self._readings = readings(self.types)
        self._plan = plan(tables, self._readings, self.thresholds)
        self._local = threading.local()
        # p-values of all types end to end: that of type t and score s is at first_pvalue[t] + s
        sizes = [len(d.survival) for d in self.distributions]
        self._pvalues = np.concatenate([d.survival for d in self.distributions] or [np.empty(0)])
        self._first_pvalue = np.cumsum([0, *sizes[:-1]]) - np.array([d.lowest for d in self.distributions] or [0])

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_local"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._local = threading.local()  # buffers are each process's and thread's own

    def scan(self, codes: NDArray[np.uint8], *, threads: int = 1) -> SiteCalls:
        """Call sites in base codes (A 0, C 1, G 2, T 3, else N) of shape (n, length) or (length,).

        N never matches in a half-site; it may lie in the spacer, and a flank that is N or beyond the sequence counts
        as the least favourable base. Sites that touch either end are found. The calls do not depend on `threads`.
        """
        matrix = np.atleast_2d(np.ascontiguousarray(codes, dtype=np.uint8))
        if matrix.ndim != 2:
            raise InputError(f"base codes need one or two dimensions, got {matrix.ndim}")
        pieces = list(_pieces(matrix.shape, self.margin))
        if threads > 1 and len(pieces) > 1:
            with ThreadPoolExecutor(threads) as pool:
                parts = list(pool.map(lambda piece: self._scan_piece(matrix, piece), pieces))
        else:
            parts = [self._scan_piece(matrix, piece) for piece in pieces]
        return self._collect([part for part in parts if len(part[0])])

    def _scan_piece(self, matrix: NDArray[np.uint8], piece: _Piece) -> tuple[NDArray, ...]:
        rows = matrix[piece.first_row : piece.last_row, piece.context_start : piece.context_stop]
        width = rows.shape[1]
        stride = width + 1
        space = self._workspace()
        reading, window, score = find_pairs(space.fill(rows), self._plan, space)
        offsets = np.array([item.left_window for item in self._readings])
        position = window - space.lead - offsets[reading]
        row, start = np.divmod(position, stride)
        type_index = np.array([item.type_index for item in self._readings], dtype=np.int16)[reading]
        length = np.array([pair.length for pair in self.types])[type_index]
        absolute = start + piece.context_start
        # a pair must not reach into the next row, and belongs to the one piece that owns its start
        keep = (start + length <= width) & (absolute >= piece.own_start) & (absolute < piece.own_stop)
        keep = np.flatnonzero(keep)
        strand = np.array([item.strand for item in self._readings], dtype=np.int8)[reading]
        # one number that sorts by row, start, type and strand; pieces themselves are in order
        key = ((position[keep] * 256) + type_index[keep]) * 4 + strand[keep]
        order = keep[np.argsort(key)]
        pvalue = self._pvalues.take(self._first_pvalue[type_index[order]] + score[order])
        return row[order] + piece.first_row, absolute[order], type_index[order], strand[order], score[order], pvalue

    def _workspace(self) -> Workspace:
        """The buffers of the calling thread."""
        if not hasattr(self._local, "space"):
            self._local.space = Workspace(2 * self.margin + 8)
        return cast(Workspace, self._local.space)

    def _collect(self, parts: list[tuple[NDArray, ...]]) -> SiteCalls:
        kinds = (np.int64, np.int64, np.int16, np.int8, np.int16, np.float64)
        row, start, type_index, strand, score, pvalue = (
            np.concatenate([part[i] for part in parts]).astype(kind, copy=False) if parts else np.empty(0, dtype=kind)
            for i, kind in enumerate(kinds)
        )
        return SiteCalls(self.types, row, start, type_index, strand, score, pvalue)


def scan(
    codes: NDArray[np.uint8],
    types: Sequence[PairType] | None = None,
    *,
    max_pvalue: float = 1e-4,
    background: Background = HUMAN_PROMOTERS,
    threads: int = 1,
) -> SiteCalls:
    """Call all pairs in base codes; see `PairScanner`."""
    return PairScanner(types, max_pvalue=max_pvalue, background=background).scan(codes, threads=threads)


@dataclass(frozen=True)
class _Piece:
    """Rows [first_row, last_row) and the columns read (context) and owned: [start, stop), 0-based."""

    first_row: int
    last_row: int
    context_start: int
    context_stop: int
    own_start: int
    own_stop: int


def _pieces(shape: tuple[int, int], margin: int) -> Iterator[_Piece]:
    """Many short rows at once, or a long row in overlapping parts."""
    count, length = shape
    if length + 1 <= CHUNK:
        step = max(1, CHUNK // (length + 1))
        return (_Piece(i, min(i + step, count), 0, length, 0, length) for i in range(0, count, step))
    return chain.from_iterable(
        (
            _Piece(row, row + 1, max(0, a - 1), min(length, a + CHUNK + margin), a, min(length, a + CHUNK))
            for a in range(0, length, CHUNK)
        )
        for row in range(count)
    )
