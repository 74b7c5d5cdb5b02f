import json

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import BundleError
from rarml.training.conformal import CrossConformal, fit_conformal
from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit

QUICK = CrossfitSettings(n_folds=4, gradient=GradientSettings(n_rounds=25, learning_rate=0.2, colsample=1.0))
LEVELS = (0.8, 0.9)


def make(n=1200, seed=0, *, first=0):
    """Genes in groups of four that share a shift, whole groups in one fold."""
    rng = np.random.default_rng(seed)
    genes = pd.Index([f"ENSG{first + i:011d}" for i in range(n)], name="gene_id")
    group = np.arange(n) // 4
    shared = rng.normal(size=(n // 4, 4))[group]
    values = (0.8 * rng.normal(size=(n, 4)) + 0.6 * shared).astype(np.float32)
    X = pd.DataFrame(values, index=genes, columns=["rare:a", "composition:b", "chromatin:c", "expression:d"])
    z = X["rare:a"] + X["expression:d"] + rng.normal(size=n)
    status = pd.Series(np.where(z > 1.7, "up", np.where(z < -2.2, "down", "unresponsive")), index=genes)
    folds = pd.Series(rng.integers(0, 4, n // 4)[group], index=genes)
    return X, status, folds, pd.Series(group.astype(str), index=genes)


@pytest.fixture(scope="module")
def calibrated():
    X, status, folds, groups = make()
    model = crossfit(X, status, folds, QUICK, seed=0, groups=groups)
    return model, fit_conformal(model, X, status), X, status, folds


def coverage(p, status, level):
    own = p.to_numpy()[np.arange(len(p)), [list(p.columns).index(name) for name in status]]
    return pd.Series(own > round(1 - level, 9)).groupby(status.to_numpy()).mean()


@pytest.mark.parametrize("level", LEVELS)
def test_held_out_groups_are_covered_in_every_class(calibrated, level):
    model, sets, X, status, folds = calibrated
    found = coverage(sets.p_values_held_out(model, X, folds), status, level)
    for name, n in status.value_counts().items():
        assert abs(found[name] - level) < 4 * np.sqrt(level * (1 - level) / n) + 0.01


@pytest.mark.parametrize("level", LEVELS)
def test_new_genes_are_covered_by_the_mean_over_folds(calibrated, level):
    model, sets, *_ = calibrated
    X, status, _, _ = make(4000, seed=9, first=10_000)
    found = coverage(sets.p_values(model, X), status, level)
    least = status.value_counts().min()
    assert (found > level - 4 * np.sqrt(level * (1 - level) / least) - 0.01).all()


def test_labels_of_a_fold_do_not_touch_its_p_values():
    X, status, folds, groups = make(800)
    scrambled = status.copy()
    inside = folds.index[folds == 0]
    scrambled[inside] = np.random.default_rng(1).permutation(status[inside])

    def answers(labels):
        model = crossfit(X, labels, folds, QUICK, seed=0, groups=groups)
        return fit_conformal(model, X, labels).p_values_held_out(model, X, folds)

    one, two = answers(status), answers(scrambled)
    pd.testing.assert_frame_equal(one.loc[inside], two.loc[inside])
    assert (one.drop(inside) - two.drop(inside)).abs().max(axis=None) > 0.01


def test_relatives_play_no_part_in_the_calibration_of_the_fold():
    X, status, folds, _ = make(800)
    tied = pd.Series(folds.index, index=folds.index)
    pairs = list(zip(folds.index[folds == 0][:40], folds.index[folds == 1][:40], strict=True))
    tied[[second for _, second in pairs]] = [first for first, _ in pairs]
    model = crossfit(X, status, folds, QUICK, seed=0, groups=tied)
    sets = fit_conformal(model, X, status)
    in_fold = (folds == 1).sum()
    assert sets.parts[0, 1].counts_.sum() == in_fold - 40
    assert sets.parts[2, 1].counts_.sum() == in_fold


def test_training_genes_are_judged_as_held_out_and_no_gene_by_its_company(calibrated):
    model, sets, X, _, folds = calibrated
    every = sets.p_values(model, X)
    pd.testing.assert_frame_equal(every, sets.p_values_held_out(model, X, folds))
    new = X.iloc[:6].set_axis(pd.Index([f"new{i}" for i in range(6)], name="gene_id"))
    mixed = pd.concat([new, X.iloc[50:60]]).sample(frac=1, random_state=0)
    found = sets.p_values(model, mixed)
    pd.testing.assert_frame_equal(found.loc[X.index[50:60]], every.iloc[50:60])
    pd.testing.assert_frame_equal(found.loc[new.index], sets.p_values(model, new))


def test_saved_and_loaded_it_is_the_same(calibrated):
    model, sets, X, _, _ = calibrated
    loaded = CrossConformal.from_dict(json.loads(json.dumps(sets.to_dict())))
    pd.testing.assert_frame_equal(loaded.p_values(model, X), sets.p_values(model, X))
    assert loaded.least_calibration == sets.least_calibration > 20
    with pytest.raises(BundleError, match="damaged"):
        CrossConformal.from_dict({"parts": [{"fold": 0}]}, where="conformal.json")
