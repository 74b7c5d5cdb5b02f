"""One score per gene over several models: the mean of what each says beyond its own base rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from rarml.core.errors import InputError

SMALLEST = 5e-5
"""Stored probabilities have four digits, so nothing below half of the last one can be told from nought."""
COLUMNS = ("consensus", "probability", "spread", "n_models", "agree", "rank")


def evidence(proba: ArrayLike, prevalence: float) -> NDArray[np.float64]:
    """Log-odds of a class beyond its base rate: logit(p) - logit(prevalence), natural logarithm.

    It is the logit of the probability moved to a share of one half for the class, the shares of the other classes
    among themselves as they were (Saerens 2002, doi:10.1162/089976602753284446), so that models of other base rates
    and other classes are on one scale: 0 says nothing, +1 that the odds are 2.7 times those of any gene.

    Parameters
    ----------
    proba : array of float
        Probability of the class, 0-1; NaN stays NaN.
    prevalence : float
        Share of the class among the model's training genes, above 0 and below 1.

    Raises
    ------
    InputError
        If the prevalence is not between 0 and 1.
    """
    if not 0 < prevalence < 1:
        raise InputError(f"a base rate of {prevalence} has no odds", fix="give a share above 0 and below 1")
    p = np.clip(np.asarray(proba, dtype=np.float64), SMALLEST, 1 - SMALLEST)
    shown: NDArray[np.float64] = np.log(p / (1 - p)) - np.log(prevalence / (1 - prevalence))
    return shown


def consensus(scores: pd.DataFrame, usable: pd.DataFrame, *, least: int = 1) -> pd.DataFrame:
    """Mean evidence of the models that may judge a gene.

    Parameters
    ----------
    scores : DataFrame of float64
        `evidence`, a row per gene and a column per model; NaN where a model says nothing.
    usable : DataFrame of bool
        Whether a gene is in the model's domain; of the same shape.
    least : int
        Models that must judge a gene for it to get a rank.

    Returns
    -------
    DataFrame
        Indexed like `scores`: `consensus` (mean log-odds beyond the base rate), `probability` (the same as a
        probability at a base rate of one half), `spread` (standard deviation between models, NaN for one), `n_models`
        (that judge the gene), `agree` (how many of those are on the consensus' side of 0) and `rank` (1 is highest,
        ties share the mean; NaN below `least` models). The order of the models changes nothing, and a single model's
        consensus is its own evidence.

    Raises
    ------
    InputError
        If the two tables do not have the same genes and models.
    """
    if not scores.index.equals(usable.index) or not scores.columns.equals(usable.columns):
        raise InputError("scores and domain are of other genes or models")
    kept = scores.where(usable.astype(bool))
    # summed in the order of values, so that the order of models does not move the last bit
    ordered = np.sort(kept.to_numpy(dtype=np.float64), axis=1)
    n = np.isfinite(ordered).sum(axis=1)
    mean = np.divide(np.nansum(ordered, axis=1), n, out=np.full(len(n), np.nan), where=n > 0)
    squares = np.nansum((ordered - mean[:, None]) ** 2, axis=1)
    spread = np.sqrt(np.divide(squares, n - 1, out=np.full(len(n), np.nan), where=n > 1))
    agree = (np.isfinite(ordered) & (np.sign(ordered) == np.sign(mean)[:, None])).sum(axis=1)
    table = pd.DataFrame({"consensus": mean, "probability": 1 / (1 + np.exp(-mean))}, index=scores.index)
    table["spread"], table["n_models"], table["agree"] = spread, n, agree
    table["rank"] = table["consensus"].where(n >= least).rank(ascending=False)
    return table[list(COLUMNS)]
