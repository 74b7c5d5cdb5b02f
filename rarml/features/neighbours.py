"""What the annotation alone says of a gene: its promoters and its neighbours; known for every gene."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.features.combine import PromoterGroups
from rarml.features.island_overlap import FAR

BIDIRECTIONAL = 1000
"""Head-to-head TSSs within 1 kb are one bidirectional promoter (Trinklein 2004, 10.1101/gr.1982804)."""
DENSITY_REACH = 100_000
FARTHEST_PROMOTER = 1_000_000
"""Distances between promoters of one gene are capped here (bp)."""


def neighbour_features(promoters: pd.DataFrame, genes: pd.DataFrame) -> dict[str, NDArray[np.float32]]:
    """Promoter counts and distances to the TSSs of other genes.

    Parameters
    ----------
    promoters : DataFrame
        gene_id, chrom, strand ('+' or '-'), tss (0-based).
    genes : DataFrame
        Index gene_id; chrom, strand, tss of the primary promoter.

    Returns
    -------
    dict of float32 arrays, shape (n_genes,)
        n_promoters; promoter_spread (bp between the outermost TSSs, at most
        1 Mb); head_to_head_distance (bp upstream of any
        promoter of the gene to the nearest TSS of another gene on the other strand, capped at 100 kb);
        bidirectional (1 if that is <= 1 kb); neighbour_distance (bp from the primary TSS to the nearest TSS of
        another gene, either strand, capped); gene_density (other genes with a primary TSS within 100 kb).
    """
    groups = PromoterGroups(promoters["gene_id"], genes.index)
    tss = promoters["tss"].to_numpy(dtype=np.int64)
    count = groups.combine(np.ones(len(promoters)), "sum")
    # float32 would lose single bases beyond 16.7 Mb, so distances are taken from the smallest TSS first.
    offset = _offset_in_gene(groups, tss)
    head_to_head = groups.combine(_head_to_head(promoters), "min")
    nearest, density = _primary_neighbours(genes)
    values = {
        "n_promoters": np.nan_to_num(count, nan=0),
        "promoter_spread": np.minimum(np.nan_to_num(groups.combine(offset, "max"), nan=0), FARTHEST_PROMOTER),
        "head_to_head_distance": head_to_head,
        "bidirectional": np.where(np.isnan(head_to_head), np.nan, head_to_head <= BIDIRECTIONAL),
        "neighbour_distance": nearest,
        "gene_density": density,
    }
    return {name: np.asarray(value, dtype=np.float32) for name, value in values.items()}


def _offset_in_gene(groups: PromoterGroups, tss: NDArray[np.int64]) -> NDArray[np.int64]:
    smallest = np.full(len(groups.genes), np.iinfo(np.int64).max)
    np.minimum.at(smallest, groups.gene_row, tss)
    return tss - smallest[groups.gene_row]


def _head_to_head(promoters: pd.DataFrame) -> NDArray[np.float64]:
    """Bases from each TSS upstream to the nearest other-strand TSS of another gene, capped at `FAR`."""
    result = np.full(len(promoters), float(FAR))
    tss = promoters["tss"].to_numpy(dtype=np.int64)
    gene = promoters["gene_id"].to_numpy(dtype=object)
    plus = promoters["strand"].to_numpy(dtype=object) == "+"
    for rows in promoters.groupby("chrom", observed=True).indices.values():
        forward, backward = rows[plus[rows]], rows[~plus[rows]]
        _walk(result, tss, gene, forward, backward)
        _walk(result, -tss, gene, backward, forward)
    return result


def _walk(
    result: NDArray[np.float64],
    position: NDArray[np.int64],
    gene: NDArray[np.object_],
    here: NDArray[np.int64],
    others: NDArray[np.int64],
) -> None:
    """Fill `result[here]` with the distance to the nearest of `others` at or before it, of another gene."""
    ordered = others[np.argsort(position[others], kind="stable")]
    places = np.searchsorted(position[ordered], position[here], side="right")
    for row, place in zip(here, places, strict=True):
        while place > 0 and gene[ordered[place - 1]] == gene[row]:
            place -= 1
        if place > 0:
            result[row] = min(float(position[row] - position[ordered[place - 1]]), FAR)


def _primary_neighbours(genes: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance to the nearest other primary TSS, and how many lie within `DENSITY_REACH`."""
    nearest = np.full(len(genes), float(FAR))
    density = np.zeros(len(genes))
    tss = genes["tss"].to_numpy(dtype=np.int64)
    for rows in genes.groupby("chrom", observed=True).indices.values():
        order = rows[np.argsort(tss[rows], kind="stable")]
        place = tss[order]
        gap = np.diff(place).astype(np.float64)
        before, after = np.append(FAR, gap), np.append(gap, FAR)
        nearest[order] = np.minimum(np.minimum(before, after), FAR)
        low = np.searchsorted(place, place - DENSITY_REACH, side="left")
        high = np.searchsorted(place, place + DENSITY_REACH, side="right")
        density[order] = high - low - 1
    return nearest, density
