"""How far the log-odds of a cross-fitted model move when the features of one gene change: centre, interval, null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from rarml.explain.attribution import Crossfitted, answering_parts, model_pairs

_LEVEL = 0.95
_EDGE = 1e-5
"""Probabilities are held this far from 0 and 1, as in the intervals of the predictions."""


class Answering(Crossfitted, Protocol):
    """A cross-fitted model that gives the probabilities of its branches."""

    def raw(self, features: pd.DataFrame, /) -> dict[str, dict[tuple[int, int], NDArray[np.float64]]]:
        """Uncalibrated probabilities, shape (n, classes), per branch and pair of left-out folds."""
        ...


@dataclass(frozen=True)
class Change:
    """Change of the log-odds (natural logarithm) of every class.

    Attributes
    ----------
    centre, low, high : float64 arrays of shape (n, classes)
        Of the shown probability, with the 95 % interval by the delete-a-group jackknife over the models that answer.
    """

    centre: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def part_probabilities(model: Answering, gene: str, features: pd.DataFrame) -> NDArray[np.float64]:
    """Probabilities of variants of one gene by each part of the model that answers for it.

    Parameters
    ----------
    model : Answering
    gene : str
        A training gene is answered by the models that saw nothing of its fold, any other by all.
    features : DataFrame
        One row per variant, with the model's columns.

    Returns
    -------
    float64 array of shape (parts, n, classes)
    """
    fold = int(model.training_folds.get(gene, -1))
    raw, pairs = model.raw(features), model_pairs(model)
    return np.stack(
        [
            np.mean([stack.transform([own[pairs[i]] for own in raw.values()]) for i, stack in part], axis=0)
            for part in answering_parts(model, fold)
        ]
    )


def change_of(parts: NDArray[np.float64]) -> Change:
    """The change from the first row to each of the others.

    Parameters
    ----------
    parts : float64 array of shape (parts, 1 + n, classes)
        Probabilities; the first row is the unchanged promoter.

    Returns
    -------
    Change
        Of n variants. The models' own changes spread less than their probabilities do: what they disagree on beforehand
        cancels.
    """
    shown = _logit(parts.mean(axis=0))
    centre = shown[1:] - shown[:1]
    own = _logit(parts)
    moved = own[:, 1:] - own[:, :1]
    g = len(parts)
    spread = np.sqrt((g - 1) / g * ((moved - moved.mean(axis=0)) ** 2).sum(axis=0))
    half = stdtrit(g - 1, (1 + _LEVEL) / 2) * spread
    return Change(centre, centre - half, centre + half)


def share_beyond(change: float, null: NDArray[np.float64]) -> float:
    """Share of random changes that move the log-odds at least as far, (1 + k) / (1 + n): at best 1 / (1 + n)."""
    return float((1 + (np.abs(null) >= abs(change)).sum()) / (1 + len(null)))


def _logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(p, _EDGE, 1 - _EDGE)
    return np.log(clipped) - np.log1p(-clipped)
