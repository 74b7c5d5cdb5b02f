"""Best pairs and called sites of every promoter of a reference, in genome coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import MissingPartError
from rarml.core.parallel import run
from rarml.features.best_pairs import BestPairs, best_pairs
from rarml.features.calls import PairScanner, SiteCalls
from rarml.features.elements import compositions
from rarml.features.half_site_count import count_half_sites
from rarml.features.kmer_index import NEVER_SCORE
from rarml.features.spacing import PairType

if TYPE_CHECKING:
    from rarml.reference.sequences import PromoterSequences
    from rarml.reference.store import Reference

BATCH = 1024
"""Promoters scanned at once: few enough that many workers have one each."""


@dataclass(frozen=True, eq=False)
class PromoterCalls:
    """Everything the RARE block needs of the promoters.

    Attributes
    ----------
    best : BestPairs
        Rows as `Reference.promoters`.
    calls : SiteCalls
        ``calls.row`` is the row of `Reference.promoters`; starts are 0-based in the gene-oriented window.
    composition : object (n_calls,)
        'DR2+DR0' etc. for pairs that span a third half-site, '' otherwise.
    in_repeat : bool (n_calls,)
        Half of the site's bases or more are soft-masked.
    soft_masked : bool
        Whether any base of the reference is soft-masked; if not, `in_repeat` means nothing.
    known : int64 (n_promoters,)
        Bases that are not N.
    half_sites : int64 (n_promoters,)
        Single half-sites at p <= 1e-3, both strands.
    """

    best: BestPairs
    calls: SiteCalls
    composition: NDArray[np.object_]
    in_repeat: NDArray[np.bool_]
    soft_masked: bool
    known: NDArray[np.int64]
    half_sites: NDArray[np.int64]


def promoter_calls(
    reference: Reference, scanner: PairScanner, *, best: bool = True, only: NDArray[np.intp] | None = None
) -> PromoterCalls:
    """Scan the promoter windows of a reference in batches: every one, or `only` some rows (then without `best`).

    Raises
    ------
    MissingPartError
        If the reference holds no sequence.
    """
    sequences = require_sequences(reference)
    total = len(reference.promoters)
    wanted = np.arange(total) if only is None else np.asarray(only, dtype=np.intp)
    batches = [wanted[first : first + BATCH] for first in range(0, len(wanted), BATCH)]
    given = (sequences, scanner, best and only is None)
    parts = list(run(_scan_batch, batches, shared=given))
    known = np.zeros(total, dtype=np.int64)
    halves = np.zeros(total, dtype=np.int64)
    for rows, part in zip(batches, parts, strict=True):
        known[rows], halves[rows] = part.known, part.half_sites
    return PromoterCalls(
        _joined_best(scanner.types, [part.best for part in parts if part.best is not None]),
        _joined(scanner.types, [part.calls for part in parts]),
        np.concatenate([part.composition for part in parts]) if parts else np.empty(0, dtype=object),
        np.concatenate([part.in_repeat for part in parts]) if parts else np.empty(0, dtype=bool),
        any(part.soft_masked for part in parts),
        known,
        halves,
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """As `PromoterCalls`, of some promoters."""

    best: BestPairs | None
    calls: SiteCalls
    composition: NDArray[np.object_]
    in_repeat: NDArray[np.bool_]
    soft_masked: bool
    known: NDArray[np.int64]
    half_sites: NDArray[np.int64]


def _scan_batch(given: tuple[PromoterSequences, PairScanner, bool], rows: NDArray[np.intp]) -> _Part:
    sequences, scanner, best = given
    codes, soft = sequences.codes(rows), sequences.soft(rows)
    found = scanner.scan(codes)
    return _Part(
        best_pairs(codes, scanner.types) if best else None,
        replace(found, row=rows[found.row]),
        compositions(found),
        _mostly(soft, found),
        bool(soft.any()),
        (codes < 4).sum(axis=1),
        count_half_sites(codes) if best else np.zeros(len(rows), dtype=np.int64),
    )


def require_sequences(reference: Reference) -> PromoterSequences:
    """The promoter sequences of a reference, or a `MissingPartError` if it has none."""
    if reference.sequences is None:
        raise MissingPartError(
            "holds no sequence, RAREs cannot be called",
            where=reference.path,
            fix="build the reference with a genome, or use the values of the feature atlas",
        )
    return reference.sequences


def genome_positions(calls: SiteCalls, promoters: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Genome start (0-based) and genome strand (+1, -1, 0) of calls made in gene-oriented windows."""
    window_start = promoters["start"].to_numpy(dtype=np.int64)[calls.row]
    window_end = promoters["end"].to_numpy(dtype=np.int64)[calls.row]
    reverse = (promoters["strand"].to_numpy() == "-")[calls.row]
    start = np.where(reverse, window_end - calls.start - calls.length, window_start + calls.start)
    return start, np.where(reverse, -calls.strand.astype(np.int64), calls.strand)


def _mostly(soft: NDArray[np.bool_], calls: SiteCalls) -> NDArray[np.bool_]:
    """Whether at least half of a site's bases are masked."""
    if not len(calls) or not soft.any():
        return np.zeros(len(calls), dtype=bool)
    sums = np.zeros((soft.shape[0], soft.shape[1] + 1), dtype=np.int32)
    np.cumsum(soft, axis=1, out=sums[:, 1:])
    masked = sums[calls.row, calls.start + calls.length] - sums[calls.row, calls.start]
    return 2 * masked >= calls.length


def _joined(types: tuple[PairType, ...], parts: list[SiteCalls]) -> SiteCalls:
    fields: dict[str, Any] = {}
    for name in ("row", "start", "type_index", "strand", "score", "pvalue"):
        fields[name] = np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0)
    return SiteCalls(types=types, **fields)


def _joined_best(types: tuple[PairType, ...], parts: list[BestPairs]) -> BestPairs:
    if not parts:
        empty = np.empty((0, len(types)))
        return BestPairs(types, np.full(empty.shape, NEVER_SCORE, np.int16), empty.astype(np.int32), empty.astype("i1"))
    return BestPairs(
        types,
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.strand for part in parts]),
    )
