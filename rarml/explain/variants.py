"""Changed versions of a promoter: an element destroyed, respaced, turned or put in, with nothing else changed.

All changes are substitutions, so every other base keeps its distance from the TSS. Where a spacer is changed the
element's downstream half-site moves by one base within it: a longer element covers the base beyond it, a shorter one
leaves a copy of the base that followed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from rarml.core.seeds import child_rng
from rarml.features.calls import PairScanner, SiteCalls
from rarml.features.half_site_count import count_half_sites
from rarml.features.half_sites import HEXAMER
from rarml.features.spacing import PairType
from rarml.reference.bases import N, encode, reverse_complement

Codes = NDArray[np.uint8]
CALLED = 1e-4
"""An element is gone when no pair of any type at or below this p-value is left on its half-sites."""
MUTATED = "both half-sites mutated"
_CONSENSUS = encode("AGGTCA")
# which base takes the place of A, C, G, T: transversions that keep GC, then those that do not, then transitions
_EXCHANGES = ((3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1))
# which bases of a hexamer are exchanged
_PLACES = (range(HEXAMER), range(1, HEXAMER - 1), (1, 2, 4), (0, 2, 3, 5), (1, 3, 4, 5), (0, 1, 4, 5), (2, 3, 4, 5))
_MOST_TRIES = 200


@dataclass(frozen=True)
class Variant:
    """One changed version of a promoter.

    Attributes
    ----------
    what : str
        What was done, in words.
    codes : uint8 array of shape (length,)
        Its bases, 5' to 3' on the gene's strand.
    """

    what: str
    codes: Codes


def site_variants(codes: Codes, start: int, pair: PairType, strand: int, scanner: PairScanner) -> Iterator[Variant]:
    """The experiments on one element: both half-sites mutated, its spacer changed, itself and one half-site turned.

    Parameters
    ----------
    codes : uint8 array of shape (length,)
        Bases of the promoter (A 0, C 1, G 2, T 3, N 4).
    start : int
        First base of the element in it.
    pair : PairType
        Its type.
    strand : int
        +1, -1, or 0 for one that reads the same on both strands.
    scanner : PairScanner
        Of all types, at p-values up to `CALLED` or laxer.
    """
    end = start + pair.length
    mutated = knocked_out(codes, start, end, scanner)
    if mutated is not None:
        yield Variant(MUTATED, mutated)
    if end < len(codes):
        left, spacer, right = _parts(codes, start, end)
        beyond = codes[end : end + 1]
        middle = len(spacer) // 2
        filled = spacer[middle : middle + 1] if len(spacer) else beyond
        longer = np.concatenate([left, spacer[:middle], filled, spacer[middle:], right])
        yield Variant(f"spacer of {len(spacer) + 1}", _placed(codes, start, longer))
        if len(spacer):
            shorter = np.concatenate([left, spacer[:middle], spacer[middle + 1 :], right, beyond])
            yield Variant(f"spacer of {len(spacer) - 1}", _placed(codes, start, shorter))
    if strand != 0:
        turned = reverse_complement(codes[start:end])
        yield Variant("turned to the other strand", _placed(codes, start, turned))
        left, spacer, right = _parts(codes, start, end)
        name = f"downstream half-site turned ({'IR' if strand > 0 else 'ER'}{len(spacer)})"
        yield Variant(name, _placed(codes, start, np.concatenate([left, spacer, reverse_complement(right)])))


def knocked_out(
    codes: Codes, start: int, end: int, scanner: PairScanner, *, allowed: Callable[[Codes], bool] | None = None
) -> Codes | None:
    """A promoter with both half-sites of an element mutated so that no half-site and no new element is left there.

    The first of a fixed list of exchanges of bases that fulfils it: whole hexamers before some of their
    bases, those that keep GC before others. None if none does.

    Parameters
    ----------
    codes : uint8 array of shape (length,)
        Bases (A 0, C 1, G 2, T 3, N 4).
    start, end : int
        The element in it, 0-based half-open.
    scanner : PairScanner
        Of all types, at p-values up to `CALLED` or laxer.
    allowed : callable, optional
        What else must hold of the changed bases.

    Returns
    -------
    uint8 array of shape (length,) or None
    """
    halves = [(start, start + HEXAMER), (end - HEXAMER, end)]
    before = _elements(scanner.scan(codes), [(0, len(codes))])
    for places, first, second in product(_PLACES, _EXCHANGES, _EXCHANGES):
        changed = codes.copy()
        for (place, _), exchange in zip(halves, (first, second), strict=True):
            own = place + np.array(places)
            changed[own] = np.append(np.array(exchange, dtype=np.uint8), np.uint8(N))[changed[own]]
        if _half_sites_left(changed, halves) or (allowed is not None and not allowed(changed)):
            continue
        found = scanner.scan(changed)
        if not _elements(found, halves) and _elements(found, [(0, len(codes))]) <= before:
            return changed
    return None


def inserted(codes: Codes, start: int, spacer: int = 5, *, consensus: Codes = _CONSENSUS) -> Variant | None:
    """A promoter with a direct repeat of the consensus half-site written over its bases; the spacer's bases stay.

    Parameters
    ----------
    codes : uint8 array of shape (length,)
    start : int
        Where the repeat begins.
    spacer : int
        Bases between the half-sites.

    Returns
    -------
    Variant or None
        None where it does not fit in or would stand on unknown bases.
    """
    end = start + 2 * HEXAMER + spacer
    if start < 0 or end > len(codes) or (codes[start:end] == N).any():
        return None
    changed = codes.copy()
    changed[start : start + HEXAMER] = consensus
    changed[end - HEXAMER : end] = consensus
    return Variant(f"DR{spacer} put in", changed)


def random_changes(
    codes: Codes, changed: Codes, avoid: NDArray[np.bool_], n_draws: int, *, seed: int, reach: int = 250
) -> list[Codes]:
    """The same number of base changes in the same pattern, elsewhere in the promoter.

    The changed places are moved together to a random place within `reach` bases of their own (anywhere, where that
    leaves too few), off the places to avoid and off N, and each base there is replaced by a random other one.

    Parameters
    ----------
    codes, changed : uint8 arrays of shape (length,)
        Before and after the change to be matched.
    avoid : bool array of shape (length,)
        Bases to leave alone: those of called elements.
    n_draws : int
        Promoters drawn.
    seed : int
        Root seed; the same input gives the same promoters.
    reach : int
        Bases.

    Returns
    -------
    list of uint8 arrays of shape (length,)
        Fewer than `n_draws` only if there is nowhere to change anything.
    """
    places = np.flatnonzero(codes != changed)
    if not len(places):
        return []
    closed = avoid | (codes == N)
    shifts = np.arange(-places[0], len(codes) - places[-1])
    free = np.array([not closed[places + shift].any() for shift in shifts])
    near = free & (np.abs(shifts) <= reach)
    open_shifts = shifts[near if near.sum() >= min(n_draws, _MOST_TRIES) else free]
    rng = child_rng(seed, "random changes", int(places[0]), len(places))
    result = []
    for _ in range(n_draws if len(open_shifts) else 0):
        moved = places + int(rng.choice(open_shifts))
        drawn = codes.copy()
        drawn[moved] = (drawn[moved] + rng.integers(1, 4, len(moved))) % 4
        result.append(drawn)
    return result


def element_places(codes: Codes, scanner: PairScanner) -> NDArray[np.bool_]:
    """Bases that belong to a called element (p <= `CALLED`), bool of shape (length,)."""
    inside = np.zeros(len(codes), dtype=bool)
    calls = scanner.scan(codes)
    for start, length in zip(*(_called(calls, name) for name in ("start", "length")), strict=True):
        inside[start : start + length] = True
    return inside


def elements_at(codes: Codes, start: int, end: int, scanner: PairScanner) -> list[str]:
    """Types of the elements that are called (p <= `CALLED`) on any base of [start, end), best first."""
    calls = scanner.scan(codes)
    here = (calls.pvalue <= CALLED) & (calls.start < end) & (calls.start + calls.length > start)
    own = calls[np.flatnonzero(here)]
    order = np.argsort(own.pvalue, kind="stable")
    return list(dict.fromkeys(own.types[int(number)].name for number in own.type_index[order]))


def _called(calls: SiteCalls, name: str) -> NDArray[np.int64]:
    values: NDArray[np.int64] = getattr(calls, name)[calls.pvalue <= CALLED]
    return values


def _elements(calls: SiteCalls, spans: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """(start, type) of the called elements that touch any of the spans."""
    good = calls.pvalue <= CALLED
    touching = np.zeros(len(calls), dtype=bool)
    for low, high in spans:
        touching |= (calls.start < high) & (calls.start + calls.length > low)
    # an element that merely encloses the half-site in its spacer does not stand on it
    keep = np.flatnonzero(good & touching)
    found = set()
    for number in keep:
        first, length = int(calls.start[number]), int(calls.length[number])
        own = ((first, first + HEXAMER), (first + length - HEXAMER, first + length))
        if any(a < high and b > low for a, b in own for low, high in spans):
            found.add((first, int(calls.type_index[number])))
    return found


def _half_sites_left(codes: Codes, halves: list[tuple[int, int]]) -> bool:
    """Whether a mutated hexamer, with the base on either side, still holds a half-site at p <= 1e-3."""
    return any(int(count_half_sites(codes[None, max(low - 1, 0) : high + 1])[0]) > 0 for low, high in halves)


def _parts(codes: Codes, start: int, end: int) -> tuple[Codes, Codes, Codes]:
    return codes[start : start + HEXAMER], codes[start + HEXAMER : end - HEXAMER], codes[end - HEXAMER : end]


def _placed(codes: Codes, start: int, part: Codes) -> Codes:
    changed = codes.copy()
    changed[start : start + len(part)] = part
    return changed
