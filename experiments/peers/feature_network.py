"""A network of one hidden layer on every feature that the stack has."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from data import PeerData
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from tuning import Bools, Floats, held_out_by

from rarml.core.seeds import child_seed

SETTINGS = ((5, 1.0), (5, 10.0), (15, 1.0), (15, 10.0))
"""Passes over the genes, and weight of the ridge."""
HIDDEN = 64
SEEDED = True


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out probabilities and the setting chosen per fold; a missing value counts as the training mean."""
    values = data.features.to_numpy(dtype=np.float32)

    def fit_predict(setting: tuple[int, float], fit: Bools, ask: Bools) -> Floats:
        passes, ridge = setting
        scaler = StandardScaler().fit(values[fit])
        model = MLPClassifier(
            (HIDDEN,), alpha=ridge, batch_size=64, max_iter=passes, random_state=child_seed(seed, "network")
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # so many passes are what the setting asks for
            model.fit(np.nan_to_num(scaler.transform(values[fit])), data.y[fit])
        return model.predict_proba(np.nan_to_num(scaler.transform(values[ask])))

    return held_out_by(data, SETTINGS, fit_predict)
