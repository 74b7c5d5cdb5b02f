"""What the search for pairs looks up: which half-sites anchor a pair, and which partners are good enough for them.

Of every pair that reaches its threshold T one half, the anchor, scores at least T / 2. Its partner scores at least
`MID`, unless the anchor is strong (T - MID or more), and at least T minus the anchor's highest score in any case. So
one flag byte for each 8-mer tells most places apart: whether it holds an anchor, and which of its two windows holds a
partner worth a look, forward or reverse. Eight such bytes in a 64-bit word cover every partner of an anchor on one
side (0 to 10 bases between the half-sites; more words beyond), and one AND with a mask leaves the pairs to score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.features.base_index import EIGHT_MERS, SEVEN_MERS
from rarml.features.kmer_index import FIRST_UNKNOWN, LAST_UNKNOWN, TABLE_SIZE
from rarml.features.pair_geometry import Reading

MID = 150
"""Partner score (1/100 bit) that sets a flag: higher means fewer partners to look at and more strong anchors."""
ANCHOR = 0x80
"""Flag of an 8-mer that holds an anchor; bits 0 to 3 are partners: 2 * window + reverse."""
_LOW_SPAN = 120
"""Types whose threshold lies below the median by more than this are looked for around anchors of their own level."""
_HIGHEST = int(np.iinfo(np.int16).max)
_LEVELS = 5
LOW, REGULAR, LOW_STRONG, STRONG = range(1, _LEVELS)
"""Anchor levels; each also does what those below it do. Low types: partners with flag; regular types: the same; low
types: every partner; regular types: partners that the best anchor would need."""
_KINDS = 4
_WORD_WINDOWS = 16


@dataclass(frozen=True, eq=False)
class Plan:
    """How to search. A *kind* is 2 * window in the 8-mer + reverse; a *word* holds the flags of 8 neighbouring 8-mers.

    Attributes
    ----------
    tables : int16 (n_tables * TABLE_SIZE,)
        Scores by window index; a half-site model's forward table is even, its reverse table the next.
    unknown_flank : int16 (n_tables,)
        What the score changes by if the flank, read as A, is unknown.
    flags, weak_flags : uint8 (EIGHT_MERS,)
        Flags of partners of any anchor (with `ANCHOR`), and of partners of strong anchors.
    anchors : intp (EIGHT_MERS,)
        Anchor levels of the four kinds as one number in base 5; index of the next four.
    kinds : uint8 (625,)
        Bit k: kind k is an anchor.
    holds_strong : bool (625,)
        Whether any of the four is `STRONG`.
    mid, always, weak : uint64 (n_words, 625)
        Partners wanted if flagged, wanted in any case, and wanted if flagged in `weak_flags`.
    word_starts : intp (n_words,)
        First 8-mer of each word minus that of the anchor.
    left_shift, right_shift : intp (n_words * 64 * 4,)
        Window of each half minus the anchor 8-mer's first, by word, bit and kind.
    left_base, right_base : intp, same shape
        Where the half's table starts in `tables`.
    reading : intp, same shape
        Reading (type and strand); 0 where there is none.
    limit : int16, same shape
        Lowest score of a called pair; out of reach where there is no reading.
    thresholds : int64 (n_readings,)
    left_table, right_table, right_step : intp (n_readings,)
        Tables of both halves and window of the right half minus window of the left.
    """

    tables: NDArray[np.int16]
    unknown_flank: NDArray[np.int16]
    flags: NDArray[np.uint8]
    weak_flags: NDArray[np.uint8]
    anchors: NDArray[np.intp]
    kinds: NDArray[np.uint8]
    holds_strong: NDArray[np.bool_]
    mid: NDArray[np.uint64]
    always: NDArray[np.uint64]
    weak: NDArray[np.uint64]
    word_starts: NDArray[np.intp]
    left_shift: NDArray[np.intp]
    right_shift: NDArray[np.intp]
    left_base: NDArray[np.intp]
    right_base: NDArray[np.intp]
    reading: NDArray[np.intp]
    limit: NDArray[np.int16]
    thresholds: NDArray[np.int64]
    left_table: NDArray[np.intp]
    right_table: NDArray[np.intp]
    right_step: NDArray[np.intp]


def plan(tables: NDArray[np.int16], all_readings: Sequence[Reading], thresholds: NDArray[np.int64]) -> Plan:
    """Flags, masks and tables for the readings of types with the given thresholds (one per type)."""
    limits = np.minimum([thresholds[item.type_index] for item in all_readings], _HIGHEST).astype(np.int64)
    low = limits < np.median(limits) - _LOW_SPAN if len(limits) else np.zeros(0, dtype=bool)
    levels, mid, weak = _by_window(tables[:, :SEVEN_MERS], all_readings, limits, low)
    eights = np.arange(EIGHT_MERS)
    windows = (eights >> 2, eights & (SEVEN_MERS - 1))
    anchors = np.zeros(EIGHT_MERS, dtype=np.intp)
    flags, weak_flags = np.zeros((2, EIGHT_MERS), dtype=np.uint8)
    for kind in range(_KINDS):
        here = (kind & 1, windows[kind >> 1])
        anchors += levels[here].astype(np.intp) * _LEVELS**kind
        flags |= mid[here].astype(np.uint8) << kind
        weak_flags |= weak[here].astype(np.uint8) << kind
    flags[anchors > 0] |= ANCHOR
    starts, places = _places(all_readings)
    level_of = np.arange(_LEVELS**_KINDS)[None, :] // _LEVELS ** np.arange(_KINDS)[:, None] % _LEVELS
    masks = np.zeros((3, len(starts), _LEVELS**_KINDS), dtype=np.uint64)
    shape = (len(starts), 64, _KINDS)
    left_shift, right_shift, left_base, right_base, reading = np.zeros((5, *shape), dtype=np.intp)
    limit = np.full(shape, _HIGHEST, dtype=np.int16)
    for word, bit, kind, number, left, right in places:
        item, one = all_readings[number], np.uint64(1 << bit)
        masks[0, word, level_of[kind] >= (LOW if low[number] else REGULAR)] |= one
        masks[1 if low[number] else 2, word, level_of[kind] >= (LOW_STRONG if low[number] else STRONG)] |= one
        place = (word, bit, kind)
        left_shift[place], right_shift[place] = left, right
        left_base[place], right_base[place] = item.left_table * TABLE_SIZE, item.right_table * TABLE_SIZE
        reading[place], limit[place] = number, limits[number]
    return Plan(
        tables=tables.ravel(),
        unknown_flank=_unknown_flank(tables),
        flags=flags,
        weak_flags=weak_flags,
        anchors=anchors,
        kinds=((level_of > 0) << np.arange(_KINDS)[:, None]).sum(axis=0).astype(np.uint8),
        holds_strong=np.asarray((level_of >= STRONG).any(axis=0)),
        mid=masks[0],
        always=masks[1],
        weak=masks[2],
        word_starts=starts,
        left_shift=left_shift.ravel(),
        right_shift=right_shift.ravel(),
        left_base=left_base.ravel(),
        right_base=right_base.ravel(),
        reading=reading.ravel(),
        limit=limit.ravel(),
        thresholds=limits,
        left_table=np.array([item.left_table for item in all_readings], dtype=np.intp),
        right_table=np.array([item.right_table for item in all_readings], dtype=np.intp),
        right_step=np.array([item.right_window - item.left_window for item in all_readings], dtype=np.intp),
    )


def _by_window(
    known: NDArray[np.int16], all_readings: Sequence[Reading], limits: NDArray[np.int64], low: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]:
    """Anchor level, and whether it is a partner (of any, of a strong anchor), by orientation and window: (2, 4^7)."""
    levels = np.zeros((2, SEVEN_MERS), dtype=np.uint8)
    mid, weak = np.zeros((2, 2, SEVEN_MERS), dtype=bool)
    for item, limit, is_low in zip(all_readings, limits.tolist(), low.tolist(), strict=True):
        for own, other in ((item.left_table, item.right_table), (item.right_table, item.left_table)):
            level, score = levels[own & 1], known[own].astype(np.int64)
            plain, strong = (LOW, LOW_STRONG) if is_low else (REGULAR, STRONG)
            for cut, reached in ((-(-limit // 2), plain), (limit - MID, strong)):
                np.maximum(level, np.where(score >= cut, reached, 0).astype(np.uint8), out=level)
            mid[own & 1] |= score >= MID
            weak[own & 1] |= score >= limit - int(known[other].max())
    return levels, mid, weak


def _places(all_readings: Sequence[Reading]) -> tuple[NDArray[np.intp], list[tuple[int, int, int, int, int, int]]]:
    """First 8-mer of every word, and (word, bit, anchor kind, reading, left window, right window) of each place.

    Windows count from the first one of the anchor's 8-mer. Words 2j look to the right and begin 4 + 16 j windows on;
    words 2j + 1 look to the left and begin 18 + 16 j windows before.
    """
    places = []
    words = 2
    for number, item in enumerate(all_readings):
        step = item.right_window - item.left_window
        for second in (0, 1):
            for anchor, partner, to_right in (
                (item.left_table, item.right_table, True),
                (item.right_table, item.left_table, False),
            ):
                there = second + step if to_right else second - step
                slot = there - 4 if to_right else there + 18
                far = slot // _WORD_WINDOWS if to_right else -(slot // _WORD_WINDOWS)
                slot %= _WORD_WINDOWS
                word = 2 * far + (not to_right)
                bit = 8 * (slot >> 1) + 2 * (slot & 1) + (partner & 1)
                left, right = (second, there) if to_right else (there, second)
                places.append((word, bit, 2 * second + (anchor & 1), number, left, right))
                words = max(words, word + 1)
    starts = [2 + 8 * (word // 2) if word % 2 == 0 else -9 - 8 * (word // 2) for word in range(words)]
    return np.array(starts, dtype=np.intp), places


def _unknown_flank(tables: NDArray[np.int16]) -> NDArray[np.int16]:
    """Score with an unknown flank minus score with flank A (forward: the window's first base; reverse: its last)."""
    forward = tables[0::2, FIRST_UNKNOWN] - tables[0::2, 0]
    backward = tables[1::2, LAST_UNKNOWN] - tables[1::2, 0]
    return np.column_stack([forward, backward]).ravel().astype(np.int16)
