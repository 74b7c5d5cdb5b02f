"""Markov models of order 0 and 1 for the sequence that is not a site; fixed, and the same on both strands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Background:
    """A stationary Markov background.

    Attributes
    ----------
    name : str
        What it was computed from.
    order : int
        0 (independent bases) or 1 (each base depends on the one before).
    base : float64 (4,)
        Stationary probabilities of A, C, G, T.
    step : float64 (4, 4)
        ``step[a, b]`` = P(next base is b | base is a); every row equals `base` at order 0.
    """

    name: str
    order: int
    base: Probabilities
    step: Probabilities


def from_dinucleotides(name: str, counts: Probabilities, *, order: int = 1) -> Background:
    """A background from dinucleotide counts or shares (4, 4), averaged over both strands.

    The shares are balanced (rows and columns scaled until a base is as frequent first as second), which keeps the
    strands alike; so the chain is stationary and a site has the same p-value on either strand.
    """
    both = counts + reverse_complement_counts(counts)
    both = both / both.sum()
    for _ in range(100):
        ratio = np.sqrt(both.sum(axis=0) / both.sum(axis=1))
        both = both * ratio[:, None] / ratio[None, :]
    base = both.sum(axis=1)
    if order == 0:
        return Background(name, 0, base, np.tile(base, (4, 1)))
    return Background(name, 1, base, both / both.sum(axis=1, keepdims=True))


def count_dinucleotides(codes: NDArray[np.uint8]) -> Probabilities:
    """Counts (4, 4) of adjacent known bases along the last axis of base codes; pairs with an N are left out."""
    first, second = codes[..., :-1].ravel(), codes[..., 1:].ravel()
    known = (first < 4) & (second < 4)
    pairs = first[known].astype(np.intp) * 4 + second[known]
    return np.bincount(pairs, minlength=16).reshape(4, 4).astype(np.float64)


def reverse_complement_counts(counts: Probabilities) -> Probabilities:
    """Dinucleotide counts as they read on the other strand."""
    return counts[::-1, ::-1].T


def order_zero(background: Background) -> Background:
    """The same base shares without dependence between neighbours."""
    return Background(background.name, 0, background.base, np.tile(background.base, (4, 1)))


def uniform() -> Background:
    """All bases alike, order 0."""
    return Background("uniform", 0, np.full(4, 0.25), np.full((4, 4), 0.25))


# Dinucleotide shares (rows A, C, G, T first base) of 16,336 human promoters, GRCh38 [-1000,+1000) around the TSS,
# 32.3 million dinucleotides, both strands. Computed by rarml; fixed, so that a p-value never depends on the input.
_HUMAN_PROMOTERS = np.array(
    [
        [0.06080465, 0.04679829, 0.07195282, 0.04047681],
        [0.06404680, 0.09341745, 0.05055359, 0.07195282],
        [0.06031189, 0.07944095, 0.09341745, 0.04679829],
        [0.03486486, 0.06031189, 0.06404680, 0.06080465],
    ]
)
HUMAN_PROMOTERS = from_dinucleotides("human promoters, order 1", _HUMAN_PROMOTERS)
HUMAN_PROMOTERS_ORDER_0 = from_dinucleotides("human promoters, order 0", _HUMAN_PROMOTERS, order=0)
