import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sk_log_loss

from rarml.core.errors import InputError
from rarml.evaluation.losses import equal_bins
from rarml.evaluation.metrics import auprc, auroc, brier, ece, find_metric, log_loss, precision_at


@st.composite
def ranked_genes(draw, both=True):
    n = draw(st.integers(2, 40))
    truth = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    # few distinct scores, so that ties are common
    score = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))) / 7
    weights = np.array(draw(st.lists(st.integers(1, 4), min_size=n, max_size=n)))
    if both:
        truth[:2] = True, False
    return truth, score, weights


def class_probabilities(seed, n=60, classes=3):
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.ones(classes), n)
    truth = np.r_[np.arange(classes), rng.integers(classes, size=n - classes)]
    return truth, proba, rng.integers(1, 4, n)


@given(ranked_genes())
@settings(max_examples=150, deadline=None)
def test_rank_metrics_agree_with_sklearn_with_ties_and_weights(genes):
    truth, score, weights = genes
    assert auroc(truth, score) == pytest.approx(roc_auc_score(truth, score))
    assert auprc(truth, score) == pytest.approx(average_precision_score(truth, score))
    assert auroc(truth, score, weights) == pytest.approx(roc_auc_score(truth, score, sample_weight=weights))
    assert auprc(truth, score, weights) == pytest.approx(average_precision_score(truth, score, sample_weight=weights))


@given(ranked_genes(), st.integers(1, 10))
@settings(max_examples=100, deadline=None)
def test_a_weight_is_the_same_as_repeated_rows(genes, k):
    truth, score, weights = genes
    many_truth, many_score = np.repeat(truth, weights), np.repeat(score, weights)
    assert auroc(truth, score, weights) == auroc(many_truth, many_score)
    assert auprc(truth, score, weights) == pytest.approx(auprc(many_truth, many_score))
    expected = precision_at(many_truth, many_score, k)
    assert precision_at(truth, score, k, weights) == pytest.approx(expected, nan_ok=True)


@given(ranked_genes(), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_precision_is_the_mean_over_random_orders_of_ties(genes, k):
    truth, score, _ = genes
    if k > len(truth):
        assert np.isnan(precision_at(truth, score, k))
        return
    cut = np.sort(score)[::-1][k - 1]
    sure, edge = score > cut, score == cut
    expected = (truth[sure].sum() + truth[edge].mean() * (k - sure.sum())) / k
    assert precision_at(truth, score, k) == pytest.approx(expected)


@given(ranked_genes(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_row_order_and_monotone_change_of_score_do_not_matter(genes, random):
    truth, score, _ = genes
    order = np.array(random.sample(range(len(truth)), len(truth)))
    for metric in (auroc, auprc, lambda y, s: precision_at(y, s, 2)):
        assert metric(truth, score) == metric(truth[order], score[order]) == metric(truth, np.exp(3 * score))
    assert auroc(truth, -score) == pytest.approx(1 - auroc(truth, score))


def test_rank_metrics_by_hand():
    truth, score = [True, False, True, False], [0.9, 0.8, 0.7, 0.1]
    assert auroc(truth, score) == 0.75
    assert auprc(truth, score) == pytest.approx((1 + 2 / 3) / 2)
    assert precision_at(truth, score, 2) == 0.5
    assert auroc(truth, [0.5] * 4) == auprc(truth, [0.5] * 4) == 0.5
    assert np.isnan(auroc([True, True], [0.1, 0.2]))
    assert np.isnan(auprc([False, False], [0.1, 0.2]))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("classes", [2, 3])
def test_losses_agree_with_sklearn(seed, classes):
    truth, proba, weights = class_probabilities(seed, classes=classes)
    labels = np.arange(classes)
    for w in (None, weights):
        assert log_loss(truth, proba, w) == pytest.approx(sk_log_loss(truth, proba, sample_weight=w, labels=labels))
        if classes == 2:
            expected = brier_score_loss(truth, proba[:, 1], sample_weight=w)
            assert brier(truth, proba[:, 1], w) == pytest.approx(expected)
        else:
            expected = np.average(((proba - np.eye(classes)[truth]) ** 2).sum(axis=1), weights=w)
        assert brier(truth, proba, w) == pytest.approx(expected)


def test_a_confident_mistake_costs_a_finite_loss():
    assert log_loss([True], [0.0]) == pytest.approx(-np.log(1e-6))
    assert log_loss([True], [1.0]) == 0.0


def test_calibration_error_by_hand():
    # bin of 0.2: 1 of 4 positive, off by 0.05; bin of 0.8: 2 of 4 positive, off by 0.3
    truth, proba = [1, 0, 0, 0, 1, 1, 0, 0], [0.2] * 4 + [0.8] * 4
    assert ece(truth, proba, bins=2) == pytest.approx((0.05 + 0.3) / 2)
    assert ece(truth, np.c_[1 - np.array(proba), proba], bins=2) == pytest.approx((0.05 + 0.3) / 2)
    # three classes: the mean over classes; the third is never predicted and never happens
    three = np.c_[1 - np.array(proba), proba, np.zeros(8)]
    assert ece(truth, three, bins=2) == pytest.approx(2 / 3 * (0.05 + 0.3) / 2)


@pytest.mark.parametrize("seed", range(3))
def test_calibration_error_agrees_with_a_loop(seed):
    truth, proba, weights = class_probabilities(seed)
    errors = []
    for column in range(3):
        bins = equal_bins(proba[:, column], 5)
        assert set(np.bincount(bins)) == {12}
        total = 0.0
        for one in range(5):
            w = weights[bins == one]
            observed = np.average(truth[bins == one] == column, weights=w)
            total += w.sum() * abs(observed - np.average(proba[bins == one, column], weights=w))
        errors.append(total / weights.sum())
    assert ece(truth, proba, weights, bins=5) == pytest.approx(np.mean(errors))


def test_calibration_error_finds_overconfidence_and_spares_honest_forecasts():
    rng = np.random.default_rng(1)
    proba = rng.uniform(size=20_000)
    truth = rng.uniform(size=20_000) < proba
    assert ece(truth, proba) < 0.015
    assert ece(truth, np.clip(2 * proba - 0.5, 0, 1)) > 0.1


def test_equal_values_share_a_bin():
    bins = equal_bins(np.array([0.1, 0.1, 0.1, 0.9, 0.1]), 5)
    assert len(set(bins[[0, 1, 2, 4]])) == 1
    assert bins.max() < 5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: auroc([True, False], [0.5]), "do not pair"),
        (lambda: auroc([True, False], [0.5, np.nan]), "missing or infinite"),
        (lambda: auroc([True, False], [0.5, 0.1], [1, -1]), "not negative"),
        (lambda: precision_at([True], [0.5], 0), "no meaning"),
        (lambda: brier([1, 0], [0.5, 1.2]), "outside 0 to 1"),
        (lambda: log_loss([2, 0], [0.5, 0.2]), "outside the 2 columns"),
        (lambda: ece([1], [[0.5, 0.5], [0.1, 0.9]]), "do not pair"),
        (lambda: find_metric("aurocc"), "did you mean 'auroc'"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_metrics_are_found_by_name():
    assert find_metric("precision_at_7")(np.array([True, False] * 4), np.arange(8.0)) == pytest.approx(3 / 7)
    assert not find_metric("brier").higher_is_better
