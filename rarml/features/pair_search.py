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


@dataclass(frozen=True)
class Probe:
    """Where the partner of an anchor lies and what the pair must score.

    Attributes
    ----------
    reading : int
        Which reading (type and strand) the pair is.
    step : int
        Window of the partner minus window of the anchor.
    table : int
        Score table of the partner.
    threshold : int
        Lowest score of a called pair.
    below : int or None
        Set where the anchor is the right half: pairs whose left half reaches this are found from there.
    """

    reading: int
    step: int
    table: int
    threshold: int
    below: int | None


@dataclass(frozen=True, eq=False)
class Plan:
    """How to search: flags by window index, and per anchor group its flag bit, score table and probes."""

    tables: NDArray[np.int16]
    flags: NDArray[Any]
    groups: tuple[tuple[int, int, tuple[Probe, ...]], ...]
    dense: frozenset[int]


def plan(tables: NDArray[np.int16], all_readings: Sequence[Reading], thresholds: NDArray[np.int64]) -> Plan:
    """Anchor groups and flag table for the readings of types with the given thresholds (one per type).

    A pair reaching threshold T has a half of at least ceil(T / 2). A pair whose left half reaches the cut is found
    from the left; one whose right half alone does, from the right.
    """
    cuts = _shared_cuts(-(-thresholds // 2))
    probes: dict[tuple[int, int], list[Probe]] = {}
    for number, item in enumerate(all_readings):
        cut, threshold = int(cuts[item.type_index]), int(thresholds[item.type_index])
        step = item.right_window - item.left_window
        from_left = Probe(number, step, item.right_table, threshold, None)
        from_right = Probe(number, -step, item.left_table, threshold, cut)
        probes.setdefault((item.left_table, cut), []).append(from_left)
        probes.setdefault((item.right_table, cut), []).append(from_right)
    bits = len(probes)
    flags = np.zeros(tables.shape[1], dtype=np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint64)
    groups = []
    for bit, ((table, cut), members) in enumerate(sorted(probes.items())):
        flags[tables[table] >= cut] |= flags.dtype.type(1 << bit)
        groups.append((1 << bit, table, tuple(members)))
    readers = [probe.table for members in probes.values() for probe in members]
    dense = frozenset(table for table in set(readers) if readers.count(table) > _DENSE_PROBES)
    return Plan(tables, flags, tuple(groups), dense)


def find_pairs(
    index: NDArray[np.intp], search: Plan, margin: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]:
    """Reading, window of the left half and score of every pair at or above its threshold.

    Parameters
    ----------
    index : intp (n,)
        Window indices; the first and last `margin` of them are `NEVER`, so that no probe steps outside.
    """
    flagged = search.flags.take(index)
    windows = np.flatnonzero(flagged != 0)
    flagged = flagged[windows]
    dense = {table: search.tables[table].take(index) for table in search.dense}
    found = []
    for flag, table, probes in search.groups:
        here = windows[(flagged & flagged.dtype.type(flag)) != 0]
        if not len(here):
            continue
        own = search.tables[table].take(index.take(here))
        # partners are read as `scores[margin + step:]` at `here - margin`, which spares a shifted copy per probe
        place = here - margin
        for probe in probes:
            first = margin + probe.step
            if probe.table in dense:
                partner = dense[probe.table][first:].take(place)
            else:
                partner = search.tables[probe.table].take(index[first:].take(place))
            total = partner + own
            hits = np.flatnonzero(total >= probe.threshold)
            if probe.below is not None:
                hits = hits[partner[hits] < probe.below]
            if len(hits):
                left = here[hits] + (probe.step if probe.below is not None else 0)
                found.append((np.full(len(hits), probe.reading, dtype=np.intp), left, total[hits]))
    if not found:
        nothing = np.empty(0, dtype=np.intp)
        return nothing, nothing, np.empty(0, dtype=np.int16)
    reading, window, score = (np.concatenate(column) for column in zip(*found, strict=True))
    return reading, window, score


def _shared_cuts(halves: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each half-threshold lowered to the lowest of its neighbours within `_CUT_SPAN`."""
    shared = halves.copy()
    lowest = None
    for position in np.argsort(halves, kind="stable"):
        if lowest is None or halves[position] - lowest > _CUT_SPAN:
            lowest = halves[position]
        shared[position] = lowest
    return shared
