"""The search itself: half-sites good enough to anchor a pair, and the partners scored around each of them.

Each window index looks up one flag byte that tells for which anchor groups a half-site there is good enough: one that
scores at least half of a type's threshold. Of every pair that reaches its threshold at least one half is, so scoring
only the partners of anchors misses nothing, and the cost hardly grows with the number of types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rarml.features.pair_geometry import Reading

_CUT_SPAN = 120
"""Types whose half-thresholds differ by no more than this (1/100 bit) share their anchors, at the lowest of them."""
_DENSE_PROBES = 4
"""Tables read by more probes than this are looked up once for all positions, the others only where needed."""
_HIGHEST = int(np.iinfo(np.int16).max)


@dataclass(frozen=True, eq=False)
class Probes:
    """The partners, in one score table, of the anchors of one group; arrays of one length.

    Attributes
    ----------
    table : int
        Score table of the partners.
    reading : intp
        Which reading (type and strand) each pair is.
    step : intp
        Window of the partner minus window of the anchor.
    threshold : int16
        Lowest score of a called pair.
    below : int16
        Where the anchor is the right half, the cut: pairs whose left half reaches it are found from there.
    to_left : intp
        Window of the left half minus window of the anchor.
    """

    table: int
    reading: NDArray[np.intp]
    step: NDArray[np.intp]
    threshold: NDArray[np.int16]
    below: NDArray[np.int16]
    to_left: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Plan:
    """How to search: flags by window index, and per anchor group its flag bit, score table and probes."""

    tables: NDArray[np.int16]
    flags: NDArray[Any]
    groups: tuple[tuple[int, int, tuple[Probes, ...]], ...]
    dense: frozenset[int]


def plan(tables: NDArray[np.int16], all_readings: Sequence[Reading], thresholds: NDArray[np.int64]) -> Plan:
    """Anchor groups and flag table for the readings of types with the given thresholds (one per type).

    A pair reaching threshold T has a half of at least ceil(T / 2). A pair whose left half reaches the cut is found
    from the left; one whose right half alone does, from the right.
    """
    cuts = _shared_cuts(-(-thresholds // 2))
    wanted: dict[tuple[int, int], dict[int, list[tuple[int, int, int, int, int]]]] = {}
    for number, item in enumerate(all_readings):
        cut, threshold = int(cuts[item.type_index]), min(int(thresholds[item.type_index]), _HIGHEST)
        step = item.right_window - item.left_window
        from_left = wanted.setdefault((item.left_table, cut), {}).setdefault(item.right_table, [])
        from_left.append((number, step, threshold, _HIGHEST, 0))
        from_right = wanted.setdefault((item.right_table, cut), {}).setdefault(item.left_table, [])
        from_right.append((number, -step, threshold, cut, -step))
    bits = len(wanted)
    flags = np.zeros(tables.shape[1], dtype=np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint64)
    groups = []
    readers: dict[int, int] = {}
    for bit, ((table, cut), partners) in enumerate(sorted(wanted.items())):
        flags[tables[table] >= cut] |= flags.dtype.type(1 << bit)
        groups.append((1 << bit, table, tuple(_probes(*item) for item in sorted(partners.items()))))
        for partner, rows in partners.items():
            readers[partner] = readers.get(partner, 0) + len(rows)
    dense = frozenset(table for table, count in readers.items() if count > _DENSE_PROBES)
    return Plan(tables, flags, tuple(groups), dense)


def _probes(table: int, rows: list[tuple[int, int, int, int, int]]) -> Probes:
    reading, step, threshold, below, to_left = np.array(rows, dtype=np.intp).T
    return Probes(table, reading, step, threshold.astype(np.int16), below.astype(np.int16), to_left)


def find_pairs(index: NDArray[np.intp], search: Plan) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]:
    """Reading, window of the left half and score of every pair at or above its threshold.

    Parameters
    ----------
    index : intp (n,)
        Window indices, with so many `NEVER` at both ends that no probe steps outside.
    """
    flagged = search.flags.take(index)
    windows = np.flatnonzero(flagged != 0)
    flagged = flagged[windows]
    dense = {table: search.tables[table].take(index) for table in search.dense}
    found = []
    for flag, table, partners in search.groups:
        here = windows[(flagged & flagged.dtype.type(flag)) != 0]
        own = search.tables[table].take(index.take(here))[:, None]
        for probes in partners:
            partner_window = here[:, None] + probes.step
            if probes.table in dense:
                partner = dense[probes.table].take(partner_window)
            else:
                partner = search.tables[probes.table].take(index.take(partner_window))
            hits = np.flatnonzero(partner + own >= probes.threshold)
            anchor, probe = np.divmod(hits, len(probes.step))
            score = partner.ravel()[hits]
            once = score < probes.below[probe]
            anchor, probe = anchor[once], probe[once]
            found.append((probes.reading[probe], here[anchor] + probes.to_left[probe], score[once] + own[anchor, 0]))
    if not found:
        nothing = np.empty(0, dtype=np.intp)
        return nothing, nothing, np.empty(0, dtype=np.int16)
    reading, window, total = (np.concatenate(column) for column in zip(*found, strict=True))
    return reading, window, total


def _shared_cuts(halves: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each half-threshold lowered to the lowest of its neighbours within `_CUT_SPAN`."""
    shared = halves.copy()
    lowest = None
    for position in np.argsort(halves, kind="stable"):
        if lowest is None or halves[position] - lowest > _CUT_SPAN:
            lowest = halves[position]
        shared[position] = lowest
    return shared
