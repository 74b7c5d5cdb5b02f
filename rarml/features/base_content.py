"""Base content of promoter sequences: GC, CpG observed/expected, skews, promoter class, CpG islands by sequence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rarml.reference.bases import A, C, Codes, G, N, T

Floats = NDArray[np.float32]

CLASS_WINDOW = 500
CLASS_STEP = 5
CLASS_PLACE = (-700, 200)
"""Weber 2007 (10.1038/ng1990): 500-bp windows moved by 5 bp over the promoter, here [-700, +200) around the TSS."""
ISLAND_WINDOW = 200
"""Gardiner-Garden & Frommer 1987 (10.1016/0022-2836(87)90689-9): >= 200 bp, GC >= 0.5, CpG o/e >= 0.6."""
_LEAST_KNOWN = 0.5


class BaseCounts:
    """Running counts of bases along promoters, so that any window costs one subtraction.

    Parameters
    ----------
    codes : uint8 array, shape (n, length)
        Base codes 5' to 3' on the gene's strand; 4 is unknown and counts for nothing.
    """

    def __init__(self, codes: Codes):
        self.length = codes.shape[1]
        cpg = np.zeros(codes.shape, dtype=bool)
        cpg[:, 1:] = (codes[:, :-1] == C) & (codes[:, 1:] == G)  # counted at its G
        self._a, self._c, self._g, self._t = (_running(codes == base) for base in (A, C, G, T))
        self._known = _running(codes != N)
        self._cpg = _running(cpg)

    def known(self, start: int, stop: int) -> Floats:
        """Fraction of known bases in columns [start, stop), shape (n,)."""
        return (_window(self._known, start, stop) / np.float32(stop - start)).astype(np.float32)

    def gc(self, start: int, stop: int) -> Floats:
        """(G + C) / known bases in [start, stop); NaN where less than half is known."""
        return self._fraction(_window(self._g, start, stop) + _window(self._c, start, stop), start, stop)

    def cpg_oe(self, start: int, stop: int) -> Floats:
        """CpG observed / expected = CpG * known / (C * G) in [start, stop); NaN where unknown or without C or G.

        The formula of Gardiner-Garden & Frommer 1987. A CpG across the window's left edge is not counted.
        """
        known = _window(self._known, start, stop).astype(np.float64)
        product = _window(self._c, start, stop).astype(np.float64) * _window(self._g, start, stop)
        cpg = _window(self._cpg, start + 1, stop)
        usable = (product > 0) & (known >= _LEAST_KNOWN * (stop - start))
        return np.where(usable, cpg * known / np.maximum(product, 1), np.nan).astype(np.float32)

    def skew(self, pair: str, start: int, stop: int) -> Floats:
        """'at': (A - T)/(A + T); 'gc': (G - C)/(G + C) in [start, stop); NaN where unknown or without either base."""
        first, second = (self._a, self._t) if pair == "at" else (self._g, self._c)
        x = _window(first, start, stop).astype(np.float64)
        y = _window(second, start, stop).astype(np.float64)
        usable = (x + y > 0) & (self.known(start, stop) >= _LEAST_KNOWN)
        return np.where(usable, (x - y) / np.maximum(x + y, 1), np.nan).astype(np.float32)

    def _fraction(self, count: NDArray[np.int32], start: int, stop: int) -> Floats:
        known = _window(self._known, start, stop)
        usable = known >= _LEAST_KNOWN * (stop - start)
        return np.where(usable, count / np.maximum(known, 1), np.nan).astype(np.float32)

    def promoter_class(self, up: int) -> Floats:
        """0 low, 1 intermediate, 2 high CpG (Weber 2007), shape (n,); NaN where no 500-bp window is half known.

        High: a window with CpG o/e > 0.75 and GC > 0.55. Low: no window with CpG o/e > 0.48. Else intermediate.
        """
        start, stop = max(0, up + CLASS_PLACE[0]), min(self.length, up + CLASS_PLACE[1])
        rows = len(self._known)
        high, above_low, seen = (np.zeros(rows, dtype=bool) for _ in range(3))
        for left in range(start, stop - CLASS_WINDOW + 1, CLASS_STEP):
            ratio = self.cpg_oe(left, left + CLASS_WINDOW)
            gc = self.gc(left, left + CLASS_WINDOW)
            seen |= ~np.isnan(gc)
            high |= (ratio > 0.75) & (gc > 0.55)
            above_low |= ratio > 0.48
        return np.where(seen, above_low + high.astype(np.float32), np.nan).astype(np.float32)

    def island_bases(self, start: int, stop: int) -> Floats:
        """Fraction of [start, stop) in CpG islands told from the sequence, NaN where less than half is known.

        A base is in an island if some 200-bp window over it, wholly inside the sequence, meets the criteria of
        Gardiner-Garden & Frommer 1987.
        """
        covered = np.zeros((len(self._known), self.length + 1), dtype=np.int32)
        for left in range(self.length - ISLAND_WINDOW + 1):
            right = left + ISLAND_WINDOW
            island = (self.gc(left, right) >= 0.5) & (self.cpg_oe(left, right) >= 0.6)
            covered[:, left] += island
            covered[:, right] -= island
        inside = (covered.cumsum(axis=1)[:, start:stop] > 0).mean(axis=1)
        return np.where(self.known(start, stop) >= _LEAST_KNOWN, inside, np.nan).astype(np.float32)


def _running(hit: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Hits before each column, shape (n, length + 1)."""
    total = np.zeros((hit.shape[0], hit.shape[1] + 1), dtype=np.int32)
    np.cumsum(hit, axis=1, out=total[:, 1:])
    return total


def _window(running: NDArray[np.int32], start: int, stop: int) -> NDArray[np.int32]:
    return running[:, stop] - running[:, start]
