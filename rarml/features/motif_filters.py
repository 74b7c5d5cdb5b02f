"""Known motifs as first filters of a promoter network: RARE half-sites and repeats, and the partners' matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rarml.features.half_sites import generic_half_site
from rarml.features.partner_motifs import partner_motifs

_NORM = 2.0
"""Length of a filter's weights, about that of a random one of 15 bases (4 * 15 values of variance 1/15)."""
_BASES = 4


def known_filters(width: int) -> NDArray[np.float32]:
    """Filters that match known motifs, to begin a network's first layer with.

    Parameters
    ----------
    width : int
        Bases per filter; a longer motif is cut to its most telling bases.

    Returns
    -------
    float32 array of shape (4 * width, n_motifs)
        Log-odds, centred per base and scaled alike; ordered half-site, DR1, DR2, DR5, then the partners by their order
        in `partner_motifs`. Row 4 * i + b is base b (A, C, G, T) at place i.
    """
    half = generic_half_site().matrix[1:].astype(np.float64)
    repeats = [np.concatenate([half, np.zeros((spacer, _BASES)), half]) for spacer in (1, 2, 5)]
    partners = [motif.matrix.astype(np.float64) for motif in partner_motifs()]
    return np.stack([_filter(matrix, width) for matrix in [half, *repeats, *partners]], axis=1).astype(np.float32)


def _filter(matrix: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    centred = matrix - matrix.mean(axis=1, keepdims=True)
    if len(centred) > width:
        weight = np.concatenate([[0.0], np.cumsum((centred**2).sum(axis=1))])
        start = int(np.argmax([weight[i + width] - weight[i] for i in range(len(centred) - width + 1)]))
        centred = centred[start : start + width]
    before = (width - len(centred)) // 2
    padded = np.zeros((width, _BASES))
    padded[before : before + len(centred)] = centred
    return padded.ravel() * (_NORM / np.linalg.norm(padded))
