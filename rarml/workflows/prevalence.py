"""Predictions moved to the shares of responsive genes that a user expects, which need not be those of training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.estimators.probability import shift_prevalence

RESPONSES = ("up", "down")
_FIX = "give shares between 0 and 1, such as up=0.05 or up=0.05,down=0.03"


def parse_prevalence(text: str) -> dict[str, float]:
    """Shares by class from text such as ``up=0.05,down=0.03``.

    Raises
    ------
    InputError
        If a part is no class and share, a class comes twice, or the shares leave nothing for unresponsive genes.
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        try:
            share = float(value)
        except ValueError:
            share = np.nan
        if name not in RESPONSES or name in shares or not 0 < share < 1:
            raise InputError(f"is not a share of up or down genes: {part.strip()!r}", where="--prevalence", fix=_FIX)
        shares[name] = share
    if sum(shares.values()) >= 1:
        raise InputError(f"the shares sum to {sum(shares.values()):g}", where="--prevalence", fix=_FIX)
    return shares


def expected_shares(trained: Mapping[str, float], asked: Mapping[str, float]) -> dict[str, float]:
    """Class shares of a model at which `asked` holds.

    A response that was not asked for keeps its share of the training genes; one that the model does not know is left
    out; unresponsive genes are the rest.

    Raises
    ------
    InputError
        If nothing is left for unresponsive genes.
    """
    if not any(name in asked for name in trained):
        return dict(trained)
    shares = {name: asked.get(name, share) for name, share in trained.items() if name in RESPONSES}
    rest = 1 - sum(shares.values())
    if rest <= 0:
        raise InputError(f"with the model's own shares they sum to {1 - rest:g}", where="--prevalence", fix=_FIX)
    return {name: shares.get(name, rest) for name in trained}


def at_prevalence(predictions: pd.DataFrame, old: Mapping[str, float], new: Mapping[str, float]) -> pd.DataFrame:
    """Predictions calibrated at the class shares `old`, moved to `new`.

    Probabilities, their intervals, those of the covariates and the gain move. An end of an interval moves with the
    other classes in the proportion that the probabilities have, so that ends stay on their side. Conformal p-values
    are per class and hold at any shares (`rarml.estimators.conformal`); the domain does not depend on them either.

    Parameters
    ----------
    predictions : DataFrame
        Of `rarml.workflows.predictions.predict_genes`.
    old, new : mapping of str to float
        Share of each of the model's classes; each sums to 1.

    Returns
    -------
    DataFrame
        Like `predictions`.
    """
    classes = list(old)
    shares = np.asarray([old[name] for name in classes]), np.asarray([new[name] for name in classes])
    moved = predictions.copy()
    proba = predictions[[f"p_{name}" for name in classes]].to_numpy(dtype=np.float64)
    covariates = predictions[[f"covariates_{name}" for name in classes]].to_numpy(dtype=np.float64)
    moved_proba, moved_covariates = shift_prevalence(proba, *shares), shift_prevalence(covariates, *shares)
    for c, name in enumerate(classes):
        moved[f"p_{name}"] = moved_proba[:, c]
        moved[f"covariates_{name}"] = moved_covariates[:, c]
        for end in ("low", "high"):
            column = f"p_{name}_{end}"
            moved[column] = shift_prevalence(_with(proba, c, predictions[column], shares[0]), *shares)[:, c]
    moved["gain"] = moved["covariates_unresponsive"] - moved["p_unresponsive"]
    return moved.astype(predictions.dtypes.to_dict())


def _with(
    proba: NDArray[np.float64], c: int, value: Iterable[float], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Rows with another probability of class c, the other classes in their proportion; in that of `shares` if all 0."""
    given = np.asarray(value, dtype=np.float64)
    others = np.delete(proba, c, axis=1)
    others[others.sum(axis=1) == 0] = np.delete(shares, c)
    others *= ((1 - given) / others.sum(axis=1))[:, None]
    return np.insert(others, c, given, axis=1)
