"""RARE features of every gene, from all of its promoters: best, count, soft count and place by spacing type.

Columns ``rare:{TYPE}:{feature}`` for all 33 types (values of a gene's promoters combined; NaN without sequence):

best        score of the best pair in bits, at any promoter (always there, whatever its p-value)
n_1e-4      number of different sites at p <= 1e-4 per position and strand, each genomic site once
and, for the types that RAR or its competitors are known to use (`DETAILED`):
n_1e-5      the same at p <= 1e-5
neglog10p   -log10 of the chance of a pair at least as good in the bases available (Sidak over positions and strands)
distance    bases from the TSS to the first base of the best pair in the gene's direction; positive downstream
soft        log2(1 + sum of 2^(score - score at p = 1e-4)) over sites with p <= 1e-3: weak sites add up

A direct repeat that spans a third half-site (a DR8 made of DR2+DR0, a DR1 array) is no site of its own in any count;
it has its own ``rare:DR8:tripartite``. Alu elements carry a DR2 each, so ``rare:DR2:n_repeat`` and ``n_unique`` split
its count by the soft mask (no such columns where the genome has none). Totals:
``rare:classical:*`` over DR1, DR2 and DR5, ``rare:half_sites:n``, ``rare:promoters:n`` scanned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.features.calls import PairScanner
from rarml.features.combine import KNOWN_FRACTION, PromoterGroups
from rarml.features.intervals import touches
from rarml.features.matrices import SCALE
from rarml.features.promoter_calls import PromoterCalls, genome_positions, promoter_calls, require_sequences
from rarml.features.rare_sites import sites
from rarml.features.spacing import CLASSICAL, PairType, pair_types

if TYPE_CHECKING:
    from rarml.reference.store import Reference

__all__ = ["DETAILED", "NAME", "build", "sites"]

Columns = dict[str, NDArray[Any]]

NAME = "rare"
DETAILED = ("DR0", "DR1", "DR2", "DR3", "DR4", "DR5", "DR8", "IR0", "ER8")
SOFT_PVALUE, PVALUE, STRICT_PVALUE = 1e-3, 1e-4, 1e-5
COOPERATIVE_DISTANCE = 250
"""Sites of one gene this near may act together (CYP26A1 has several; Zhang 2010, Gene 464:32)."""


def build(reference: Reference) -> pd.DataFrame:
    """RARE features by gene.

    Parameters
    ----------
    reference : Reference
        With sequences.

    Returns
    -------
    DataFrame
        float32, one row per gene of the reference in its order; NaN for a gene none of whose promoters has at least
        half of its bases known. Promoters with fewer known bases are left out, and so do not count as empty.

    Raises
    ------
    MissingPartError
        If the reference holds no sequence.
    """
    scanner = PairScanner(pair_types(), max_pvalue=SOFT_PVALUE)
    found = promoter_calls(reference, scanner)
    promoters = reference.promoters
    width = (promoters["end"] - promoters["start"]).to_numpy(dtype=np.float64)
    usable = found.known >= KNOWN_FRACTION * np.maximum(width, 1)
    groups = PromoterGroups(promoters["gene_id"], reference.genes.index)
    columns = _best_columns(found, groups, usable, scanner, require_sequences(reference).window[0])
    columns |= _count_columns(found, groups, usable, scanner, reference)
    numbers = np.where(usable, 1.0, np.nan)
    columns[f"{NAME}:half_sites:n"] = groups.combine(numbers * found.half_sites, "max")
    columns[f"{NAME}:promoters:n"] = groups.combine(numbers, "sum")
    ordered = {name: columns[name] for name in sorted(columns, key=_column_order(scanner.types))}
    return pd.DataFrame(ordered, index=groups.genes, dtype=np.float32)


def _best_columns(
    found: PromoterCalls, groups: PromoterGroups, usable: NDArray[np.bool_], scanner: PairScanner, upstream: int
) -> Columns:
    valid = found.best.found & usable[:, None]
    columns: Columns = {}
    for number, pair in enumerate(scanner.types):
        score = np.where(valid[:, number], found.best.score[:, number].astype(np.float64), np.nan)
        best = groups.combine(score / SCALE, "max")
        columns[f"{NAME}:{pair.name}:best"] = best
        if pair.name not in DETAILED:
            continue
        tested = np.maximum(found.known - pair.length + 1, 0) * (1 if pair.palindromic else 2)
        trials = groups.combine(np.where(usable, tested, np.nan), "sum")
        filled = np.where(np.isnan(best), 0.0, best)
        pvalue = scanner.distributions[number].pvalue(np.rint(filled * SCALE).astype(np.int64))
        chance = -np.expm1(trials * np.log1p(-np.minimum(pvalue, 1 - 1e-12)))
        columns[f"{NAME}:{pair.name}:neglog10p"] = np.where(np.isnan(best), np.nan, -np.log10(chance))
        rows = groups.best_row(score)
        distance = found.best.start[:, number].astype(np.float64) - upstream
        columns[f"{NAME}:{pair.name}:distance"] = np.where(rows >= 0, distance[rows], np.nan)
    return columns


def _count_columns(
    found: PromoterCalls, groups: PromoterGroups, usable: NDArray[np.bool_], scanner: PairScanner, reference: Reference
) -> Columns:
    calls = found.calls
    gene = groups.gene_row[calls.row]
    start, strand = genome_positions(calls, reference.promoters)
    keep = np.flatnonzero(usable[calls.row])
    # promoters of one gene overlap: each genomic site counts once
    order = keep[np.lexsort((strand[keep], start[keep], calls.type_index[keep], gene[keep]))]
    same = np.ones(len(order), dtype=bool)
    for column in (gene, calls.type_index, start, strand):
        same[1:] &= column[order][1:] == column[order][:-1]
    same[:1] = False
    once = order[~same]
    gene, start, calls = gene[once], start[once], calls[once]
    composed, repeat = found.composition[once] != "", found.in_repeat[once]
    has_sequence = np.zeros(len(groups.genes), dtype=bool)
    has_sequence[groups.gene_row[usable]] = True
    open_site = _in_open(reference, calls.row, start, calls.length)
    total = _Counter(gene, has_sequence)

    site = (calls.pvalue <= PVALUE) & ~composed
    strict = (calls.pvalue <= STRICT_PVALUE) & ~composed
    columns: Columns = {}
    for number, pair in enumerate(scanner.types):
        of_type = calls.type_index == number
        name = f"{NAME}:{pair.name}"
        columns[f"{name}:n_1e-4"] = total(of_type & site)
        if pair.name in DETAILED:
            columns[f"{name}:n_1e-5"] = total(of_type & strict)
            reach = scanner.distributions[number].threshold(PVALUE)
            weight = np.exp2((calls.score.astype(np.float64) - reach) / SCALE)
            columns[f"{name}:soft"] = np.log2(1 + total(of_type & ~composed, weight))
        if pair.name == "DR8":
            columns[f"{name}:tripartite"] = total(of_type & (calls.pvalue <= PVALUE) & composed)
    classical = np.isin(calls.type_index, [i for i, pair in enumerate(scanner.types) if pair.name in CLASSICAL])
    columns[f"{NAME}:classical:n_1e-4"] = total(classical & site)
    columns[f"{NAME}:classical:n_1e-5"] = total(classical & strict)
    missing = np.full(len(groups.genes), np.nan)
    columns[f"{NAME}:classical:n_open"] = missing if open_site is None else total(classical & site & open_site)
    columns[f"{NAME}:classical:n_repeat"] = total(classical & site & repeat) if found.soft_masked else missing
    dr2 = np.isin(calls.type_index, [i for i, pair in enumerate(scanner.types) if pair.name == "DR2"])
    if found.soft_masked:
        for part, chosen in (("repeat", repeat), ("unique", ~repeat)):
            columns[f"{NAME}:DR2:n_{part}"] = total(dr2 & site & chosen)
    near = np.flatnonzero(classical & site)
    columns[f"{NAME}:classical:pairs_250bp"] = total.per_gene(
        _near_pairs(gene[near], start[near], calls.length[near], len(groups.genes))
    )
    return columns


class _Counter:
    """Number (or weight) of chosen sites by gene; NaN for a gene without sequence."""

    def __init__(self, gene: NDArray[np.intp], has_sequence: NDArray[np.bool_]):
        self._gene, self._has_sequence = gene, has_sequence

    def __call__(self, chosen: NDArray[np.bool_], weight: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        weights = None if weight is None else weight[chosen]
        return self.per_gene(np.bincount(self._gene[chosen], weights=weights, minlength=len(self._has_sequence)))

    def per_gene(self, counts: NDArray) -> NDArray[np.float64]:
        return np.where(self._has_sequence, counts, np.nan)


def _near_pairs(
    gene: NDArray[np.intp], start: NDArray[np.int64], length: NDArray[np.int64], n_genes: int
) -> NDArray[np.int64]:
    """Pairs of sites of one gene that do not overlap and lie within `COOPERATIVE_DISTANCE` bases (gap between them)."""
    pairs = np.zeros(n_genes, dtype=np.int64)
    order = np.lexsort((start, gene))
    gene, start, end = gene[order], start[order], (start + length)[order]
    for step in range(1, len(gene)):
        gap = start[step:] - end[:-step]
        together = (gene[step:] == gene[:-step]) & (start[step:] - start[:-step] < COOPERATIVE_DISTANCE + 64)
        if not together.any():
            break
        near = together & (gap >= 0) & (gap <= COOPERATIVE_DISTANCE)
        pairs += np.bincount(gene[step:][near], minlength=n_genes)
    return pairs


def _in_open(
    reference: Reference, row: NDArray[np.int64], start: NDArray[np.int64], length: NDArray[np.int64]
) -> NDArray[np.bool_] | None:
    tracks = reference.tracks
    if tracks is None or tracks.open_chromatin is None or not len(tracks.open_chromatin):
        return None
    chrom = reference.promoters["chrom"].astype(object).to_numpy()[row]
    return touches(chrom, start, start + length, tracks.open_chromatin)


def _column_order(types: tuple[PairType, ...]) -> Callable[[str], tuple[int, str]]:
    """Sort key: types in their own order, then totals; features in a fixed order."""
    names = [pair.name for pair in types] + ["classical", "half_sites", "promoters"]
    place = {name: number for number, name in enumerate(names)}
    return lambda column: (place[column.split(":")[1]], column)
