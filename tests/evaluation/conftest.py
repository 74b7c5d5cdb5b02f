"""Made-up genes with statuses, groups and predictions of a chosen strength."""

import numpy as np
import pandas as pd
import pytest

CLASSES = ("up", "down", "unresponsive")


@pytest.fixture(scope="session")
def status() -> pd.Series:
    rng = np.random.default_rng(0)
    genes = [f"g{i:04d}" for i in range(600)]
    return pd.Series(rng.choice(CLASSES, 600, p=[0.2, 0.15, 0.65]), index=genes)


@pytest.fixture(scope="session")
def groups(status) -> pd.Series:
    return pd.Series(np.random.default_rng(1).integers(450, size=len(status)).astype(str), index=status.index)


@pytest.fixture(scope="session")
def predict(status):
    """Class probabilities that favour the true class by `strength` (in logits)."""

    def make(strength: float, seed: int, classes=CLASSES) -> pd.DataFrame:
        logits = np.random.default_rng(seed).normal(size=(len(status), len(classes)))
        logits += strength * np.stack([(status == name).to_numpy() for name in classes], axis=1)
        proba = np.exp(logits)
        proba /= proba.sum(axis=1, keepdims=True)
        return pd.DataFrame(proba.round(5), status.index, [f"p_{name}" for name in classes])

    return make
