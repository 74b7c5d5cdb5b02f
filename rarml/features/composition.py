"""Block `composition`: what a gene's promoters are made of, and what the annotation says of its surroundings.

Sequence columns describe one promoter per gene, the representative one (see `combine.representative_rows`);
``promoter_offset`` tells which. Columns that end in ``_max`` or ``_any`` look at all promoters of the gene. Without
sequence they are NaN, never a guess; CpG island and neighbour columns need coordinates only and are always there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.features.base_content import BaseCounts
from rarml.features.combine import PromoterGroups, primary_rows, representative_rows, take_rows
from rarml.features.core_elements import ELEMENTS, score_element
from rarml.features.island_overlap import island_features
from rarml.features.neighbours import FARTHEST_PROMOTER, neighbour_features

if TYPE_CHECKING:
    from rarml.reference.sequences import PromoterSequences
    from rarml.reference.store import Reference

NAME = "composition"
CORE = (-300, 100)
"""The core region around the TSS, [-300, +100)."""
PLACE = (1000, 1000)
"""Bases up- and downstream of the TSS that a CpG island is looked for in, whatever the length of the window."""
AVAILABILITY = (f"{NAME}:bases_known", f"{NAME}:n_fraction")
"""Columns that describe the data at hand, not the gene: kept for reports, left out of models by `select_columns`."""
_BASES_AT_ONCE = 2_000_000
_MAX_COLUMNS = ("gc", "core_cpg_oe", "promoter_class", "tata")

Table = NDArray[np.float32]


def build(reference: Reference) -> pd.DataFrame:
    """The composition block of every gene.

    Parameters
    ----------
    reference : Reference
        Uses genes, promoters, sequences (may be None) and cpg_islands (None: told from sequence).

    Returns
    -------
    DataFrame, float32, indexed by gene_id
        Columns ``composition:{feature}``; see `promoter_columns`, `island_overlap` and `neighbours`.
    """
    genes, promoters = reference.genes, reference.promoters
    groups = PromoterGroups(promoters["gene_id"], genes.index)
    primary = primary_rows(promoters, genes.index)
    columns: dict[str, Table] = {}
    if reference.sequences is not None:
        chosen = representative_rows(promoters, genes.index)
        from_sequence = reference.cpg_islands is None
        columns |= sequence_columns(reference.sequences, groups, chosen, islands_from_sequence=from_sequence)
        columns["promoter_offset"] = _offset(promoters, chosen, primary)
        columns["bases_known"] = np.nan_to_num(groups.combine(promoters["bases_known"], "max"))
    if reference.cpg_islands is not None:
        islands = island_features(_places(promoters), reference.cpg_islands)
        columns |= {name: take_rows(values, primary) for name, values in islands.items()}
        columns["cpg_island_any"] = groups.combine(islands["cpg_island"], "max")
    elif "cpg_island_fraction" in columns:
        fraction = columns["cpg_island_fraction"]
        columns["cpg_island"] = np.where(np.isnan(fraction), np.nan, fraction > 0).astype(np.float32)
    columns |= neighbour_features(promoters, genes)
    return pd.DataFrame({f"{NAME}:{name}": values for name, values in columns.items()}, index=genes.index)


def sequence_columns(
    sequences: PromoterSequences, groups: PromoterGroups, chosen: NDArray[np.int64], *, islands_from_sequence: bool
) -> dict[str, Table]:
    """The columns that bases alone decide, by gene.

    Parameters
    ----------
    sequences : PromoterSequences
        Of every promoter.
    groups : PromoterGroups
        The same promoters by gene.
    chosen : int64 array, shape (n_genes,)
        Row of each gene's representative promoter; -1 without.
    islands_from_sequence : bool
        See `promoter_columns`.

    Returns
    -------
    dict of float32 arrays, shape (n_genes,)
        By name without the block's prefix.
    """
    found = _all_promoters(sequences, islands_from_sequence=islands_from_sequence)
    columns = {name: take_rows(values, chosen) for name, values in found.items()}
    return columns | {f"{name}_max": groups.combine(found[name], "max") for name in _MAX_COLUMNS if name in found}


def promoter_columns(codes: NDArray[np.uint8], up: int, *, islands_from_sequence: bool) -> dict[str, Table]:
    """Composition of promoter sequences.

    Parameters
    ----------
    codes : uint8 array, shape (n, up + down)
        Base codes 5' to 3' on the gene's strand; column `up` is the TSS.
    up : int
        Bases before the TSS.
    islands_from_sequence : bool
        Whether to add cpg_island_fraction by the criteria of Gardiner-Garden & Frommer.

    Returns
    -------
    dict of float32 arrays, shape (n,)
        gc, cpg_oe, at_skew, gc_skew (whole window), core_gc, core_cpg_oe (`CORE`), promoter_class (0 low,
        1 intermediate, 2 high CpG), n_fraction, and the score of each of `core_elements.ELEMENTS`.
    """
    counts, length = BaseCounts(codes), codes.shape[1]
    core = (max(0, up + CORE[0]), min(length, up + CORE[1]))
    columns = {
        "gc": counts.gc(0, length),
        "cpg_oe": counts.cpg_oe(0, length),
        "at_skew": counts.skew("at", 0, length),
        "gc_skew": counts.skew("gc", 0, length),
        "core_gc": counts.gc(*core),
        "core_cpg_oe": counts.cpg_oe(*core),
        "promoter_class": counts.promoter_class(up),
        "n_fraction": 1 - counts.known(0, length),
    }
    if islands_from_sequence:
        columns["cpg_island_fraction"] = counts.island_bases(max(0, up - PLACE[0]), min(length, up + PLACE[1]))
    return columns | {element.name: score_element(codes, up, element) for element in ELEMENTS}


def _all_promoters(sequences: PromoterSequences, *, islands_from_sequence: bool) -> dict[str, Table]:
    """`promoter_columns` of every promoter, a few thousand at a time so that memory stays small."""
    up, down = sequences.window
    at_once = max(1, _BASES_AT_ONCE // (up + down))
    parts = [
        promoter_columns(sequences.codes(rows), up, islands_from_sequence=islands_from_sequence)
        for rows in np.array_split(np.arange(len(sequences)), max(1, -(-len(sequences) // at_once)))
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _places(promoters: pd.DataFrame) -> pd.DataFrame:
    """[start, end) of `PLACE` around each TSS, 0-based half-open."""
    tss = promoters["tss"].to_numpy(dtype=np.int64)
    plus = promoters["strand"].to_numpy(dtype=object) == "+"
    up, down = PLACE
    start = np.where(plus, tss - up, tss + 1 - down)
    return pd.DataFrame(
        {"chrom": promoters["chrom"], "tss": tss, "start": np.maximum(start, 0), "end": start + up + down}
    )


def _offset(promoters: pd.DataFrame, chosen: NDArray[np.int64], primary: NDArray[np.int64]) -> Table:
    """Bases from the primary TSS to that of the representative promoter, + downstream; NaN without sequence."""
    tss = promoters["tss"].to_numpy(dtype=np.int64)
    sign = np.where(promoters["strand"].to_numpy(dtype=object) == "+", 1, -1)
    away = np.clip((tss[chosen] - tss[primary]) * sign[chosen], -FARTHEST_PROMOTER, FARTHEST_PROMOTER)
    return np.where(chosen >= 0, away, np.nan).astype(np.float32)
