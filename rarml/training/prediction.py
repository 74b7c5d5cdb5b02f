"""Class probabilities with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

_LEVEL = 0.95
_EDGE = 1e-5


@dataclass(frozen=True)
class Prediction:
    """Calibrated probabilities per gene.

    Attributes
    ----------
    proba, lower, upper : DataFrame
        Indexed by gene_id, columns `p_<class>`; the interval holds 95 % by a delete-a-group jackknife.
    """

    proba: pd.DataFrame
    lower: pd.DataFrame
    upper: pd.DataFrame


def jackknife(parts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean and 95 % interval over models that each had one group of chromosomes deleted.

    The variance is (g - 1) / g times the sum of squared deviations of the g parts (delete-a-group jackknife; Efron and
    Tibshirani 1993, chapter 11), taken on the logit scale, where probabilities spread evenly. With so few groups the
    variance itself is uncertain, so the width is that of Student's t with g - 1 degrees of freedom. What no resampling
    of genes can see is the pull of boosted trees towards the mean, so the interval is one of precision, not of truth.

    Parameters
    ----------
    parts : array of shape (g, n, classes)
        Probabilities of each part.

    Returns
    -------
    mean, lower, upper : arrays of shape (n, classes)
        The mean's rows sum to 1.
    """
    mean = parts.mean(axis=0)
    logits = _logit(parts)
    g = len(parts)
    spread = np.sqrt((g - 1) / g * ((logits - logits.mean(axis=0)) ** 2).sum(axis=0))
    half = stdtrit(g - 1, (1 + _LEVEL) / 2) * spread
    centre = _logit(mean)
    return mean, _expit(centre - half), _expit(centre + half)


def prediction_table(parts: NDArray[np.float64], genes: pd.Index, classes: Sequence[str]) -> Prediction:
    """`jackknife` of parts of shape (g, n, classes), as tables."""
    columns = [f"p_{name}" for name in classes]
    return Prediction(*(pd.DataFrame(values, index=genes, columns=columns) for values in jackknife(parts)))


def _logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(p, _EDGE, 1 - _EDGE)
    return np.log(clipped) - np.log1p(-clipped)


def _expit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-x))
