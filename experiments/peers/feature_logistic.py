"""Logistic regression on every feature that the stack has: multinomial, ridge, missing values at the mean."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from data import PeerData
from tuning import Bools, Floats, held_out_by

from rarml.estimators.linear import LinearClassifier

SETTINGS = (3e-4, 3e-3, 3e-2, 3e-1)
SEEDED = False


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out probabilities and the ridge chosen per fold; nothing random in it, so `seed` is not used."""
    features = data.features.to_numpy(dtype=np.float64)

    def fit_predict(penalty: float, fit: Bools, ask: Bools) -> Floats:
        return LinearClassifier(penalty).fit(features[fit], data.y[fit]).predict_proba(features[ask])

    return held_out_by(data, SETTINGS, fit_predict)
