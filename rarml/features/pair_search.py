"""The search itself: half-sites good enough to anchor a pair, and the partners scored around each of them.

Each window index looks up one flag byte that tells for which anchor groups a half-site there is good enough: one that
scores at least half of a type's threshold. Of every pair that reaches its threshold at least one half is, so scoring
only the partners of anchors misses nothing, and the cost hardly grows with the number of types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.features.pair_geometry import Reading

_CUT_STEP = 100
"""Anchor cuts are rounded down to whole bits, so that types of like threshold share their anchors."""


@dataclass(frozen=True, eq=False)
class Anchor:
    """Half-sites of one table at or above a cut, and the partners to score around each of them."""

    flag: int
    table: int
    reading: NDArray[np.intp]
    step: NDArray[np.intp]
    partner_base: NDArray[np.intp]
    threshold: NDArray[np.int16]
    partner_below: NDArray[np.int16]
    to_left: NDArray[np.intp]


def plan(
    tables: NDArray[np.int16], all_readings: Sequence[Reading], thresholds: NDArray[np.int64]
) -> tuple[NDArray[np.unsignedinteger], list[Anchor]]:
    """Flag table (one bit per anchor group) and anchor groups.

    A pair reaching threshold T has a half of at least ceil(T / 2). Types of like threshold share a cut. A pair whose
    left half reaches the cut is found from the left; one whose right half alone does, from the right.
    """
    size = tables.shape[1]
    cut_of = -(-thresholds // 2) // _CUT_STEP * _CUT_STEP
    probes: dict[tuple[int, int], list[tuple[int, int, int, int, int, int]]] = {}
    highest = np.iinfo(np.int16).max
    for number, item in enumerate(all_readings):
        cut, threshold = int(cut_of[item.type_index]), int(thresholds[item.type_index])
        step = item.right_window - item.left_window
        left_key, right_key = (item.left_table, cut), (item.right_table, cut)
        probes.setdefault(left_key, []).append((number, step, item.right_table, threshold, highest, 0))
        probes.setdefault(right_key, []).append((number, -step, item.left_table, threshold, cut, -step))
    flags = np.zeros(size, dtype=np.uint32 if len(probes) > 16 else np.uint16 if len(probes) > 8 else np.uint8)
    anchors = []
    for bit, ((table, cut), rows) in enumerate(sorted(probes.items())):
        flags[tables[table] >= cut] |= flags.dtype.type(1 << bit)
        columns = np.array(rows, dtype=np.intp).T
        threshold = np.minimum(columns[3], highest).astype(np.int16)
        anchors.append(
            Anchor(
                1 << bit,
                table,
                columns[0],
                columns[1],
                columns[2] * size,
                threshold,
                columns[4].astype(np.int16),
                columns[5],
            )
        )
    return flags, anchors


def find_pairs(
    index: NDArray[np.intp], tables: NDArray[np.int16], flags: NDArray[np.unsignedinteger], anchors: Sequence[Anchor]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]:
    """Reading, window of the left half and score of every pair at or above its threshold."""
    flat = tables.ravel()
    flagged = flags.take(index)
    windows = np.flatnonzero(flagged)
    flagged = flagged[windows]
    found = []
    for anchor in anchors:
        here = windows[(flagged & flags.dtype.type(anchor.flag)) != 0]
        own = tables[anchor.table].take(index.take(here))
        partner_windows = here[:, None] + anchor.step
        partner = flat.take(index.take(partner_windows) + anchor.partner_base)
        total = partner + own[:, None]
        hit = (total >= anchor.threshold) & (partner < anchor.partner_below)
        which, probe = np.nonzero(hit)
        found.append((anchor.reading[probe], here[which] + anchor.to_left[probe], total[which, probe]))
    columns = zip(*found, strict=True)
    reading, window, score = (np.concatenate(column) for column in columns)
    return reading, window, score
