"""The class margin of the sequence branch as a linear map of the encoders' columns."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit
from rarml.workflows.base_account import branch_weights

COLUMNS = ("rare:a", "sequence:kmer:001", "sequence:x")
ENCODERS = SimpleNamespace(columns=["x", "unread", "kmer:001"])


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(1)
    genes = pd.Index([f"G{i}" for i in range(500)], name="gene_id")
    X = pd.DataFrame(rng.normal(size=(500, 3)).astype(np.float32), index=genes, columns=list(COLUMNS))
    z = X["sequence:x"] - X["sequence:kmer:001"] + rng.normal(size=500)
    status = pd.Series(np.where(z > 1, "up", np.where(z < -1, "down", "unresponsive")), index=genes)
    folds = pd.Series(rng.integers(0, 4, 500), index=genes)
    settings = CrossfitSettings(n_folds=4, gradient=GradientSettings(n_rounds=3))
    return crossfit(X.iloc[:450], status.iloc[:450], folds, settings, seed=0, n_threads=1), X


@pytest.mark.parametrize("gene", ["G3", "G480"])
def test_the_margin_is_the_mean_log_probability_of_the_models_that_answer(case, gene):
    """The oracle is `predict_proba`: log probabilities less their mean over classes are centred margins."""
    model, X = case
    fold = model.training_folds.get(gene)
    answering = [one for pair, one in model.branches["sequence"].items() if fold is None or fold in pair]
    assert len(answering) == (6 if fold is None else 3)
    own = X.loc[[gene], [name for name in COLUMNS if name.startswith("sequence:")]].to_numpy()
    logs = np.mean([np.log(one.predict_proba(own))[0] for one in answering], axis=0)
    for number, name in enumerate(model.classes):
        weights, constant = branch_weights(model, ENCODERS, gene, name)
        values = np.array([X.loc[gene, "sequence:x"], 99.0, X.loc[gene, "sequence:kmer:001"]])
        assert weights[1] == 0
        assert values @ weights + constant == pytest.approx(logs[number] - logs.mean(), abs=1e-6)


def test_what_the_model_lacks_is_named(case):
    model, _ = case
    with pytest.raises(InputError, match="no class 'upp'"):
        branch_weights(model, ENCODERS, "G3", "upp")
    with pytest.raises(InputError, match="no column sequence:kmer:001"):
        branch_weights(model, SimpleNamespace(columns=["x"]), "G3", "up")
    without = SimpleNamespace(branches={"gradient": {}}, classes=("up",))
    with pytest.raises(InputError, match="no sequence branch"):
        branch_weights(without, ENCODERS, "G3", "up")
