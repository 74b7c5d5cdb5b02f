"""Controls of the same material: sequences with their dinucleotides re-ordered, half-sites with another spacing.

A dinucleotide shuffle keeps every count of two adjacent bases of a sequence, and so its GC, CpG and length, but no
motif. A respaced pair keeps both half-sites of a RARE, on the same strand, but not the bases between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.seeds import child_rng
from rarml.features.half_sites import HalfSite
from rarml.features.spacing import PairType
from rarml.reference.bases import Codes, N

CONTROL_SPACERS = (3, 4, 6, 7, 9, 10)
"""Spacers of direct repeats that RAR is not known for: 3 and 4 are those of VDR and of TR and LXR. 0 and 8 are left
out, as RAR binds them in embryonic cells (Moutier 2012, GSE35599)."""
_ROWS_AT_ONCE = 1024


def dinucleotide_shuffle(codes: Codes, *, seed: int) -> Codes:
    """A uniformly drawn re-ordering of each sequence that has the same dinucleotides.

    Each run of known bases is shuffled for itself, and N stay where they are. Within a run the number of every
    dinucleotide is kept exactly, and with it the first and the last base; all sequences with that property are equally
    likely. A run of up to three bases has no other order.

    Parameters
    ----------
    codes : uint8 array of shape (n, length)
        Base codes: A 0, C 1, G 2, T 3, N 4.
    seed : int
        Root seed; the same codes and seed give the same result.

    Returns
    -------
    uint8 array of shape (n, length)

    Raises
    ------
    InputError
        If `codes` is not a matrix of base codes.

    References
    ----------
    Altschul & Erickson 1985, doi:10.1093/oxfordjournals.molbev.a040370: the bases are the vertices of a graph and each
    dinucleotide an edge; a shuffled sequence is an Eulerian walk. Every base but the last one of the run gets the edge
    by which it is left for the last time, drawn until these edges lead to the last base from everywhere; the other
    edges are left in random order.
    """
    if codes.ndim != 2 or codes.dtype != np.uint8 or (codes > N).any():
        raise InputError("sequences to shuffle must be a uint8 matrix of base codes", fix="encode them first")
    result = codes.copy()
    for start in range(0, len(codes), _ROWS_AT_ONCE):
        part = result[start : start + _ROWS_AT_ONCE]
        rng = child_rng(seed, "dinucleotide shuffle", start // _ROWS_AT_ONCE)
        known = part != N
        bases = part[known].astype(np.intp)
        if len(bases):
            part[known] = _shuffle_runs(bases, _run_starts(known), rng)
    return result


def _run_starts(known: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Where each run of known bases begins, counted in known bases only; a row ends a run."""
    before = np.zeros_like(known)
    before[:, 1:] = known[:, :-1]
    return np.flatnonzero(~before[known])


def _shuffle_runs(bases: NDArray[np.intp], starts: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shuffle runs that lie end to end, all at once."""
    total, n_runs = len(bases), len(starts)
    lengths = np.diff(np.append(starts, total))
    run = np.repeat(np.arange(n_runs), lengths)
    last = starts + lengths - 1
    is_edge = np.ones(total, dtype=bool)  # from each base to the next of its run
    is_edge[last] = False
    edges = np.flatnonzero(is_edge)
    vertex = 4 * run[edges] + bases[edges]
    count = np.bincount(vertex, minlength=4 * n_runs)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    order = np.argsort(vertex + rng.random(len(edges)))
    target = bases[edges + 1][order]  # by run and base, in random order
    final = _last_exits(target, first, count, bases[last], rng)
    leaving = np.flatnonzero(final >= 0)
    place, end = final[leaving], (first + count - 1)[leaving]
    target[place], target[end] = target[end], target[place]
    return _walk(bases, starts, lengths, target, first)


def _last_exits(
    target: NDArray[np.intp],
    first: NDArray[np.intp],
    count: NDArray[np.intp],
    root: NDArray[np.intp],
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """The edge (place in `target`) by which each vertex (4 x run + base) is left last; -1 for a run's last base.

    Drawn evenly among the edges of each vertex, again for every run whose edges do not all lead to its last base.
    """
    n_runs = len(root)
    counts, firsts = count.reshape(n_runs, 4), first.reshape(n_runs, 4)
    wanted = (counts > 0) & (np.arange(4) != root[:, None])
    chosen = np.full((n_runs, 4), -1, dtype=np.intp)
    left = np.flatnonzero(wanted.any(axis=1))
    while len(left):
        drawn = np.minimum((rng.random((len(left), 4)) * counts[left]).astype(np.intp), np.maximum(counts[left] - 1, 0))
        edge = np.where(wanted[left], firsts[left] + drawn, -1)
        onward = np.where(wanted[left], target[np.maximum(edge, 0)], root[left, None])
        reached = np.broadcast_to(np.arange(4), onward.shape)
        for _ in range(3):  # four vertices: the last base is three steps away or never reached
            reached = np.take_along_axis(onward, reached, axis=1)
        good = (~wanted[left] | (reached == root[left, None])).all(axis=1)
        chosen[left[good]] = edge[good]
        left = left[~good]
    return chosen.ravel()


def _walk(
    bases: NDArray[np.intp],
    starts: NDArray[np.intp],
    lengths: NDArray[np.intp],
    target: NDArray[np.intp],
    first: NDArray[np.intp],
) -> NDArray[np.uint8]:
    """Follow the edges of every run from its first base, each vertex's in their order; one step of all runs a time."""
    result = np.empty(len(bases), dtype=np.uint8)
    order = np.argsort(-lengths, kind="stable")
    at, longest = starts[order], lengths[order]
    vertex_of = 4 * order
    base = bases[at]
    result[at] = base
    following = first.copy()
    ending = np.searchsorted(-longest, -np.arange(1, longest[0] + 1), side="left")  # runs longer than 1, 2, …
    for step in range(1, longest[0]):
        going = ending[step - 1]
        vertex = vertex_of[:going] + base[:going]
        edge = following[vertex]
        following[vertex] += 1
        base = target[edge]
        result[at[:going] + step] = base
    return result


@dataclass(frozen=True, order=True)
class RespacedPair(PairType):
    """A direct repeat of another type's half-sites, at a spacing of its own.

    A `PairScanner` tells types apart by orientation and spacing: give it no other type with this one's.

    Attributes
    ----------
    model : PairType
        The type that the half-sites are of. It matters for DR1, whose two half-sites differ.
    """

    model: PairType = field(kw_only=True)

    @property
    def name(self) -> str:
        """For example 'DR1@7': the half-sites of a DR1 with 7 bases between them."""
        return f"{self.model.name}@{self.spacer}"

    @property
    def half_sites(self) -> tuple[HalfSite, HalfSite]:
        """Those of `model`."""
        return self.model.half_sites


def shuffle_spacers(
    types: Sequence[PairType], *, seed: int, spacers: Sequence[int] = CONTROL_SPACERS
) -> tuple[RespacedPair, ...]:
    """Each type with a spacing drawn from `spacers`, no two types with the same one.

    Parameters
    ----------
    types : sequence of PairType
        Direct repeats, e.g. DR1, DR2 and DR5.
    seed : int
        Root seed.
    spacers : sequence of int
        Spacings to draw from; one that a type has of its own is not drawn for any.

    Raises
    ------
    InputError
        If a type is no direct repeat, or fewer spacings are left than there are types.
    """
    mirrored = [pair.name for pair in types if pair.palindromic]
    if mirrored:
        raise InputError(f"{mirrored[0]} is no direct repeat", fix="give types such as DR1, DR2 and DR5")
    own = {pair.spacer for pair in types}
    free = sorted(set(spacers) - own)
    if len(free) < len(types):
        raise InputError(f"{len(free)} spacings for {len(types)} types", fix="give more spacings to draw from")
    drawn = child_rng(seed, "spacer shuffle").choice(free, size=len(types), replace=False)
    return tuple(
        RespacedPair(pair.orientation, int(spacer), model=pair) for pair, spacer in zip(types, drawn, strict=True)
    )
