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
    a DR1 array reads DR1+DR1. The name is in the site's own 5' to 3' direction; where several third half-sites fit,
    the one with the least product of the inner p-values is given.
    """
    result = np.full(len(calls), "", dtype=object)
    evidence = np.full(len(calls), np.inf)
    spacers = {pair.spacer: number for number, pair in enumerate(calls.types) if pair.orientation == "DR"}
    known = {n: _Lookup(calls, np.flatnonzero(calls.type_index == number)) for n, number in spacers.items()}
    for n, number in sorted(spacers.items()):
        outer = np.flatnonzero(calls.type_index == number)
        for a in range(n - HEXAMER + 1):
            b = n - HEXAMER - a
            if a not in spacers or b not in spacers or not len(outer):
                continue
            left = _keys(calls, outer)
            weight = known[a].log_pvalue(left) + known[b].log_pvalue(left + _ONE_BASE * (HEXAMER + a))
            forward = calls.strand[outer] >= 0
            name = np.where(forward, f"DR{a}+DR{b}", f"DR{b}+DR{a}").astype(object)
            # equal evidence is settled by name, so that both strands give the same answer
            better = (weight < evidence[outer]) | ((weight == evidence[outer]) & (name > result[outer]))
            better &= np.isfinite(weight)
            result[outer[better]], evidence[outer[better]] = name[better], weight[better]
    return result


_ONE_BASE = 4


def _keys(calls: SiteCalls, which: NDArray) -> NDArray[np.int64]:
    """Row, start and strand as one sortable number."""
    return (calls.row[which] << 34) + calls.start[which] * _ONE_BASE + (calls.strand[which] + 1)


class _Lookup:
    """log p-values of the calls of one type, by key."""

    def __init__(self, calls: SiteCalls, which: NDArray[np.intp]):
        keys = _keys(calls, which)
        order = np.argsort(keys)
        self._keys, self._values = keys[order], np.log(calls.pvalue[which][order])

    def log_pvalue(self, keys: NDArray[np.int64]) -> NDArray[np.float64]:
        """Log p-value of the call at each key, infinite where there is none."""
        if not len(self._keys):
            return np.full(len(keys), np.inf)
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[place] == keys, self._values[place], np.inf)


def resolve(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    pvalue: NDArray[np.float64],
    names: NDArray[np.object_],
    group: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.object_]]:
    """Overlapping calls joined to elements, so that one stretch of half-sites counts once.

    The most significant call founds an element; every call not yet taken that shares a base of a hexamer with it
    belongs to it (on either strand: a half-site binds one receptor). Then the next most significant call left founds
    the next. Calls that only reach into another's spacer stay apart.

    Parameters
    ----------
    start, end : int64 (n,)
        Span [start, end) of each call, 0-based, first to last hexamer.
    pvalue : float64 (n,)
    names : object (n,)
        Composition ('DR2+DR0') or type of each call.
    group : int64 (n,), optional
        Contig (or row) of each call; calls of different groups never overlap.

    Returns
    -------
    element : int64 (n,)
        Number of the element, from 0 in order of group and position of its founder.
    founder : bool (n,)
        The best call of each element.
    element_name : object (n,)
        The founder's name; if a call that belongs to it spans three half-sites, that composition.
    """
    count = len(start)
    groups = np.zeros(count, dtype=np.int64) if group is None else group
    founder_of = np.arange(count)
    for members in _stretches(start, end, groups):
        if len(members) > 1:
            _join(members, start, end, pvalue, founder_of)
    founder = founder_of == np.arange(count)
    founders = np.flatnonzero(founder)
    founders = founders[np.lexsort((start[founders], groups[founders]))]
    number = np.zeros(count, dtype=np.int64)
    number[founders] = np.arange(len(founders))
    label = names.copy()
    for call in np.flatnonzero(~founder):
        if "+" in names[call] and "+" not in label[founder_of[call]]:
            label[founder_of[call]] = names[call]
    return number[founder_of], founder, label[founder_of]


def _stretches(start: NDArray[np.int64], end: NDArray[np.int64], group: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    """Calls in runs that are linked by overlap of their spans."""
    order = np.lexsort((start, group))
    if not len(order):
        return []
    first, last, where = start[order], end[order], group[order]
    # lift every group above the one before, so that one running maximum serves all
    rank = np.unique(where, return_inverse=True)[1]
    lift = rank * (int(last.max()) + 1)
    reach = np.maximum.accumulate(last + lift)
    breaks = np.flatnonzero(first[1:] + lift[1:] >= reach[:-1]) + 1
    return np.split(order, breaks)


def _join(
    members: NDArray[np.intp],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    pvalue: NDArray[np.float64],
    founder_of: NDArray[np.intp],
) -> None:
    """Fill `founder_of` for the calls of one stretch."""
    left = members[np.lexsort((start[members], pvalue[members]))]
    while len(left):
        best, rest = left[0], left[1:]
        hexamers = np.array([start[best], end[best] - HEXAMER])
        others = np.stack([start[rest], end[rest] - HEXAMER])
        shares = (np.abs(others[:, :, None] - hexamers) < HEXAMER).any(axis=(0, 2))
        founder_of[rest[shares]] = best
        left = rest[~shares]
