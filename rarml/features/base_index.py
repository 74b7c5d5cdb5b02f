"""A stretch of bases indexed for searching: the 8-mer at every second base, in buffers that are used again.

One 8-mer holds two half-site windows (flank and hexamer, 7 bases each), so half as many look-ups serve all positions.
Unknown bases are indexed as A here; what is found is checked against the bases themselves (`pair_search`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.features.half_sites import WIDTH
from rarml.reference.bases import N

EIGHT_MERS = 4 ** (WIDTH + 1)
SEVEN_MERS = 4**WIDTH
_GATHER = np.uint32((1 << 30) + (1 << 20) + (1 << 10) + 1)
_BLOCK = 8


@dataclass(frozen=True, eq=False)
class BaseIndex:
    """Views of a `Workspace`, valid until it is filled again.

    Attributes
    ----------
    codes : uint8 (n,)
        Base codes with N (4) before, between and after the rows.
    eights : intp (n / 2,)
        8-mer (first base most significant) that starts at each second base; N as A.
    """

    codes: NDArray[np.uint8]
    eights: NDArray[np.intp]

    def windows(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Index (0 … 16383) of the 7-base window that starts at each place; N as A."""
        second = (places & 1) << 1
        return (self.eights.take(places >> 1) >> (2 - second)) & (SEVEN_MERS - 1)


class Workspace:
    """Buffers for one thread; new memory for every piece would cost more time than the search.

    Parameters
    ----------
    lead : int
        N bases kept before the first row; at least as many follow the last.
    """

    def __init__(self, lead: int):
        self.lead = -(-lead // _BLOCK) * _BLOCK
        self._size = 0

    def fill(self, rows: NDArray[np.uint8]) -> BaseIndex:
        """Index rows of base codes, shape (count, width); base p of row r lies at ``lead + r * (width + 1) + p``."""
        count, width = rows.shape
        used = count * (width + 1)
        size = -(-(self.lead + used + self.lead) // _BLOCK) * _BLOCK + _BLOCK
        if size > self._size:
            self._grow(size)
        codes = self._codes[:size]
        codes[: self.lead] = N
        codes[self.lead + used :] = N
        body = codes[self.lead : self.lead + used].reshape(count, width + 1)
        body[:, :width] = rows
        body[:, width] = N
        quads = size // 4
        packed, triples, eights = self._packed[: quads + 1], self._triples[:quads], self._eights[: size // 2]
        two_bits = self._two_bits[:size]
        np.bitwise_and(codes, np.uint8(3), out=two_bits)
        # little-endian: the multiplication gathers four codes into the highest byte, first base most significant
        np.multiply(two_bits.view("<u4"), _GATHER, out=packed[:quads])
        packed[quads] = 0
        np.right_shift(packed, np.uint32(24), out=packed)
        # 8 bases from each fourth one, then 8 from the second after it: its last four bits lie in the third byte
        np.left_shift(packed[:-1], np.uint32(8), out=triples)
        np.bitwise_or(triples, packed[1:], out=triples)
        pairs = eights.reshape(quads, 2)
        pairs[:, 0] = triples
        np.left_shift(triples, np.uint32(4), out=triples)
        np.bitwise_and(triples, np.uint32(EIGHT_MERS - 1), out=triples)
        pairs[:, 1] = triples
        np.right_shift(packed[1:], np.uint32(4), out=triples)
        pairs[:-1, 1] |= triples[1:]
        return BaseIndex(codes, eights)

    def buffer(self, name: str, count: int, kind: type) -> NDArray:
        """A buffer of at least `count` items, kept under a name."""
        held = self._others.get(name)
        if held is None or len(held) < count:
            held = self._others[name] = np.empty(max(count, self._size // 2), dtype=kind)
        return held[:count]

    def _grow(self, size: int) -> None:
        self._size = size
        self._codes = np.empty(size, dtype=np.uint8)
        self._two_bits = np.empty(size, dtype=np.uint8)
        self._packed = np.empty(size // 4 + 1, dtype=np.uint32)
        self._triples = np.empty(size // 4, dtype=np.uint32)
        self._eights = np.empty(size // 2, dtype=np.intp)
        self._others: dict[str, NDArray] = {}
