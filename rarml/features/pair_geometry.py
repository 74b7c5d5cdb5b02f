"""Where the two half-sites of each pair type lie and which score table reads them, for both strands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rarml.features.half_sites import HEXAMER
from rarml.features.kmer_index import score_tables
from rarml.features.spacing import PairType


@dataclass(frozen=True)
class Reading:
    """One pair type as it is met when reading a sequence from left to right.

    Attributes
    ----------
    type_index : int
        Position of the type among those scanned.
    strand : int
        +1, -1, or 0 for the palindromic types.
    left_table, right_table : int
        Rows of the stacked score tables.
    left_window, right_window : int
        Window index positions relative to the start of the left hexamer.
    """

    type_index: int
    strand: int
    left_table: int
    right_table: int
    left_window: int
    right_window: int


def readings(types: Sequence[PairType]) -> tuple[NDArray[np.int16], tuple[Reading, ...]]:
    """Score tables, int16 (n_tables, TABLE_SIZE), and every reading of `types`: DR two, IR and ER one each."""
    return _readings(tuple(types))


@lru_cache(maxsize=16)
def _readings(types: tuple[PairType, ...]) -> tuple[NDArray[np.int16], tuple[Reading, ...]]:
    tables: list[NDArray[np.int16]] = []
    rows: dict[str, int] = {}
    found: list[Reading] = []
    for number, pair in enumerate(types):
        first, second = (rows.setdefault(half.name, 2 * len(rows)) for half in pair.half_sites)
        for half in pair.half_sites:
            if rows[half.name] == len(tables):
                tables.extend(score_tables(half))
        if pair.orientation == "DR":
            found.append(_reading(number, pair, +1, first, True, second, True))
            found.append(_reading(number, pair, -1, second, False, first, False))
        elif pair.orientation == "IR":
            found.append(_reading(number, pair, 0, first, True, second, False))
        else:
            found.append(_reading(number, pair, 0, first, False, second, True))
    return np.stack(tables), tuple(found)


def _reading(
    number: int, pair: PairType, strand: int, left: int, left_forward: bool, right: int, right_forward: bool
) -> Reading:
    """A forward half-site's window begins one base (its flank) before the hexamer, a reverse one's with the hexamer."""
    second = HEXAMER + pair.spacer
    return Reading(
        type_index=number,
        strand=strand,
        left_table=left + (not left_forward),
        right_table=right + (not right_forward),
        left_window=-int(left_forward),
        right_window=second - int(right_forward),
    )
