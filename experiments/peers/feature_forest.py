"""Extremely randomised trees on every feature that the stack has (Geurts 2006, 10.1007/s10994-006-6226-1).

A further tabular peer in place of TabPFN (10.1038/s41586-024-08328-6), whose weights are only to be had from a hub.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from data import PeerData
from sklearn.ensemble import ExtraTreesClassifier
from tuning import Bools, Floats, held_out_by

from rarml.core.seeds import child_seed

SETTINGS = ((3, 0.1), (3, 0.4), (10, 0.1), (10, 0.4))
"""Least genes per leaf, and share of features tried per split."""
TREES = 200
SEEDED = True


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out probabilities and the setting chosen per fold."""
    values = data.features.to_numpy(dtype=np.float32)

    def fit_predict(setting: tuple[int, float], fit: Bools, ask: Bools) -> Floats:
        leaf, share = setting
        model = ExtraTreesClassifier(
            TREES,
            min_samples_leaf=leaf,
            max_features=share,
            class_weight="balanced_subsample",
            bootstrap=True,
            random_state=child_seed(seed, "forest"),
        )
        with np.errstate(all="ignore"):
            middle = np.nan_to_num(np.nanmedian(values[fit], axis=0))
        filled = np.where(np.isnan(values), middle, values)
        return model.fit(filled[fit], data.y[fit]).predict_proba(filled[ask])

    return held_out_by(data, SETTINGS, fit_predict)
