"""The search itself: anchors, the partners worth a look on either side of them, and the exact score of what is left.

`pair_plan` says why nothing is missed. The cost hardly grows with the number of types.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rarml.features.base_index import BaseIndex, Workspace
from rarml.features.half_sites import WIDTH
from rarml.features.pair_plan import Plan
from rarml.reference.bases import N

_BATCH = 1 << 17
"""Candidates scored together: bounds the memory of permissive thresholds."""
_LOWEST_KIND = np.array([(bits & -bits).bit_length() - 1 if bits else 0 for bits in range(16)], dtype=np.intp)

Hits = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]


def find_pairs(index: BaseIndex, search: Plan, space: Workspace) -> Hits:
    """Reading, window of the left half and score of every pair at or above its threshold, each once."""
    eights = index.eights
    count = len(eights)
    # words of flags are read across the end
    words = -(-count // 8) + 2
    flags = space.buffer("flags", 8 * words, np.uint8)
    flags[count:] = 0
    np.take(search.flags, eights, out=flags[:count], mode="wrap")
    anchored = np.less(flags[:count].view(np.int8), 0, out=space.buffer("anchored", count, np.bool_))
    # no anchor of interest lies in the N before and behind the rows, so no word begins outside
    edge = (space.lead - WIDTH) // 2
    held = np.flatnonzero(anchored[edge : count - edge]) + edge
    levels = search.anchors.take(eights.take(held))
    kinds = search.kinds.take(levels)
    found: list[Hits] = []
    waiting: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]] = []
    size = 0
    aligned = flags.view(np.uint64)
    strong = np.flatnonzero(search.holds_strong.take(levels))
    for word, start in enumerate(search.word_starts.tolist()):
        begin = held + start
        shift = ((begin & 7) << 3).astype(np.uint64)
        at = begin >> 3
        wanted = (aligned.take(at) >> shift) | (aligned.take(at + 1) << (np.uint64(64) - shift))
        wanted &= search.mid[word].take(levels)
        wanted |= search.always[word].take(levels)
        around = eights.take(begin[strong, None] + np.arange(8), mode="clip")
        weak = search.weak_flags.take(around).view(np.uint64).ravel()
        wanted[strong] |= weak & search.weak[word].take(levels[strong])
        left = np.flatnonzero(wanted)
        wanted = wanted[left]
        while len(left):
            below = wanted - np.uint64(1)
            bit = np.bitwise_count(~wanted & below)
            place = (bit.astype(np.intp) + 64 * word) * 4
            waiting.append((held.take(left), place, kinds.take(left)))
            size += len(left)
            if size > _BATCH:
                found.append(_score(index, search, waiting))
                waiting, size = [], 0
            wanted &= below
            more = np.flatnonzero(wanted)
            left, wanted = left[more], wanted[more]
    if waiting:
        found.append(_score(index, search, waiting))
    if not found:
        nothing = np.empty(0, dtype=np.intp)
        return nothing, nothing, np.empty(0, dtype=np.int16)
    reading, window, total = (np.concatenate(column) for column in zip(*found, strict=True))
    return _checked(index, search, *_once(reading, window, total))


def _score(
    index: BaseIndex, search: Plan, waiting: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]]
) -> Hits:
    """Score candidates (anchor 8-mer, place, kinds of anchor it holds); unknown bases count as A."""
    eight, place, kinds = (np.concatenate(column) for column in zip(*waiting, strict=True))
    found: list[Hits] = []
    while len(eight):
        at = place + _LOWEST_KIND.take(kinds)
        first = eight << 1
        left = first + search.left_shift.take(at)
        right = first + search.right_shift.take(at)
        total = search.tables.take(index.windows(left) + search.left_base.take(at))
        total += search.tables.take(index.windows(right) + search.right_base.take(at))
        hits = np.flatnonzero(total >= search.limit.take(at))
        found.append((search.reading.take(at[hits]), left[hits], total[hits]))
        # the few 8-mers that hold another anchor
        kinds = kinds & (kinds - np.uint8(1))
        more = np.flatnonzero(kinds)
        eight, place, kinds = eight[more], place[more], kinds[more]
    reading, window, scores = (np.concatenate(column) for column in zip(*found, strict=True))
    return reading, window, scores


def _once(reading: NDArray[np.intp], window: NDArray[np.intp], total: NDArray[np.int16]) -> Hits:
    """A pair of two anchors is found from both."""
    key = window * (int(reading.max(initial=0)) + 1) + reading
    _, first = np.unique(key, return_index=True)
    return reading[first], window[first], total[first]


def _checked(
    index: BaseIndex,
    search: Plan,
    reading: NDArray[np.intp],
    window: NDArray[np.intp],
    total: NDArray[np.int16],
) -> Hits:
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
