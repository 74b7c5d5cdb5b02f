"""Coverage of the prediction sets of a cross-fitted model."""

import numpy as np
import pandas as pd
import pytest

from rarml.training.conformal import fit_conformal
from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit
from rarml.training.dataset import Dataset
from rarml.workflows.coverage import EVERY_CLASS, LEVELS, coverage_rows
from rarml.workflows.settings import TrainSettings


@pytest.fixture(scope="module")
def rows():
    """1,500 genes, a tenth of them up, whose first column tells half of it."""
    rng = np.random.default_rng(0)
    genes = pd.Index([f"ENSG{i:011d}" for i in range(1500)])
    features = pd.DataFrame(rng.normal(size=(1500, 3)).astype(np.float32), genes, [f"expression:{i}" for i in range(3)])
    up = features["expression:0"] + rng.normal(size=1500) > 1.8
    data = Dataset(
        features=features,
        baseline_columns=["expression:0"],
        status=pd.Series(np.where(up, "up", "unresponsive"), index=genes),
        eligibility=pd.Series("eligible", index=genes),
        folds=pd.Series(rng.integers(0, 4, 1500), index=genes),
        groups=pd.Series([f"group {i // 2}" for i in range(1500)], index=genes),
    )
    quick = CrossfitSettings(n_folds=4, gradient=GradientSettings(n_rounds=20, learning_rate=0.2, colsample=1.0))
    model = crossfit(features, data.status, data.folds, quick, seed=0, groups=data.groups)
    found = coverage_rows(model, fit_conformal(model, features, data.status), data, TrainSettings(bootstrap=200))
    return pd.DataFrame(found).set_index(["level", "genes"])


def test_every_class_is_covered_at_its_level_the_rare_one_too(rows):
    for level in LEVELS:
        for name in ("up", "unresponsive", EVERY_CLASS):
            row = rows.loc[(level, name)]
            error = 3 * np.sqrt(level * (1 - level) / row["n"])
            assert row["coverage"] == pytest.approx(level, abs=error + 0.01)
            assert row["low"] <= row["coverage"] <= row["high"]


def test_more_certainty_takes_larger_sets(rows):
    sizes = [rows.loc[(level, EVERY_CLASS), "mean_size"] for level in LEVELS]
    assert sizes == sorted(sizes)
    assert 0.7 < sizes[0] < sizes[-1] <= 2


def test_all_genes_are_the_classes_together(rows):
    for level in LEVELS:
        own = rows.loc[level]
        parts = own.drop(EVERY_CLASS)
        assert own.loc[EVERY_CLASS, "n"] == parts["n"].sum()
        mean = (parts["coverage"] * parts["n"]).sum() / parts["n"].sum()
        assert own.loc[EVERY_CLASS, "coverage"] == pytest.approx(mean)
