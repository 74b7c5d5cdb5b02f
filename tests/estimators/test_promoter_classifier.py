import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from rarml.core.errors import BundleError, InputError
from rarml.estimators.classifier import class_weights
from rarml.estimators.promoter_classifier import UNLABELLED, PromoterClassifier, heads_loss
from rarml.estimators.promoter_encoder import PromoterEncoder
from rarml.explain.mutagenesis import base_importance, mutation_effects

SHAPE = {"n_filters": 4, "width": 5, "dilations": (1,), "n_hidden": 6}
rng = np.random.default_rng(0)
CODES = rng.integers(0, 4, (60, 128), dtype=np.uint8)
CLASSES = rng.integers(0, 3, 60)
TSS = 64
MOTIF = [0, 2, 2, 3, 1, 0]  # AGGTCA


def tiny(**changes):
    return PromoterClassifier(**{"network": SHAPE, "epochs": 2, "batch_size": 16, "shift": 4, "threads": 1, **changes})


@pytest.fixture(scope="module")
def encoder():
    targets = np.random.default_rng(1).normal(size=(60, 2))
    return PromoterEncoder(**SHAPE, epochs=1, batch_size=16, threads=1).fit(CODES, targets, tss=TSS)


def softmax_loss(logits, truth):
    return -np.log(np.exp(logits[truth]) / np.exp(logits).sum())


def test_loss_by_hand():
    outputs = np.array([[0.5, -1.0, 2.0, 0.0, 1.0], [1.0, 0.0, 0.3, 0.2, 0.1], [0.0, 3.0, 1.0, -1.0, 0.0]])
    codes = np.array([[1, UNLABELLED], [0, 2], [1, 0]])
    weights = [np.array([2.0, 0.5]), np.array([1.0, 4.0, 0.25])]
    first = [(0, 1), (1, 0), (2, 1)]
    second = [(1, 2), (2, 0)]

    def mean(rows, weight, start):
        parts = [weight[c] * softmax_loss(outputs[r, start : start + len(weight)], c) for r, c in rows]
        return sum(parts) / sum(weight[c] for _, c in rows)

    expected = (mean(first, weights[0], 0) + mean(second, weights[1], 2)) / 2
    found = heads_loss(
        torch.from_numpy(outputs), torch.from_numpy(codes), [torch.from_numpy(w).float() for w in weights]
    )
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_a_head_without_a_labelled_row_counts_nothing():
    outputs = torch.zeros(2, 4)
    weights = [torch.ones(2), torch.ones(2)]
    codes = torch.tensor([[0, UNLABELLED], [1, UNLABELLED]])
    assert float(heads_loss(outputs, codes, weights)) == pytest.approx(np.log(2) / 2)


@pytest.fixture(scope="module")
def planted():
    """600 promoters of which half carry the motif, on either strand; and where."""
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 4, (600, 160), dtype=np.uint8)
    y = rng.integers(0, 2, 600)
    place = rng.integers(30, 120, 600)
    site = np.array(MOTIF + MOTIF, dtype=np.uint8)  # a direct repeat: not met by chance
    for row in np.flatnonzero(y):
        shown = site if rng.random() < 0.5 else 3 - site[::-1]
        codes[row, place[row] : place[row] + len(site)] = shown
    return codes, y, place


@pytest.fixture(scope="module")
def motif_model(planted):
    codes, y, _ = planted
    shape = {"n_filters": 8, "width": 13, "dilations": (1,), "n_hidden": 8, "dropout": 0.1}
    model = tiny(network=shape, epochs=20, batch_size=32, learning_rate=0.01, shift=8)
    return model.fit(codes[:400], y[:400], tss=80)


def test_a_planted_motif_is_learnt(planted, motif_model):
    codes, y, _ = planted
    assert roc_auc_score(y[400:], motif_model.predict_proba(codes[400:])[0][:, 1]) > 0.95


def test_attribution_points_at_the_planted_motif(planted, motif_model):
    codes, y, place = planted

    def log_odds(some):
        proba = motif_model.predict_proba(some)[0]
        return np.log(proba[:, 1] / proba[:, 0])

    inside = []
    for row in 400 + np.flatnonzero(y[400:])[:8]:
        importance = base_importance(mutation_effects(log_odds, codes[row]), codes[row])
        top = np.argsort(-importance)[:6]
        inside.append(((top >= place[row]) & (top < place[row] + 12)).mean())
    assert np.mean(inside) > 0.8  # 12 of 160 bases: 0.075 by chance


def test_one_seed_gives_identical_predictions_and_another_seed_others():
    first, again, other = (tiny(seed=s).fit(CODES, CLASSES, tss=TSS).predict_proba(CODES)[0] for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4


def test_several_heads_each_sum_to_one_and_an_unlabelled_row_is_answered():
    y = np.column_stack([CLASSES, CLASSES % 2])
    y[:20, 1] = UNLABELLED
    first, second = tiny(starts=2).fit(CODES, y, tss=TSS).predict_proba(CODES)
    assert (first.shape, second.shape) == ((60, 3), (60, 2))
    np.testing.assert_allclose(first.sum(axis=1), 1)
    np.testing.assert_allclose(second.sum(axis=1), 1)


def test_starts_are_averaged_and_differ():
    model = tiny(starts=2).fit(CODES, CLASSES, tss=TSS)
    both = model.predict_proba(CODES)[0]
    parts = []
    networks = model.networks_
    for network in networks:
        model.networks_ = [network]
        parts.append(model.predict_proba(CODES)[0])
    assert np.abs(parts[0] - parts[1]).max() > 1e-4
    np.testing.assert_allclose(both, np.mean(parts, axis=0))


def test_the_best_epoch_is_kept_and_training_ends_after_the_patience():
    """Labels of noise: held-out rows soon get worse, however well the others are learnt."""
    inner = np.arange(60) < 30
    options = {"learning_rate": 0.02, "shift": 0, "patience": 2}
    model = tiny(epochs=40, **options).fit(CODES, CLASSES, tss=TSS, inner=inner)
    (best,) = model.best_epochs_
    assert best < 37

    def loss(found):
        weights = [torch.from_numpy(class_weights(np.bincount(CLASSES[~inner]), 0.5).astype(np.float32))]
        logits = torch.from_numpy(np.log(found.predict_proba(CODES[inner])[0]))
        return float(heads_loss(logits, torch.from_numpy(CLASSES[inner])[:, None], weights))

    impatient = tiny(epochs=40, **{**options, "patience": 100}).fit(CODES, CLASSES, tss=TSS, inner=inner)
    whole = tiny(epochs=40, **options).fit(CODES[~inner], CLASSES[~inner], tss=TSS)
    assert loss(impatient) <= loss(model) < loss(whole)


def test_held_out_rows_of_the_early_stopping_teach_nothing():
    inner = np.arange(60) < 15
    poisoned, y = CODES.copy(), CLASSES.copy()
    poisoned[inner], y[inner] = 4, 0
    one, two = (
        tiny(patience=100, epochs=1).fit(codes, labels, tss=TSS, inner=inner).predict_proba(CODES)[0]
        for codes, labels in ((CODES, CLASSES), (poisoned, y))
    )
    np.testing.assert_array_equal(one, two)


def test_a_frozen_trunk_stays_as_it_was_pre_trained(encoder):
    model = tiny(network=None, freeze=True).fit(CODES, CLASSES, tss=TSS, encoder=encoder)
    before, after = encoder.network_.state_dict(), model.networks_[0].state_dict()
    assert {name for name in before if not torch.equal(before[name], after[name])} == {"outputs.weight", "outputs.bias"}


def test_fine_tuning_moves_the_trunk_and_leaves_the_encoder_alone(encoder):
    before = {name: value.clone() for name, value in encoder.network_.state_dict().items()}
    model = tiny(network=None).fit(CODES, CLASSES, tss=TSS, encoder=encoder)
    assert not torch.equal(model.networks_[0].motifs, before["motifs"])
    assert all(torch.equal(value, before[name]) for name, value in encoder.network_.state_dict().items())


def test_stored_weights_answer_exactly_alike():
    model = tiny(starts=2).fit(CODES, CLASSES, tss=TSS)
    again = PromoterClassifier.from_tensors(model.to_tensors(), model.get_params(), n_classes=[3], tss=TSS)
    np.testing.assert_array_equal(again.predict_proba(CODES)[0], model.predict_proba(CODES)[0])


def test_a_missing_weight_is_a_bundle_error():
    model = tiny().fit(CODES, CLASSES, tss=TSS)
    tensors = model.to_tensors()
    del tensors["0.motifs"]
    with pytest.raises(BundleError, match="do not fit"):
        PromoterClassifier.from_tensors(tensors, model.get_params(), n_classes=[3], tss=TSS)


@pytest.mark.parametrize("classes", [np.zeros(60, int), np.full(60, UNLABELLED), 2 * (CLASSES % 2)])
def test_a_head_without_two_classes_is_refused(classes):
    with pytest.raises(InputError, match="head 1 has fewer than two classes"):
        tiny().fit(CODES, classes, tss=TSS)
