"""The RARE half-site: an integer PWM of one flanking base and the hexamer, and its consensus grades.

Model, from JASPAR 2022 (``data/jaspar_retinoid.txt``). The generic half-site is the mean of three sources with equal
weight: MA0159.1 (RARA::RXRA, 23 natural sites), MA1149.1 (RARA::RXRG, HT-SELEX) and the mean of six RAR matrices
(MA0729.1, MA0730.1, MA0857.1-MA0860.1, HT-SELEX); within each, both half-sites of the repeat are averaged. Equal
weights keep the natural sites' RGTTCA from being drowned by the larger SELEX counts. A DR1 differs between its ends
(SCIENCE.md: polarity), and JASPAR has no RXR-RAR DR1 matrix: its 5' and 3' models are the mean of the generic
half-site and the 5' or 3' half of the RXR DR1 matrices (MA0512.2, MA0855.1, MA0856.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rarml.features.background import HUMAN_PROMOTERS
from rarml.features.matrices import Counts, frequencies, log_odds, shipped_matrices
from rarml.reference.bases import N, encode

HEXAMER = 6
WIDTH = HEXAMER + 1
"""Flanking base (5' of the hexamer) and hexamer."""

# Matrix id -> start (0-based) of its two hexamers; a start of 0 has no flanking column.
_NATURAL = {"MA0159.1": (0, 11)}
_HETERODIMER = {"MA1149.1": (1, 12)}
_RAR = {
    "MA0729.1": (1, 9),
    "MA0730.1": (0, 11),
    "MA0857.1": (2, 10),
    "MA0858.1": (0, 11),
    "MA0859.1": (1, 9),
    "MA0860.1": (1, 11),
}
_RXR_DR1 = {"MA0512.2": (1, 8), "MA0855.1": (1, 8), "MA0856.1": (1, 8)}

# Allowed bases per position: R = AG, K = GT, S = CG.
GRADES = {"RGKTCA": "strict", "RGKTSA": "Lalevee 2011", "RGKKSA": "Balmer & Blomhoff 2005"}
_IUPAC = {"A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "K": "GT", "S": "CG"}


@dataclass(frozen=True, eq=False)
class HalfSite:
    """Integer log-odds (1/100 bit) of flank + hexamer, shape (7, 4); row 0 is the base before the hexamer."""

    name: str
    matrix: NDArray[np.int32]

    @property
    def unknown_flank(self) -> int:
        """Score of a flank that is N or lies beyond the sequence: the lowest of the four, so N never helps a call."""
        return int(self.matrix[0].min())

    @property
    def maximum(self) -> int:
        """Score of the best 7-mer."""
        return int(self.matrix.max(axis=1).sum())

    def score(self, flank: int, hexamer: NDArray[np.uint8]) -> int | None:
        """Score of one half-site from base codes; None if the hexamer holds an N. Slow and plain: for checks."""
        if (hexamer >= N).any():
            return None
        first = self.unknown_flank if flank >= N else int(self.matrix[0, flank])
        return first + int(self.matrix[np.arange(1, WIDTH), hexamer].sum())


@lru_cache(maxsize=1)
def generic_half_site() -> HalfSite:
    """The half-site of every pair but DR1."""
    return _from_frequency("generic", _generic_frequency())


@lru_cache(maxsize=1)
def dr1_half_sites() -> tuple[HalfSite, HalfSite]:
    """The 5' and the 3' half-site of DR1."""
    generic = _generic_frequency()
    halves = [(generic + _mean_half(_RXR_DR1, ends=(end,))) / 2 for end in (0, 1)]
    return _from_frequency("DR1 5'", halves[0]), _from_frequency("DR1 3'", halves[1])


def mismatches(hexamers: NDArray[np.uint8], consensus: str = "RGKTCA") -> NDArray[np.int64]:
    """Number of positions of each hexamer, codes (n, 6), that the consensus does not allow; N is a mismatch."""
    allowed = np.zeros((HEXAMER, N + 1), dtype=bool)
    for position, letter in enumerate(consensus):
        allowed[position, encode(_IUPAC[letter])] = True
    return (~allowed[np.arange(HEXAMER), hexamers]).sum(axis=-1)


def _generic_frequency() -> Counts:
    sources = [_mean_half(group, ends=(0, 1)) for group in (_NATURAL, _HETERODIMER, _RAR)]
    return np.mean(sources, axis=0)


def _mean_half(starts: dict[str, tuple[int, int]], *, ends: tuple[int, ...]) -> Counts:
    """Mean frequencies (7, 4) of the named half-sites; the flank over those that have one."""
    matrices = shipped_matrices("jaspar_retinoid")
    hexamers, flanks = [], []
    for identifier, positions in starts.items():
        frequency = frequencies(matrices[identifier][1])
        for end in ends:
            start = positions[end]
            hexamers.append(frequency[start : start + HEXAMER])
            if start > 0:
                flanks.append(frequency[start - 1])
    return np.vstack([np.mean(flanks, axis=0), np.mean(hexamers, axis=0)])


def _from_frequency(name: str, frequency: Counts) -> HalfSite:
    return HalfSite(name, log_odds(frequency, HUMAN_PROMOTERS.base))
