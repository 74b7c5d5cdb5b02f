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

from rarml.features.base_index import EIGHT_MERS, SEVEN_MERS, BaseIndex, Workspace
from rarml.features.half_sites import WIDTH
from rarml.features.kmer_index import FIRST_UNKNOWN, LAST_UNKNOWN
from rarml.features.pair_geometry import Reading
from rarml.reference.bases import N

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
    """How to search.

    Attributes
    ----------
    tables : int16 (n_tables, TABLE_SIZE)
        Scores by window index; a half-site model's forward table is even, its reverse table the next.
    unknown_flank : int16 (n_tables,)
        What the score changes by if the flank, read as A, is unknown.
    flags7, flags8 : (SEVEN_MERS,) unsigned, (EIGHT_MERS,) bool
        Anchor groups that a window belongs to, one bit each; 8-mers that hold any anchor.
    groups : tuple of (flag bit, table, probes)
    dense : dict of int to int64 (EIGHT_MERS,)
        Model -> its four scores (forward, reverse of both windows) by 8-mer, for models read at many places.
    thresholds : int64 (n_readings,)
    left_table, right_table, right_step : intp (n_readings,)
        Tables of both halves and window of the right half minus window of the left.
    """

    tables: NDArray[np.int16]
    unknown_flank: NDArray[np.int16]
    flags7: NDArray[Any]
    flags8: NDArray[np.bool_]
    groups: tuple[tuple[int, int, tuple[Probes, ...]], ...]
    dense: dict[int, NDArray[np.int64]]
    thresholds: NDArray[np.int64]
    left_table: NDArray[np.intp]
    right_table: NDArray[np.intp]
    right_step: NDArray[np.intp]


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
    known = tables[:, :SEVEN_MERS]
    flags = np.zeros(SEVEN_MERS, dtype=np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint64)
    groups = []
    readers: dict[int, int] = {}
    for bit, ((table, cut), partners) in enumerate(sorted(wanted.items())):
        flags[known[table] >= cut] |= flags.dtype.type(1 << bit)
        groups.append((1 << bit, table, tuple(_probes(*item) for item in sorted(partners.items()))))
        for partner, rows in partners.items():
            readers[partner // 2] = readers.get(partner // 2, 0) + len(rows)
    eights = np.arange(EIGHT_MERS)
    first, second = eights >> 2, eights & (SEVEN_MERS - 1)
    dense = {}
    for model in sorted(model for model, count in readers.items() if count > _DENSE_PROBES):
        both = known[2 * model : 2 * model + 2]
        dense[model] = np.ascontiguousarray(np.vstack([both[:, first], both[:, second]]).T).view(np.int64).ravel()
    return Plan(
        tables,
        _unknown_flank(tables),
        flags,
        (flags[first] | flags[second]) != 0,
        tuple(groups),
        dense,
        np.array([thresholds[item.type_index] for item in all_readings], dtype=np.int64),
        np.array([item.left_table for item in all_readings], dtype=np.intp),
        np.array([item.right_table for item in all_readings], dtype=np.intp),
        np.array([item.right_window - item.left_window for item in all_readings], dtype=np.intp),
    )


def _unknown_flank(tables: NDArray[np.int16]) -> NDArray[np.int16]:
    """Score with an unknown flank minus score with flank A (forward: the window's first base; reverse: its last)."""
    forward = tables[0::2, FIRST_UNKNOWN] - tables[0::2, 0]
    backward = tables[1::2, LAST_UNKNOWN] - tables[1::2, 0]
    return np.column_stack([forward, backward]).ravel().astype(np.int16)


def _probes(table: int, rows: list[tuple[int, int, int, int, int]]) -> Probes:
    reading, step, threshold, below, to_left = np.array(rows, dtype=np.intp).T
    return Probes(table, reading, step, threshold.astype(np.int16), below.astype(np.int16), to_left)


def find_pairs(
    index: BaseIndex, search: Plan, space: Workspace
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]:
    """Reading, window of the left half and score of every pair at or above its threshold."""
    eights = index.eights
    count = len(eights)
    anchored = np.take(search.flags8, eights, out=space.buffer("anchored", count, np.bool_), mode="wrap")
    # no anchor lies in the N before and behind the rows, so no probe steps outside
    edge = (space.lead - WIDTH) // 2
    held = np.flatnonzero(anchored[edge : count - edge]) + edge
    windows = (2 * held[:, None] + np.arange(2)).ravel()
    flagged = search.flags7.take(index.windows(windows))
    dense = {
        model: np.take(table, eights, out=space.buffer(f"model{model}", count, np.int64), mode="wrap").view(np.int16)
        for model, table in search.dense.items()
    }
    found = []
    for flag, table, partners in search.groups:
        here = windows.take(np.flatnonzero(flagged & flagged.dtype.type(flag)))
        own = _scores(index, search, dense, table, here)[:, None]
        for probes in partners:
            partner = _scores(index, search, dense, probes.table, here[:, None] + probes.step)
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
    return _checked(index, search, reading, window, total)


def _scores(
    index: BaseIndex, search: Plan, dense: dict[int, NDArray[np.int16]], table: int, windows: NDArray[np.intp]
) -> NDArray[np.int16]:
    """Scores of one table at some windows; unknown bases count as A."""
    model = dense.get(table // 2)
    if model is None:
        return search.tables[table].take(index.windows(windows))
    return model.take(2 * windows + (table & 1))


def _checked(
    index: BaseIndex,
    search: Plan,
    reading: NDArray[np.intp],
    window: NDArray[np.intp],
    total: NDArray[np.int16],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]:
    """Drop pairs with N in a hexamer, take back what an unknown flank was credited, and hold against the threshold.

    Reading N as A never hides a pair: the flank's lowest score is at most that of A.
    """
    keep = np.ones(len(total), dtype=bool)
    total = total.astype(np.int16)
    sides = ((search.left_table, 0), (search.right_table, search.right_step))
    for tables, step in sides:
        table = tables[reading]
        place = window if isinstance(step, int) else window + step[reading]
        unknown = index.codes.take(place[:, None] + np.arange(WIDTH)) >= N
        touched = np.flatnonzero(unknown.any(axis=1))
        reverse = (table[touched] & 1).astype(bool)
        flank = np.where(reverse, unknown[touched, -1], unknown[touched, 0])
        total[touched] += np.where(flank, search.unknown_flank[table[touched]], 0).astype(np.int16)
        keep[touched] &= unknown[touched].sum(axis=1) == flank
    keep &= total >= search.thresholds[reading]
    return reading[keep], window[keep], total[keep]


def _shared_cuts(halves: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each half-threshold lowered to the lowest of its neighbours within `_CUT_SPAN`."""
    shared = halves.copy()
    lowest = None
    for position in np.argsort(halves, kind="stable"):
        if lowest is None or halves[position] - lowest > _CUT_SPAN:
            lowest = halves[position]
        shared[position] = lowest
    return shared
