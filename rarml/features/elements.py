"""Called pairs put together: three half-sites in a row are one element, not three."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rarml.features.calls import SiteCalls
from rarml.features.half_sites import HEXAMER


def compositions(calls: SiteCalls) -> NDArray[np.object_]:
    """How each direct repeat reads as three half-sites, e.g. 'DR2+DR0' for a DR8; '' where it does not.

    A DRn with n >= 6 holds a third half-site if both inner pairs (DRa from the left hexamer, DRb to the right one,
    a + 6 + b = n) are among the calls on the same strand. Most RAR-bound DR8 are DR2+DR0 (Moutier 2012, GSE35599) and
    a DR1 array reads DR1+DR1. The name is in the site's own 5' to 3' direction; the first fit in order of a is given.
    """
    result = np.full(len(calls), "", dtype=object)
    spacers = {pair.spacer: number for number, pair in enumerate(calls.types) if pair.orientation == "DR"}
    known = {n: np.sort(_keys(calls, calls.type_index == number)) for n, number in spacers.items()}
    for n, number in sorted(spacers.items()):
        if n < HEXAMER:
            continue
        outer = np.flatnonzero(calls.type_index == number)
        for a in range(n - HEXAMER + 1):
            b = n - HEXAMER - a
            if a not in spacers or b not in spacers or not len(outer):
                continue
            left = _keys(calls, outer)
            fits = _contains(known[a], left) & _contains(known[b], left + 4 * (HEXAMER + a))
            fits &= result[outer] == ""
            forward = calls.strand[outer] >= 0
            result[outer[fits & forward]] = f"DR{a}+DR{b}"
            result[outer[fits & ~forward]] = f"DR{b}+DR{a}"
    return result


def _keys(calls: SiteCalls, which: NDArray) -> NDArray[np.int64]:
    """Row, start and strand as one sortable number (a step of one base is 4)."""
    return (calls.row[which] << 32) + calls.start[which] * 4 + (calls.strand[which] + 1)


def _contains(ordered: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return ordered[place] == wanted
