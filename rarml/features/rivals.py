"""Which other receptors would read a called site: those whose own motif matches there.

A spacing alone names no rival (most DR1 are no PPAR site); a factor is named only where its own matrix reaches
p <= 1e-4 (exact, per position and strand) in a window that shares at least a half-site's length with the site.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rarml.features.calls import SiteCalls
from rarml.features.half_sites import HEXAMER
from rarml.features.motif_scan import motif_matches
from rarml.features.partner_motifs import PARTNER_PVALUE, choose_motifs
from rarml.reference.bases import N

RIVALS: Mapping[str, Mapping[str, str]] = {
    "DR1": {"PPAR": "PPARG::RXRA", "HNF4": "HNF4A", "COUP-TF": "NR2F1"},
    "DR3": {"VDR": "RXRA::VDR"},
    "DR4": {"TR": "THRB", "LXR": "NR1H3::RXRA"},
}
"""Receptors that read the same spacing (SCIENCE.md, section 1) and the shipped motif of each."""
REACH = 16
"""Bases around a site that decide: the widest of these motifs less a half-site, and some to spare."""
_SITES_AT_ONCE = 20000


def competitors(codes: NDArray[np.uint8], calls: SiteCalls) -> NDArray[np.object_]:
    """The rivals of each site, shape (n_calls,): 'PPAR/HNF4', or '' for none.

    Parameters
    ----------
    codes : uint8 (n, length)
        The scanned base codes; ``calls.row`` and ``calls.start`` refer to them. `REACH` bases on either side of a site
        decide; what lies beyond a row's ends is unknown, and matches nothing.
    calls : SiteCalls
    """
    named = np.full(len(calls), "", dtype=object)
    for number, pair in enumerate(calls.types):
        here = np.flatnonzero(calls.type_index == number)
        for rival, factor in RIVALS.get(pair.name, {}).items():
            for first in range(0, len(here), _SITES_AT_ONCE):
                part = here[first : first + _SITES_AT_ONCE]
                hit = part[_matches(codes, calls.row[part], calls.start[part], pair.length, factor)]
                named[hit] = [f"{before}/{rival}" if before else rival for before in named[hit]]
    return named


def _matches(
    codes: NDArray[np.uint8], row: NDArray[np.int64], start: NDArray[np.int64], length: int, factor: str
) -> NDArray[np.bool_]:
    """Whether a motif matches in any window that shares `HEXAMER` bases or more with each site."""
    (motif,) = choose_motifs([factor])
    beyond = motif.width - HEXAMER
    place = start[:, None] + np.arange(-beyond, length + beyond)
    inside = (place >= 0) & (place < codes.shape[1])
    around = np.where(inside, codes[row[:, None], np.clip(place, 0, codes.shape[1] - 1)], np.uint8(N))
    hits: NDArray[np.bool_] = motif_matches(around, [motif], max_pvalue=PARTNER_PVALUE).count[:, 0] > 0
    return hits
