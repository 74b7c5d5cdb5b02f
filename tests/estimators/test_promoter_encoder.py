import numpy as np
import pytest
import torch
from sklearn.base import clone

from rarml.core.errors import BundleError, InputError
from rarml.estimators.promoter_encoder import PromoterEncoder, squared_error

TINY = {"n_filters": 4, "width": 5, "dilations": (1,), "n_hidden": 6, "batch_size": 16, "shift": 4, "threads": 1}
rng = np.random.default_rng(0)
CODES = rng.integers(0, 4, (40, 128), dtype=np.uint8)
TARGETS = rng.normal(size=(40, 3)) * [1, 20, 0.1] + [0, 5, -2]
TARGETS[rng.random(TARGETS.shape) < 0.2] = np.nan


def tiny(**changes):
    return PromoterEncoder(**{**TINY, "epochs": 2, **changes})


@pytest.fixture(scope="module")
def fitted():
    return tiny().fit(CODES, TARGETS, tss=64)


def test_loss_by_hand():
    outputs = torch.tensor([[1.0, 2.0], [0.0, -1.0]])
    wanted = torch.tensor([[0.0, 5.0], [3.0, 9.0]])
    known = torch.tensor([[True, True], [True, False]])
    loss = squared_error(outputs, wanted, known, torch.tensor([0.25, 2.0]))
    assert float(loss) == pytest.approx(((0.25 * 1 + 2 * 9) + 0.25 * 9) / 2)


def test_an_unmeasured_target_has_no_gradient():
    outputs = torch.ones(2, 2, requires_grad=True)
    known = torch.tensor([[True, False], [False, False]])
    squared_error(outputs, torch.zeros(2, 2), known, torch.ones(2)).backward()
    assert outputs.grad.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_a_target_of_no_weight_teaches_nothing(fitted):
    weight = [1.0, 0.0, 1.0]
    other = TARGETS.copy()
    other[:, 1] = np.arange(40)
    one, two = (tiny().fit(CODES, y, tss=64, weight=weight).to_tensors() for y in (TARGETS, other))
    assert all(np.array_equal(one[name], two[name]) for name in one if name not in ("mean", "spread"))
    default = fitted.to_tensors()
    assert not np.array_equal(default["network.motifs"], one["network.motifs"])


def test_overfits_thirty_two_promoters():
    y = np.random.default_rng(1).normal(size=(32, 2))
    model = tiny(
        n_filters=16, n_hidden=32, dropout=0.0, weight_decay=0.0, shift=0, reverse=0.0, both_strands=False, epochs=150,
        batch_size=32, learning_rate=0.01,
    ).fit(CODES[:32], y, tss=64)  # fmt: skip
    assert np.abs(model.predict(CODES[:32]) - (y - y.mean(axis=0)) / y.std(axis=0)).max() < 0.15


def test_one_seed_gives_identical_predictions_and_another_seed_others(fitted):
    first = fitted.predict(CODES)
    np.testing.assert_array_equal(tiny().fit(CODES, TARGETS, tss=64).predict(CODES), first)
    assert np.abs(tiny(seed=1).fit(CODES, TARGETS, tss=64).predict(CODES) - first).max() > 1e-3


def test_targets_are_standardised_over_their_known_rows(fitted):
    np.testing.assert_allclose(fitted.mean_, np.nanmean(TARGETS, axis=0), rtol=1e-5)
    np.testing.assert_allclose(fitted.spread_, np.nanstd(TARGETS, axis=0), rtol=1e-5)
    scaled = tiny().fit(CODES, TARGETS * 8 + 1, tss=64)
    np.testing.assert_allclose(scaled.predict(CODES), fitted.predict(CODES), atol=1e-3)


def test_the_given_motifs_are_the_first_filters():
    motifs = np.random.default_rng(2).normal(size=(20, 2)).astype("f4")
    plain, given = (tiny(epochs=1)._new_network(1, start) for start in (None, motifs))
    np.testing.assert_array_equal(given.motifs.detach()[:, :2], motifs)
    assert torch.equal(given.motifs[:, 2:], plain.motifs[:, 2:])


def test_stored_weights_are_close_and_stay_as_they_are_when_stored_again(fitted):
    once = PromoterEncoder.from_tensors(fitted.to_tensors(), fitted.get_params(), tss=64)
    np.testing.assert_allclose(once.predict(CODES), fitted.predict(CODES), atol=0.02)
    again = PromoterEncoder.from_tensors(once.to_tensors(), once.get_params(), tss=64)
    np.testing.assert_array_equal(again.predict(CODES), once.predict(CODES))


def test_narrowed_answers_for_the_targets_asked_for_exactly_as_when_stored(fitted):
    narrow = fitted.narrowed([2, 0])
    stored = PromoterEncoder.from_tensors(fitted.to_tensors(), fitted.get_params(), tss=64)
    np.testing.assert_allclose(narrow.predict(CODES), stored.predict(CODES)[:, [2, 0]], atol=1e-6)
    again = PromoterEncoder.from_tensors(narrow.to_tensors(), narrow.get_params(), tss=64)
    np.testing.assert_array_equal(again.predict(CODES), narrow.predict(CODES))


@pytest.mark.parametrize("name", ["mean", "network.motifs", "network.body_norm.running_var"])
def test_a_missing_or_misshapen_weight_is_a_bundle_error(fitted, name):
    tensors = fitted.to_tensors()
    without = {key: value for key, value in tensors.items() if key != name}
    for wrong in (without, {**tensors, name: tensors[name][:-1]}):
        with pytest.raises(BundleError, match="encoder weights do not fit") as error:
            PromoterEncoder.from_tensors(wrong, fitted.get_params(), tss=64)
        assert "\n" not in str(error.value)


def test_an_interrupted_fit_resumes_to_the_same_weights(fitted, tmp_path, monkeypatch):
    from rarml.estimators import network_training

    written = []

    def failing(*arguments):
        original(*arguments)
        written.append(arguments[-1])
        raise KeyboardInterrupt

    original = network_training.write_checkpoint
    monkeypatch.setattr(network_training, "write_checkpoint", failing)
    with pytest.raises(KeyboardInterrupt):
        tiny().fit(CODES, TARGETS, tss=64, checkpoint=tmp_path / "a")
    monkeypatch.undo()
    resumed = tiny().fit(CODES, TARGETS, tss=64, checkpoint=tmp_path / "a")
    assert written == [1]
    np.testing.assert_array_equal(resumed.predict(CODES), fitted.predict(CODES))


def test_clone_carries_the_parameters_and_not_the_weights(fitted):
    assert clone(fitted).get_params() == fitted.get_params()
    assert not hasattr(clone(fitted), "network_")


def test_cuda_without_a_gpu_is_said_before_training(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="no CUDA device"):
        tiny(device="cuda").fit(CODES, TARGETS, tss=64)
