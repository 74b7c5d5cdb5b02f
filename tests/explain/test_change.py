"""The change of the log-odds between variants, and its interval."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from rarml.explain.change import change_of, part_probabilities, share_beyond
from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit


def test_an_unchanged_promoter_changes_by_nothing():
    parts = np.random.default_rng(0).dirichlet([1, 1, 3], size=(6, 1)).repeat(4, axis=1)
    found = change_of(parts)
    for values in (found.centre, found.low, found.high):
        np.testing.assert_array_equal(values, np.zeros((3, 3)))


def test_the_interval_is_the_jackknife_of_the_parts_own_changes():
    before, after = np.array([0.2, 0.25, 0.3]), np.array([0.4, 0.5, 0.45])
    parts = np.stack([np.stack([before, after], axis=1)] * 1, axis=2)
    own = np.log(after / (1 - after)) - np.log(before / (1 - before))
    half = t.ppf(0.975, 2) * np.sqrt(2 / 3 * ((own - own.mean()) ** 2).sum())
    found = change_of(parts)
    centre = np.log(after.mean() / (1 - after.mean())) - np.log(before.mean() / (1 - before.mean()))
    assert found.centre[0, 0] == pytest.approx(centre)
    assert found.high[0, 0] - centre == pytest.approx(half)
    assert centre - found.low[0, 0] == pytest.approx(half)


def test_the_parts_are_those_that_the_shown_probability_is_the_mean_of():
    rng = np.random.default_rng(1)
    genes = pd.Index([f"G{i}" for i in range(400)], name="gene_id")
    X = pd.DataFrame(
        rng.normal(size=(400, 3)).astype(np.float32), index=genes, columns=["rare:a", "composition:b", "sequence:c"]
    )
    status = pd.Series(np.where(X["rare:a"] + rng.normal(size=400) > 0.8, "up", "unresponsive"), index=genes)
    folds = pd.Series(rng.integers(0, 4, 400), index=genes)
    settings = CrossfitSettings(n_folds=4, gradient=GradientSettings(n_rounds=5))
    model = crossfit(X.iloc[:350], status.iloc[:350], folds, settings, seed=0, n_threads=1)
    for gene, n_parts in (("G3", 3), ("G380", 4)):
        parts = part_probabilities(model, gene, X.loc[[gene]])
        assert len(parts) == n_parts
        np.testing.assert_allclose(parts.mean(axis=0), model.predict(X.loc[[gene]], folds).proba.to_numpy(), atol=1e-9)


def test_the_share_beyond_counts_both_directions_and_itself():
    assert share_beyond(-0.5, np.array([0.6, -0.5, 0.1, 0.0])) == pytest.approx(3 / 5)
    assert share_beyond(9.0, np.zeros(19)) == pytest.approx(1 / 20)
