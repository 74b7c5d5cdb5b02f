"""ChIP-qPCR amplicons with primer3: one that covers a RARE, one without any element and far from it."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rarml.core.errors import MissingPartError
from rarml.explain.assay_window import PromoterWindow, Site, reverse_text

SMALLEST, LARGEST = 60, 150
EDGE = 25
"""Bases a primer needs beside the element."""
_TILE, _STEP, _TRIED = 180, 30, 25
_SETTINGS: dict[str, Any] = {
    "PRIMER_PRODUCT_SIZE_RANGE": [[SMALLEST, LARGEST]],
    "PRIMER_OPT_TM": 60.0,
    "PRIMER_MIN_TM": 58.0,
    "PRIMER_MAX_TM": 62.5,
    "PRIMER_PAIR_MAX_DIFF_TM": 2.0,
    "PRIMER_OPT_SIZE": 20,
    "PRIMER_MIN_SIZE": 17,
    "PRIMER_MAX_SIZE": 27,
    "PRIMER_MIN_GC": 30.0,
    "PRIMER_MAX_GC": 75.0,
    "PRIMER_MAX_POLY_X": 5,
    "PRIMER_NUM_RETURN": 1,
    "PRIMER_MAX_NS_ACCEPTED": 0,
}


@dataclass(frozen=True)
class Amplicon:
    """An amplicon in window coordinates (0-based half-open); `forward` reads along the gene, `reverse` against it."""

    start: int
    end: int
    forward: str
    reverse: str
    forward_tm: float
    reverse_tm: float


def require_primer3() -> Any:
    """The primer3 module, or a `MissingPartError` that tells how to get it."""
    try:
        primer3 = importlib.import_module("primer3")
    except ImportError as error:
        raise MissingPartError("primer3-py is not installed", fix='pip install "rarml[bench]"') from error
    return primer3


def rare_amplicon(window: PromoterWindow, site: Site) -> Amplicon | str:
    """The best primer pair around a RARE, or the reason why there is none."""
    low, high = window.known(site.start, site.end)
    if site.start - low < EDGE or high - site.end < EDGE:
        return f"fewer than {EDGE} known bases beside the element in the window"
    low, high = max(low, site.end - LARGEST), min(high, site.start + LARGEST)
    return _designed(window, low, high, site) or f"primer3 finds no pair for {SMALLEST}-{LARGEST} bp and Tm 58-62.5"


def control_amplicon(window: PromoterWindow, sites: Sequence[Site]) -> Amplicon | str:
    """An amplicon of the window that touches no called RARE, as far from all the given ones as one can be had."""
    tiles = []
    for start in range(0, len(window.text) - _TILE + 1, _STEP):
        end = start + _TILE
        free = not any(other.touches(start, end) for other in window.sites)
        if free and "N" not in window.text[start:end] and not any(site.touches(start, end) for site in sites):
            tiles.append((-apart(sites, start, end), start))
    for _, start in sorted(tiles)[:_TRIED]:
        if found := _designed(window, start, start + _TILE, None):
            return found
    return "no stretch of the window free of called elements and of N takes a primer pair"


def apart(sites: Sequence[Site], start: int, end: int) -> int:
    """Bases between [start, end) and the nearest of some sites; 0 where they touch."""
    return min(max(start - site.end, site.start - end, 0) for site in sites)


def _designed(window: PromoterWindow, low: int, high: int, site: Site | None) -> Amplicon | None:
    text = window.text[low:high]
    if len(text) < SMALLEST:
        return None
    asked: dict[str, Any] = {"SEQUENCE_ID": window.name, "SEQUENCE_TEMPLATE": text}
    if site is not None:
        asked["SEQUENCE_TARGET"] = [site.start - low, site.end - site.start]
    found = require_primer3().design_primers(asked, _SETTINGS)
    if not found.get("PRIMER_PAIR_NUM_RETURNED"):
        return None
    (left, left_size), (right, right_size) = found["PRIMER_LEFT_0"], found["PRIMER_RIGHT_0"]
    return Amplicon(
        low + left,
        low + right + 1,  # primer3 names the last base of the right primer
        text[left : left + left_size],
        reverse_text(text[right - right_size + 1 : right + 1]),
        round(float(found["PRIMER_LEFT_0_TM"]), 1),
        round(float(found["PRIMER_RIGHT_0_TM"]), 1),
    )
