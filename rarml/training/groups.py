"""Genes that share regulatory sequence: the units that are resampled together."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

_HOX = re.compile(r"^HOX([ABCD])\d+$")


def promoter_clusters(genes: pd.DataFrame, *, window: int = 1000) -> pd.Series:
    """Cluster name per gene.

    Genes on one chromosome are joined, transitively, when their TSS windows overlap (TSSs less than 2 x `window`
    apart). At the default that holds every bidirectional pair, defined as head to head within 1 kb (Trinklein 2004,
    10.1101/gr.1982804). Each of the four HOX clusters is one unit.

    Parameters
    ----------
    genes : DataFrame
        Indexed by gene_id, with `chrom`, `tss` (0-based) and `symbol`.
    window : int
        Bases on each side of the TSS.

    Returns
    -------
    Series of str
        In the order of `genes`; the name of a cluster is its first gene_id along the chromosome, or ``HOXA`` etc.
    """
    ordered = genes.sort_index().sort_values(["chrom", "tss"], kind="stable")
    same_chromosome = ordered["chrom"].to_numpy()[1:] == ordered["chrom"].to_numpy()[:-1]
    near = np.diff(ordered["tss"].to_numpy()) < 2 * window
    starts = np.concatenate([[True], ~(same_chromosome & near)])
    names = ordered.index.to_numpy()[np.flatnonzero(starts)][np.cumsum(starts) - 1]
    clusters = pd.Series(names, index=ordered.index).reindex(genes.index)
    return _join_hox(clusters, genes["symbol"]).rename("group")


def _join_hox(clusters: pd.Series, symbols: pd.Series) -> pd.Series:
    """Rename every cluster that holds a HOX gene to that HOX cluster, neighbours included."""
    matches = symbols.astype(str).str.extract(_HOX)[0]
    hox = matches.dropna()
    renamed = {name: f"HOX{letter}" for name, letter in zip(clusters.reindex(hox.index), hox, strict=True)}
    return clusters.map(lambda name: renamed.get(name, name))
