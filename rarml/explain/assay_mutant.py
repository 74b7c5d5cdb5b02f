"""A reporter mutant: both half-sites of a RARE changed so that none remains and no new element arises."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from rarml.explain.assay_window import Site, called_sites
from rarml.features.calls import PairScanner
from rarml.features.half_site_count import count_half_sites
from rarml.features.half_sites import HEXAMER
from rarml.reference.bases import encode

# transversions: purine for pyrimidine is the change a base-specific contact bears least
_SWAPS = (str.maketrans("ACGT", "CATG"), str.maketrans("ACGT", "TGCA"))
_PLACES = ((0, 1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2, 4), (0, 2, 3, 5), (1, 3, 4, 5), (0, 1, 4, 5), (2, 3, 4, 5))


def mutate_half_sites(text: str, site: Site, scanner: PairScanner, *, avoid: Sequence[str] = ()) -> str | None:
    """A sequence of the same length whose only changes lie in the two half-sites of a RARE.

    Parameters
    ----------
    text : str
        Upper-case bases without N.
    site : Site
        In coordinates of `text`.
    scanner : PairScanner
        What calls an element.
    avoid : sequence of str
        Words (restriction sites) that may not become more frequent.

    Returns
    -------
    str or None
        The first of 196 changes, tried in a fixed order, after which no called pair shares a base with a hexamer of
        the element, no single half-site (p <= 1e-3) is left in either hexamer, and every call outside was there
        before. None if no change does.
    """
    before = {(call.start, call.type, call.strand) for call in called_sites(text, scanner)}
    halves = ((site.start, site.start + HEXAMER), (site.end - HEXAMER, site.end))
    changes = [[_changed(text[a:b], swap, places) for places in _PLACES for swap in _SWAPS] for a, b in halves]
    for left, right in product(*changes):
        mutant = text[: halves[0][0]] + left + text[halves[0][1] : halves[1][0]] + right + text[halves[1][1] :]
        if any(mutant.count(word) > text.count(word) for word in avoid):
            continue
        if any(_half_site_left(mutant, a, b) for a, b in halves):
            continue
        after = called_sites(mutant, scanner)
        if all(
            (call.start, call.type, call.strand) in before and not any(_hexamer_in(call, a, b) for a, b in halves)
            for call in after
        ):
            return mutant
    return None


def _changed(hexamer: str, swap: dict[int, int], places: Sequence[int]) -> str:
    return "".join(base.translate(swap) if i in places else base for i, base in enumerate(hexamer))


def _half_site_left(text: str, start: int, end: int) -> bool:
    """Whether a half-site stands where the hexamer was; one base on each side is its flank."""
    around = text[max(start - 1, 0) : end + 1]
    return bool(np.any(count_half_sites(encode(around)[None, :]) > 0))


def _hexamer_in(call: Site, start: int, end: int) -> bool:
    """Whether a hexamer of a call (not its spacer) shares a base with [start, end)."""
    ends = ((call.start, call.start + HEXAMER), (call.end - HEXAMER, call.end))
    return any(a < end and start < b for a, b in ends)
