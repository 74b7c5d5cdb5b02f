"""Histogram gradient boosting of scikit-learn on every feature that the stack has, missing values as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from data import PeerData
from sklearn.ensemble import HistGradientBoostingClassifier
from tuning import Bools, Floats, held_out_by

from rarml.core.seeds import child_seed

SETTINGS = ((0.05, 8), (0.05, 16), (0.1, 8), (0.1, 16))
"""Learning rate and leaves per tree."""
ROUNDS = 120
SEEDED = True


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out probabilities and the setting chosen per fold."""
    values = data.features.to_numpy(dtype=np.float32)

    def fit_predict(setting: tuple[float, int], fit: Bools, ask: Bools) -> Floats:
        rate, leaves = setting
        model = HistGradientBoostingClassifier(
            learning_rate=rate,
            max_leaf_nodes=leaves,
            max_iter=ROUNDS,
            max_features=0.2,
            early_stopping=False,
            random_state=child_seed(seed, "boosting"),
        )
        # scikit-learn cannot bin a column without any value, as one can be among the genes of some folds
        some = np.isfinite(values[fit]).any(axis=0)
        return model.fit(values[fit][:, some], data.y[fit]).predict_proba(values[ask][:, some])

    return held_out_by(data, SETTINGS, fit_predict)
