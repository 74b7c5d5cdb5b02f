"""Core-promoter elements: where each is looked for around a TSS, and how well the best place matches.

Positions are offsets from the TSS base on the gene's strand: 0 is the TSS itself (biologists' +1), -1 the base before.
So the literature's "-30" is offset -30, and "+28" is offset 27. `first` and `last` bound the bases of the element.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.reference.bases import Codes, reverse_complement

_IUPAC = {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip


@dataclass(frozen=True)
class Element:
    """One core-promoter element.

    Parameters
    ----------
    name : str
        Column name.
    weights : float array, shape (length, 4)
        Added up over the element's bases A, C, G, T: log-odds in bits (matrix) or 1/length per match (consensus).
    first, last : int
        Offsets from the TSS (0) of the first and last base that the element may cover, both included.
    both_strands : bool
        Whether the reverse complement counts too.
    source : str
        Where consensus and position were published.
    """

    name: str
    weights: NDArray[np.float64]
    first: int
    last: int
    both_strands: bool
    source: str


def consensus(text: str) -> NDArray[np.float64]:
    """Weights of an IUPAC consensus: the score is the fraction of positions that match, 0..1."""
    return np.array([[letter in _IUPAC[code] for letter in "ACGT"] for code in text], dtype=np.float64) / len(text)


def log_odds(counts: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Log-odds in bits against an even background, one pseudocount spread over the four bases."""
    table = np.asarray(counts, dtype=np.float64)
    return np.log2((table + 0.25) / (table.sum(axis=1, keepdims=True) + 1) / 0.25)


# JASPAR MA0108.2 (TBP), columns 2-9: the TATAWAAR core. JASPAR is CC BY 4.0; the counts are those of Bucher 1990.
_TATA = [
    [16, 46, 18, 309], [352, 0, 2, 35], [3, 10, 2, 374], [354, 0, 5, 30],
    [268, 0, 0, 121], [360, 3, 20, 6], [222, 2, 44, 121], [155, 44, 157, 33],
]  # fmt: skip
# JASPAR MA0060.3 (NFYA), columns 1-10: RRCCAATCAG. CC BY 4.0.
_CCAAT = [
    [1897, 757, 1815, 356], [1924, 404, 1858, 639], [23, 4657, 34, 111], [31, 4713, 28, 53], [4683, 29, 17, 96],
    [4584, 94, 124, 23], [37, 132, 11, 4645], [166, 4215, 319, 125], [4088, 213, 489, 35], [611, 1131, 2713, 370],
]  # fmt: skip
# JASPAR MA0079.5 (SP1): GGGCGGGG. CC BY 4.0; counts rounded to whole numbers.
_GC_BOX = [
    [1, 1, 950, 47], [1, 1, 997, 1], [1, 1, 997, 1], [1, 1, 997, 1], [267, 731, 1, 1],
    [1, 1, 997, 1], [1, 85, 912, 1], [254, 52, 659, 35], [161, 1, 836, 1],
]  # fmt: skip

ELEMENTS: tuple[Element, ...] = (
    Element("tata", log_odds(_TATA), -35, -20, False, "Bucher 1990, 10.1016/0022-2836(90)90223-9; JASPAR MA0108.2"),
    Element("inr", consensus("BBCABW"), -8, 7, False, "Vo Ngoc 2017, 10.1101/gad.293837.116: A at the TSS, here +-5"),
    Element("ccaat", log_odds(_CCAAT), -150, -40, True, "Bucher 1990; JASPAR MA0060.3; Dolfini 2009: -60 to -100"),
    Element("gc_box", log_odds(_GC_BOX), -165, 5, True, "Bucher 1990; JASPAR MA0079.5"),
    Element("dpe", consensus("RGWYVT"), 22, 37, False, "Kutach 2000, 10.1128/MCB.20.13.4754-4764.2000: +28..+33, +-5"),
    Element("bre_up", consensus("SSRCGCC"), -45, -25, False, "Lagrange 1998, 10.1101/gad.12.1.34: -38..-32"),
    Element("bre_down", consensus("RTDKKKK"), -28, -12, False, "Deng 2005, 10.1101/gad.342405: -23..-17"),
)
"""The Inr and DPE may lie up to 5 bp off, because an annotated TSS is seldom exact to the base."""


def score_element(codes: Codes, up: int, element: Element) -> NDArray[np.float32]:
    """Best score of one element in its place; NaN where no position there has all its bases known.

    Parameters
    ----------
    codes : uint8 array, shape (n, up + down)
        Base codes 5' to 3' on the gene's strand; column `up` is the TSS.
    up : int
        Bases before the TSS.
    element : Element

    Returns
    -------
    float32 array, shape (n,)
        Also NaN for all if the window does not hold the whole place.
    """
    start, stop = up + element.first, up + element.last + 1
    if start < 0 or stop > codes.shape[1]:
        return np.full(len(codes), np.nan, dtype=np.float32)
    place = codes[:, start:stop]
    best = _best(place, element.weights)
    if element.both_strands:
        best = np.maximum(best, _best(reverse_complement(place), element.weights))
    return np.where(np.isneginf(best), np.nan, best).astype(np.float32)


def _best(place: Codes, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest sum of weights over all positions; an N makes a position impossible (-inf): N never matches."""
    table = np.concatenate([weights, np.full((len(weights), 1), -np.inf)], axis=1)
    positions = place.shape[1] - len(weights) + 1
    total = np.zeros((len(place), positions))
    for column, row in enumerate(table):
        total += row[place[:, column : column + positions]]
    return total.max(axis=1)
