import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from rarml.core.errors import InputError
from rarml.evaluation.bootstrap import Resamples, cluster_bootstrap, interval, paired_bootstrap
from rarml.evaluation.metrics import AUPRC, AUROC, ECE, precision_metric


def genes(seed=0, n=300, n_groups=200, shift=1.0):
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.3
    return truth, np.round(rng.normal(size=n) + shift * truth, 1), rng.integers(n_groups, size=n).astype(str)


@pytest.mark.parametrize(("metric", "oracle"), [(AUROC, roc_auc_score), (AUPRC, average_precision_score)])
def test_each_resample_agrees_with_sklearn_on_repeated_rows(metric, oracle):
    truth, score, groups = genes()
    resamples = Resamples(groups, 60, seed=3)
    found = resamples.values(metric, truth, score)
    weights = np.concatenate(list(resamples.weights()))
    assert weights.shape == (60, 300)
    for value, row in zip(found, weights.astype(int), strict=True):
        assert value == pytest.approx(oracle(np.repeat(truth, row), np.repeat(score, row)))


def test_groups_are_drawn_whole_and_as_many_as_there_are():
    _, _, groups = genes()
    resamples = Resamples(groups, 60, seed=3)
    weights = np.concatenate(list(resamples.weights()))
    names, first = np.unique(groups, return_index=True)
    assert (weights[:, first].sum(axis=1) == len(names)).all()
    for name in names:
        assert (np.ptp(weights[:, groups == name], axis=1) == 0).all()
    # a group is drawn once on average, with the variance of a binomial count
    assert weights.mean() == pytest.approx(1, abs=0.05)
    assert weights[:, first].var() == pytest.approx(1, abs=0.05)


def test_metrics_that_share_a_ranking_are_what_each_gives_alone():
    truth, score, groups = genes()
    metrics = [AUROC, AUPRC, precision_metric(50)]
    together = Resamples(groups, 40, seed=3).table(metrics, truth, score)
    for row, metric in zip(together, metrics, strict=True):
        np.testing.assert_array_equal(row, Resamples(groups, 40, seed=3).values(metric, truth, score))


@given(st.integers(0, 1000), st.sampled_from(["auroc", "auprc", "precision_at_20"]))
@settings(max_examples=20, deadline=None)
def test_row_order_does_not_matter_and_the_seed_decides(seed, metric):
    truth, score, groups = genes(seed)
    order = np.random.default_rng(seed).permutation(len(truth))
    here = cluster_bootstrap(truth, score, groups, metric, n=50, seed=seed)
    assert here == cluster_bootstrap(truth[order], score[order], groups[order], metric, n=50, seed=seed)
    assert here.low <= here.value <= here.high
    assert here != cluster_bootstrap(truth, score, groups, metric, n=50, seed=seed + 1)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    # AUROC of two normals one apart is 0.760; groups of two genes with one label and one score
    held = 0
    for seed in range(100):
        truth, score, _ = genes(seed, n=150)
        groups = np.arange(150)
        twice = cluster_bootstrap(np.r_[truth, truth], np.r_[score, score], np.r_[groups, groups], n=300, seed=seed)
        held += twice.low <= 0.7602 <= twice.high
    assert 88 <= held <= 99


def test_copies_in_one_group_do_not_narrow_the_interval():
    truth, score, groups = genes(n_groups=10_000)
    once = cluster_bootstrap(truth, score, groups, seed=1)
    copied = cluster_bootstrap(np.tile(truth, 4), np.tile(score, 4), np.tile(groups, 4), seed=1)
    naive = cluster_bootstrap(np.tile(truth, 4), np.tile(score, 4), np.arange(1200), seed=1)
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high), abs=1e-12)
    assert naive.high - naive.low < 0.6 * (once.high - once.low)


def test_a_difference_uses_the_same_resamples():
    truth, score, groups = genes()
    same = paired_bootstrap(truth, score, score, groups, seed=2)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    noisy = score + np.random.default_rng(5).normal(size=len(score))
    gain = paired_bootstrap(truth, score, noisy, groups, seed=2)
    a, b = (cluster_bootstrap(truth, s, groups, seed=2) for s in (score, noisy))
    assert gain.value == pytest.approx(a.value - b.value)
    loss = paired_bootstrap(truth, noisy, score, groups, seed=2)
    assert (loss.low, loss.high) == pytest.approx((-gain.high, -gain.low))


def test_the_interval_of_a_calibration_error_is_about_its_value():
    rng = np.random.default_rng(0)
    proba = rng.uniform(size=(2000, 1))
    truth = (rng.uniform(size=2000) < proba[:, 0]).astype(int)
    found = cluster_bootstrap(truth, np.c_[1 - proba, proba], np.arange(2000), ECE, n=300)
    assert found.low < found.value < found.high


def test_resamples_that_lack_a_class_are_not_judged():
    truth, score = np.array([True, False, False]), np.array([0.9, 0.1, 0.2])
    found = cluster_bootstrap(truth, score, ["a", "b", "c"], n=200)
    assert (found.low, found.high) == (1, 1)
    one_group = cluster_bootstrap([True, True], [0.1, 0.2], ["a", "a"], n=20)
    assert np.isnan([one_group.value, one_group.low, one_group.high]).all()
    assert np.isnan(interval(0.5, np.array([np.nan])).low)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([True, False], [0.1], ["a", "b"]), "do not pair"),
        (([], [], []), "no gene"),
        (([True, False], [0.1, np.nan], ["a", "b"]), "missing or infinite"),
        (([True, False], [0.1, 0.2], ["a", "b"], "roc"), "no metric"),
    ],
)
def test_bad_input_is_named(arguments, words):
    with pytest.raises(InputError, match=words):
        cluster_bootstrap(*arguments)


def test_no_resamples_is_refused():
    with pytest.raises(InputError, match="too few"):
        Resamples(["a"], 0, 1)
