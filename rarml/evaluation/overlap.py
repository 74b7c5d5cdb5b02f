"""How sets of genes overlap: every exclusive intersection, and every pair with its exact odds ratio."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.evaluation.exact import exact_odds_ratio

INTERSECTION_COLUMNS = ("sets", "degree", "n", "expected")
PAIR_COLUMNS = ("a", "b", "n_a", "n_b", "both", "expected", "jaccard", "odds_ratio", "low", "high", "pvalue")


def intersections(members: pd.DataFrame) -> pd.DataFrame:
    """Exclusive intersections, as an UpSet plot shows them (Lex et al. 2014, doi:10.1109/TVCG.2014.2346248).

    Parameters
    ----------
    members : DataFrame of bool
        A row for each gene that could be in every set, a column for each set.

    Returns
    -------
    DataFrame
        One row per combination of sets that holds a gene: `sets` (tuple of names, in the order of the columns),
        `degree` (how many), `n` (genes in these sets and in no other) and `expected` (the same if the sets were drawn
        independently of each other); largest first. Genes in no set are not counted.

    Raises
    ------
    InputError
        If a membership is missing, or not true or false.
    """
    flags = _flags(members)
    names = [str(name) for name in members.columns]
    share = flags.mean(axis=0) if len(flags) else np.zeros(len(names))
    rows = []
    for key, n in zip(*np.unique(flags[flags.any(axis=1)], axis=0, return_counts=True), strict=True):
        chance = float(np.prod(np.where(key, share, 1 - share)))
        inside = tuple(name for name, here in zip(names, key, strict=True) if here)
        rows.append((inside, len(inside), int(n), chance * len(flags)))
    rows.sort(key=lambda row: (-row[2], row[1], [names.index(name) for name in row[0]]))
    return pd.DataFrame(rows, columns=list(INTERSECTION_COLUMNS))


def pairs(members: pd.DataFrame) -> pd.DataFrame:
    """Overlap of every pair of sets.

    Returns
    -------
    DataFrame
        `a`, `b`, their sizes, genes in `both`, the number `expected` of independent sets, the Jaccard index, and the
        odds ratio with its exact 95 % interval and Fisher's p-value; parameters and errors as in `intersections`.
    """
    flags = _flags(members)
    rows = []
    for i, j in combinations(range(flags.shape[1]), 2):
        a, b = flags[:, i], flags[:, j]
        n_a, n_b, both, either = int(a.sum()), int(b.sum()), int((a & b).sum()), int((a | b).sum())
        ratio = exact_odds_ratio(both, n_a - both, n_b - both, len(flags) - either)
        rows.append(
            (
                *(str(members.columns[i]), str(members.columns[j]), n_a, n_b, both),
                n_a * n_b / len(flags) if len(flags) else 0.0,
                both / either if either else float("nan"),
                *(ratio.value, ratio.low, ratio.high, ratio.pvalue),
            )
        )
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def _flags(members: pd.DataFrame) -> np.ndarray:
    if members.isna().any(axis=None) or not members.isin([True, False]).all(axis=None):
        raise InputError("a gene is neither in nor out of a set", fix="give true or false for each gene and set")
    return members.to_numpy(dtype=bool)
