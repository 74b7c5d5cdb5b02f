"""Class probabilities: softmax, and moving them to other class shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def shift_prevalence(proba: ArrayLike, old: ArrayLike, new: ArrayLike) -> NDArray[np.float64]:
    """Probabilities moved from class shares `old` to `new` (Saerens 2002, 10.1162/089976602753284446).

    Parameters
    ----------
    proba : array of shape (n, classes)
        Calibrated at the shares `old`.
    old, new : array of shape (classes,)
        Class shares; each sums to 1.
    """
    moved = np.asarray(proba, dtype=np.float64) * (np.asarray(new) / np.asarray(old))
    return moved / moved.sum(axis=1, keepdims=True)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of probabilities from rows of logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
