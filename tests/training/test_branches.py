"""Which columns each branch reads, and models with some of their branches only."""

import numpy as np
import pandas as pd
import pytest

from rarml.estimators.gradient import GradientClassifier
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.stack import StackedCalibrator
from rarml.training.branches import WHAT, GradientSettings, LinearSettings, SequenceSettings, branch_columns
from rarml.training.crossfit import CrossfitSettings, crossfit, fit_branches

FOLDS = 3
QUICK = CrossfitSettings(n_folds=FOLDS, gradient=GradientSettings(n_rounds=10, learning_rate=0.3, colsample=1.0))
CLASSES = ["up", "down", "unresponsive"]


def make(n=450):
    rng = np.random.default_rng(0)
    genes = pd.Index([f"ENSG{i:011d}" for i in range(n)], name="gene_id")
    names = ["sequence:a", "rare:a", "sequence:b", "expression:b"]
    X = pd.DataFrame(rng.normal(size=(n, 4)).astype("f4"), index=genes, columns=names)
    z = X["rare:a"] + X["sequence:b"] + rng.normal(size=n)
    status = pd.Series(np.where(z > 1, "up", np.where(z < -1, "down", "unresponsive")), index=genes)
    return X, status, pd.Series(np.arange(n) % FOLDS, index=genes)


@pytest.fixture(scope="module")
def fitted():
    X, status, folds = make()
    codes = status.map({name: code for code, name in enumerate(CLASSES)}).to_numpy()
    return crossfit(X, status, folds, QUICK, seed=0), X, codes, folds


def test_the_encoders_columns_have_a_branch_of_their_own():
    columns = ["sequence:a", "rare:a", "sequence:b", "expression:sequence"]
    found = branch_columns(columns)
    assert found == {"gradient": [1, 3], "linear": [1, 3], "sequence": [0, 2]}
    assert list(found) == list(WHAT)


def test_the_gradient_branch_comes_first():
    assert next(iter(branch_columns(["sequence:a", "rare:a"]))) == "gradient"


@pytest.mark.parametrize(
    ("columns", "branches"),
    [(["rare:a"], ["gradient", "linear"]), (["sequence:a"], ["sequence"]), ([], [])],
)
def test_a_branch_without_columns_is_left_out(columns, branches):
    assert list(branch_columns(columns)) == branches


def test_each_branch_is_fitted_to_its_own_columns_with_its_own_settings():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)).astype("f4"), rng.integers(0, 2, 60)
    settings = CrossfitSettings(
        gradient=GradientSettings(n_rounds=3), linear=LinearSettings(C=0.7), sequence=SequenceSettings(C=0.3)
    )
    models = fit_branches(X, ["rare:a", "sequence:b", "expression:c"], y, settings, seed=5)
    wanted = {
        "gradient": (GradientClassifier, 2, {"n_rounds": 3}),
        "linear": (LinearClassifier, 2, {"C": 0.7, "standardise": True}),
        "sequence": (LinearClassifier, 1, {"C": 0.3, "standardise": False}),
    }
    assert list(models) == list(wanted)
    for name, (kind, n_columns, own) in wanted.items():
        assert isinstance(models[name], kind)
        assert models[name].n_features_in_ == n_columns
        assert own.items() <= models[name].get_params().items()


def test_a_model_has_every_branch_for_every_pair_and_a_weight_per_branch_and_class(fitted):
    model, *_ = fitted
    assert list(model.branches) == list(WHAT)
    assert all(sorted(models) == [(0, 1), (0, 2), (1, 2)] for models in model.branches.values())
    weights = model.stack_weights()
    assert (weights.index.tolist(), weights.columns.tolist()) == (list(WHAT), CLASSES)
    np.testing.assert_allclose(weights, np.mean([stack.weight_ for stack in model.stacks], axis=0))
    assert weights.loc["sequence"].mean() > 0.1  # half of the signal is there


def test_one_branch_is_that_branch_calibrated_on_the_other_folds(fitted):
    model, X, codes, folds = fitted
    alone = model.with_branches(["gradient"], X, codes)
    found = alone.predict_held_out(X, folds).proba
    raw = model.raw(X)["gradient"]
    for k in range(FOLDS):
        others = [(m, tuple(sorted((k, m)))) for m in range(FOLDS) if m != k]
        rows = [np.flatnonzero(folds == m) for m, _ in others]
        seen = np.concatenate([raw[pair][own] for (_, pair), own in zip(others, rows, strict=True)])
        stack = StackedCalibrator().fit([seen], codes[np.concatenate(rows)])
        own = np.flatnonzero(folds == k)
        expected = np.mean([stack.transform([raw[pair][own]]) for _, pair in others], axis=0)
        np.testing.assert_allclose(found.iloc[own], expected, atol=1e-6)


def test_one_branch_is_what_a_model_without_the_other_columns_says(fitted):
    model, X, codes, folds = fitted
    _, status, _ = make()
    rest = X.drop(columns=["sequence:a", "sequence:b"])
    bare = crossfit(rest, status, folds, QUICK, seed=0).with_branches(["gradient"], rest, codes)
    alone = model.with_branches(["gradient"], X, codes)
    pd.testing.assert_frame_equal(alone.predict(X, folds).proba, bare.predict(rest, folds).proba)
    assert alone.stack_weights().index.tolist() == ["gradient"]


def test_all_branches_are_the_model_itself(fitted):
    model, X, codes, folds = fitted
    again = model.with_branches(list(model.branches), X, codes)
    pd.testing.assert_frame_equal(again.predict(X, folds).proba, model.predict(X, folds).proba)


def test_a_branch_alone_reads_its_own_columns_only(fitted):
    model, X, codes, folds = fitted
    alone = model.with_branches(["sequence"], X, codes)
    blind = X.assign(**{"rare:a": np.nan, "expression:b": 9.0})
    pd.testing.assert_frame_equal(alone.predict(blind, folds).proba, alone.predict(X, folds).proba)
    assert alone.importance().eq(0).all()


def test_the_branch_named_first_is_the_one_that_is_trusted(fitted):
    model, X, codes, _ = fitted
    weights = model.with_branches(["sequence", "gradient"], X, codes).stack_weights()
    assert weights.index.tolist() == ["sequence", "gradient"]
    assert (weights.loc["sequence"] >= 0.05).all()


def test_importance_is_nothing_for_columns_that_the_trees_do_not_read(fitted):
    importance = fitted[0].importance()
    assert importance[["sequence:a", "sequence:b"]].tolist() == [0, 0]
    assert importance["rare:a"] > importance["expression:b"]


def test_trees_draw_what_tells_little_less_often():
    settings = GradientSettings(draw_others=0.25)
    columns = ["rare:DR5", "expression:level", "chromatin:K562:DNase", "coexpression:1", "composition:gc"]
    np.testing.assert_array_equal(settings.column_weights(columns), [0.25, 1, 0.25, 1, 1])
    assert settings.column_weights(columns[1:2] + columns[3:]) is None
    assert settings.column_weights(["rare:DR5", "chromatin:K562:DNase"]) is None
    assert GradientSettings(draw_others=1).column_weights(columns) is None


def test_a_column_that_is_drawn_less_often_is_used_less():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 8)).astype(np.float32)
    y = (X.sum(axis=1) + rng.normal(size=600) > 0).astype(int)
    columns = [f"{block}:{i}" for block in ("expression", "rare") for i in range(4)]
    settings = GradientSettings(n_rounds=40, colsample=0.25, draw_others=0.1)
    weights = settings.column_weights(columns)
    drawn = settings.trees(0).fit(X, y, column_weights=weights).importance_
    alike = settings.trees(0).fit(X, y).importance_
    assert drawn[4:].sum() / drawn.sum() < 0.6 * alike[4:].sum() / alike.sum()
