"""Pair types: two half-sites as direct (DRn), inverted (IRn) or everted (ERn) repeat with n bases between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import SettingsError
from rarml.features.half_sites import HEXAMER, HalfSite, dr1_half_sites, generic_half_site

MAX_SPACER = 10
LARGEST_SPACER = 50
CLASSICAL = ("DR1", "DR2", "DR5")


@dataclass(frozen=True, order=True)
class PairType:
    """One spacing type.

    Attributes
    ----------
    orientation : str
        'DR' (→ n →), 'IR' (→ n ←) or 'ER' (← n →).
    spacer : int
        Bases between the two hexamers, n.
    """

    orientation: str
    spacer: int

    @property
    def name(self) -> str:
        """For example 'DR5'."""
        return f"{self.orientation}{self.spacer}"

    @property
    def length(self) -> int:
        """Bases from the first of the left hexamer to the last of the right one."""
        return 2 * HEXAMER + self.spacer

    @property
    def palindromic(self) -> bool:
        """IR and ER read the same on both strands, so each is called once and has strand '.'."""
        return self.orientation != "DR"

    @property
    def half_sites(self) -> tuple[HalfSite, HalfSite]:
        """Models of the left and right half-site on the site's own strand."""
        if self.name == "DR1":
            return dr1_half_sites()
        return generic_half_site(), generic_half_site()

    def matrix(self) -> NDArray[np.int32]:
        """The pair as one matrix, shape (width, 4), exactly additive even where a flank lies in the other hexamer.

        Column 0 is the base before the left hexamer and the last column the base after the right one.
        """
        left, right = self.half_sites
        window = np.zeros((self.length + 2, 4), dtype=np.int32)
        forward_left, forward_right = self.orientation != "ER", self.orientation != "IR"
        second = 1 + HEXAMER + self.spacer
        _add_half(window, left, hexamer=1, forward=forward_left)
        _add_half(window, right, hexamer=second, forward=forward_right)
        return window


def _add_half(window: NDArray[np.int32], half: HalfSite, *, hexamer: int, forward: bool) -> None:
    """Add a half-site whose hexamer starts at column `hexamer`; its flank is before it, or after it if reversed."""
    if forward:
        window[hexamer - 1 : hexamer + HEXAMER] += half.matrix
    else:
        window[hexamer : hexamer + HEXAMER + 1] += half.matrix[::-1, ::-1]


def pair_types(max_spacer: int = MAX_SPACER, orientations: Iterable[str] = ("DR", "IR", "ER")) -> tuple[PairType, ...]:
    """All types with 0 … `max_spacer` bases between the half-sites (33 by default)."""
    if not 0 <= max_spacer <= LARGEST_SPACER:
        raise SettingsError(f"largest spacer must be 0 to {LARGEST_SPACER}, got {max_spacer}")
    return tuple(PairType(orientation, spacer) for orientation in orientations for spacer in range(max_spacer + 1))


def parse_types(names: Iterable[str]) -> tuple[PairType, ...]:
    """Types from names such as 'DR5' or 'dr2'; each once, in the order given.

    Raises
    ------
    SettingsError
        For a name that is not DR, IR or ER with a number from 0 to 50.
    """
    found: dict[PairType, None] = {}
    for name in names:
        match = re.fullmatch(r"(DR|IR|ER)(\d{1,2})", name.strip().upper())
        if match is None or int(match[2]) > LARGEST_SPACER:
            raise SettingsError(f"unknown spacing type {name!r}", fix="write e.g. DR5, IR0 or ER8")
        found[PairType(match[1], int(match[2]))] = None
    return tuple(found)
