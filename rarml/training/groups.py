"""Genes that share regulatory sequence or descent: what a split must not tear apart and a bootstrap draws together."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from rarml.reference.species import human_spelling

_HOX = re.compile(r"^HOX([ABCD])\d+$")
_STEM = re.compile(r"^([A-Z]{2,}|H\d[A-Z]+)\d")  # letters before the first digit; histones are H2BC11 and the like
CLUSTER_GAP = 500_000
"""Bases between neighbours of one name in a gene cluster; those of ZNF, OR, KRT and PCDH genes lie far closer."""


def gene_groups(genes: pd.DataFrame, *, window: int = 1000) -> pd.Series:
    """Group name per gene: genes joined, transitively, by any of four ties.

    - TSS windows that overlap (TSSs less than 2 x `window` apart, one chromosome). At the default that holds every
      bidirectional pair, defined as head to head within 1 kb (Trinklein 2004, 10.1101/gr.1982804).
    - One family of similar promoters (column `family`, see `rarml.features.similar_promoters`), on any chromosome.
    - A gene cluster: neighbours on a chromosome whose symbols share a stem (ZNF, OR, KRT, PCDHA, H2BC, …), each less
      than 500 kb from the next.
    - One of the four HOX clusters.

    Parameters
    ----------
    genes : DataFrame
        Indexed by gene_id, with `chrom`, `tss` (0-based), `symbol`, and `family` where promoters were compared.
    window : int
        Bases on each side of the TSS.

    Returns
    -------
    Series of str
        In the order of `genes`; the name of a group is its first gene_id, or ``HOXA`` etc. It does not depend on the
        order of the genes.
    """
    ordered = genes.sort_index().sort_values(["chrom", "tss"], kind="stable")
    numbers = np.arange(len(ordered))
    ties = [_chained(ordered["chrom"].to_numpy(dtype=str), ordered["tss"].to_numpy(), numbers, 2 * window)]
    symbols = human_spelling(ordered["symbol"].astype(str))
    stems = symbols.str.extract(_STEM)[0]
    named = stems.notna().to_numpy()
    keys = (ordered["chrom"].astype(str) + " " + stems.fillna("")).to_numpy(dtype=str)
    by_stem = numbers[named][np.argsort(keys[named], kind="stable")]
    ties.append(_chained(keys[by_stem], ordered["tss"].to_numpy()[by_stem], by_stem, CLUSTER_GAP))
    hox = symbols.str.extract(_HOX)[0]
    ties.append(_same(hox.to_numpy(dtype=object)))
    if "family" in ordered:
        ties.append(_same(ordered["family"].to_numpy(dtype=object)))
    one, other = (np.concatenate(ends) for ends in zip(*ties, strict=True))
    graph = sparse.coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(ordered),) * 2)
    part = connected_components(graph, directed=False)[1]
    first = pd.Series(ordered.index, index=part).groupby(level=0).min()
    names = dict(first.items())
    for number, letter in zip(part[hox.notna().to_numpy()], hox.dropna(), strict=True):
        names[number] = f"HOX{letter}"
    return pd.Series([names[number] for number in part], index=ordered.index, name="group").reindex(genes.index)


def relatives_in(groups: pd.Series, folds: pd.Series, genes: pd.Index, n_folds: int) -> NDArray[np.bool_]:
    """Whether a gene's group has a member in each fold other than its own, shape (genes, n_folds).

    A model that is asked about fold k must not be trained on a gene with a relative in fold k.

    Parameters
    ----------
    groups, folds : Series
        Group and fold of every gene that the model may be asked about.
    genes : Index of str
        The genes to look up; one without a group has no relatives.
    n_folds : int
    """
    number, names = pd.factorize(groups)
    held = np.zeros((len(names) + 1, n_folds), dtype=bool)  # the last row is that of the genes without a group
    where = folds.reindex(groups.index)
    known = (number >= 0) & where.notna().to_numpy()
    held[number[known], where[known].to_numpy(dtype=int)] = True
    at = groups.index.get_indexer(genes)
    found = held[np.where(at >= 0, number[at], -1)]
    own = folds.reindex(genes).to_numpy(dtype=int)
    found[np.arange(len(genes)), own] = False
    return found


def may_see(fold: NDArray[np.integer], kin: NDArray[np.bool_], left_out: Iterable[int]) -> NDArray[np.bool_]:
    """Genes that a model which answers the folds `left_out` may be fitted to: none of them, nor a relative of one.

    Parameters
    ----------
    fold : int array of shape (n,)
    kin : bool array of shape (n, n_folds)
        Of `relatives_in`.
    left_out : iterable of int
    """
    out = sorted(set(left_out))
    return ~np.isin(fold, out) & ~kin[:, out].any(axis=1)


def _chained(keys: NDArray, places: NDArray, numbers: NDArray, gap: int) -> tuple[NDArray, NDArray]:
    """Ties between neighbours of one key that are less than `gap` apart; sorted by key, then place."""
    near = (keys[1:] == keys[:-1]) & (np.diff(places) < gap)
    return numbers[:-1][near], numbers[1:][near]


def _same(labels: NDArray) -> tuple[NDArray, NDArray]:
    """Ties that join all rows of one label; missing labels tie nothing."""
    known = np.flatnonzero(pd.notna(labels))
    ordered = known[np.argsort(labels[known].astype(str), kind="stable")]
    same = labels[ordered][1:] == labels[ordered][:-1]
    return ordered[:-1][same], ordered[1:][same]
