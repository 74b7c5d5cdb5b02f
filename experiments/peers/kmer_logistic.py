"""6-mer logistic regression: log counts of 6-mers on both strands, multinomial, ridge."""

from __future__ import annotations

from typing import Any

import pandas as pd
from data import PeerData
from tuning import Bools, Floats, held_out_by

from rarml.estimators.kmers import log_counts
from rarml.estimators.linear import LinearClassifier

SETTINGS = (1e-5, 1e-4, 3e-4, 1e-3)
SEEDED = False


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out probabilities and the ridge chosen per fold; nothing random in it, so `seed` is not used."""
    words = log_counts(data.codes, 6)

    def fit_predict(penalty: float, fit: Bools, ask: Bools) -> Floats:
        return LinearClassifier(penalty).fit(words[fit], data.y[fit]).predict_proba(words[ask])

    return held_out_by(data, SETTINGS, fit_predict)
