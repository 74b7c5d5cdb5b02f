"""What a branch is worth: what is lost without it, on data where that is known."""

import numpy as np
import pandas as pd
import pytest

from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit
from rarml.training.dataset import Dataset
from rarml.workflows.branch_report import branch_worth
from rarml.workflows.settings import TrainSettings

SETTINGS = TrainSettings(
    model=CrossfitSettings(n_folds=3, gradient=GradientSettings(n_rounds=20, learning_rate=0.3)), bootstrap=50
)


@pytest.fixture(scope="module")
def data():
    """Half of the signal is in the encoders' column, half in a measured one."""
    rng = np.random.default_rng(0)
    n = 900
    genes = pd.Index([f"ENSG{number:011d}" for number in range(n)], name="gene_id")
    features = pd.DataFrame(
        rng.normal(size=(n, 3)).astype(np.float32),
        index=genes,
        columns=["sequence:a", "expression:b", "expression:noise"],
    )
    score = features["sequence:a"] + features["expression:b"] + rng.normal(size=n)
    status = pd.Series(np.where(score > 1.2, "up", "unresponsive"), index=genes)
    folds = pd.Series(np.arange(n) % 3, index=genes)
    eligible = pd.Series("eligible", index=genes)
    return Dataset(features, ["expression:b"], status, eligible, folds, pd.Series(genes, index=genes))


def test_a_branch_that_holds_half_of_the_signal_is_worth_a_lot(data):
    model = crossfit(data.features, data.status, data.folds, SETTINGS.model, seed=0)
    rows = pd.DataFrame(branch_worth(model, data, SETTINGS))
    assert set(rows["branch"]) == {"gradient", "linear", "sequence"}
    auroc = rows[rows["metric"] == "auroc"].set_index("branch")
    assert auroc.loc["sequence", "worth"] > 0.08
    assert auroc.loc["sequence", "worth_low"] > 0
    assert auroc.loc["linear", "worth"] < 0.02  # the trees know the same columns
    assert (auroc["alone"] < auroc["whole"]).all()
    assert auroc["whole"].nunique() == 1


def test_a_model_of_one_branch_has_no_table(data):
    only = Dataset(
        data.features[["sequence:a"]], ["sequence:a"], data.status, data.eligibility, data.folds, data.groups
    )
    model = crossfit(only.features, only.status, only.folds, SETTINGS.model, seed=0)
    assert list(model.branches) == ["sequence"]
    assert branch_worth(model, only, SETTINGS) == []
