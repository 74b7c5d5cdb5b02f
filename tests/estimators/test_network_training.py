"""The training loop: its schedule, its augmentation, its seeds, and its checkpoints."""

import numpy as np
import pytest
import torch

from rarml.core.errors import InputError
from rarml.estimators.checkpoint import read_checkpoint, write_checkpoint
from rarml.estimators.network_training import Schedule, augmented, cycle, train_network
from rarml.estimators.promoter_network import PromoterNetwork, reverse_complement

CPU = torch.device("cpu")
QUICK = Schedule(epochs=3, batch_size=16, shift=8)
rng = np.random.default_rng(0)
CODES = rng.integers(0, 4, (48, 96), dtype=np.uint8)
TARGET = torch.from_numpy(rng.normal(size=48).astype(np.float32))


def make_network(n_filters=4):
    torch.manual_seed(0)
    return PromoterNetwork(1, n_filters=n_filters, width=5, dilations=(1,), n_hidden=4)


def squared(outputs, rows):
    return ((outputs[:, 0] - TARGET[rows]) ** 2).mean()


def train(network=None, *, seed=0, rows=None, schedule=QUICK, loss=squared, **options):
    network = network or make_network()
    chosen = np.arange(48) if rows is None else rows
    train_network(network, CODES, 48, chosen, loss, schedule, seed=seed, device=CPU, threads=1, **options)
    return {name: value.clone() for name, value in network.state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


# --- seeds -----------------------------------------------------------------------------------------------------------


def test_one_seed_one_network_and_another_seed_another():
    first = train(seed=0)
    assert same(first, train(seed=0))
    assert not same(first, train(seed=1))


def test_the_callers_random_streams_are_left_alone():
    torch.manual_seed(7)
    expected = torch.rand(3)
    network = make_network()
    torch.manual_seed(7)
    train(network)
    assert torch.equal(torch.rand(3), expected)


# --- rows, schedule, augmentation ------------------------------------------------------------------------------------


def test_every_chosen_row_is_shown_once_an_epoch_and_no_other():
    shown = []

    def loss(outputs, rows):
        shown.extend(rows.tolist())
        return squared(outputs, rows)

    train(rows=np.arange(5, 40), loss=loss)
    assert sorted(shown) == sorted([*range(5, 40)] * 3)
    assert shown[:35] != shown[35:70]


def test_rows_that_are_not_chosen_change_nothing(monkeypatch):
    few = np.arange(30)
    first = train(rows=few)
    poisoned = CODES.copy()
    poisoned[30:] = 4
    monkeypatch.setattr(f"{__name__}.CODES", poisoned)
    assert same(first, train(rows=few))


def test_training_ends_when_after_epoch_says_so_and_leaves_evaluation_mode():
    seen, network = [], make_network()
    train(network, after_epoch=lambda epoch: bool(seen.append((epoch, network.training)) or epoch == 1))
    assert seen == [(0, False), (1, False)]
    assert not network.training


def test_the_learning_rate_rises_for_a_fifth_and_falls_to_nothing():
    assert [cycle(done) for done in (0.0, 0.1, 0.2, 0.6, 1.0)] == pytest.approx([0, 0.5, 1, 0.5, 0])


def test_reverse_shows_the_other_strand_with_its_tss():
    codes = torch.from_numpy(CODES)
    shown, tss = augmented(codes, 40, Schedule(shift=0, reverse=1.0), np.random.default_rng(0))
    assert torch.equal(shown, reverse_complement(codes))
    assert tss == 96 - 40


def test_shift_moves_by_every_number_of_bases_up_to_the_largest_either_way():
    marked = torch.full((1, 41), 4, dtype=torch.uint8)
    marked[0, 20] = 2
    generator = np.random.default_rng(0)
    places = {
        int((augmented(marked, 20, Schedule(shift=3, reverse=0.0), generator)[0] == 2).nonzero()[0, 1])
        for _ in range(200)
    }
    assert places == set(range(17, 24))


# --- checkpoints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [0, 1])
def test_stopped_after_an_epoch_and_resumed_equals_uninterrupted(tmp_path, stop):
    checkpoint = tmp_path / "deep" / "a.safetensors"
    whole = train()
    stopped = train(checkpoint=checkpoint, after_epoch=lambda epoch: epoch == stop)
    assert not same(whole, stopped)
    epochs = []
    resumed = train(checkpoint=checkpoint, after_epoch=lambda epoch: bool(epochs.append(epoch)))
    assert epochs == list(range(stop + 1, 3))
    assert same(whole, resumed)


def test_interrupted_within_an_epoch_and_resumed_equals_uninterrupted(tmp_path):
    checkpoint, steps = tmp_path / "a.safetensors", []

    def failing(outputs, rows):
        steps.append(1)
        if len(steps) == 5:  # the second batch of the second epoch
            raise KeyboardInterrupt
        return squared(outputs, rows)

    with pytest.raises(KeyboardInterrupt):
        train(checkpoint=checkpoint, loss=failing)
    assert same(train(checkpoint=checkpoint), train())
    assert [file.name for file in tmp_path.iterdir()] == ["a.safetensors"]


def test_a_finished_checkpoint_is_not_trained_further(tmp_path):
    whole = train(checkpoint=tmp_path / "a")

    def never(outputs, rows):
        raise AssertionError("trained again")

    assert same(train(checkpoint=tmp_path / "a", loss=never), whole)


def test_a_frozen_part_stays_as_it_is():
    network = make_network()
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name.startswith("outputs."))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    after = train(network)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"outputs.weight", "outputs.bias"}


def write(path, network):
    write_checkpoint(path, network, torch.optim.AdamW(network.parameters()), 1)


@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_a_damaged_checkpoint_is_one_clear_error(tmp_path, content):
    path = tmp_path / "a.safetensors"
    write(path, make_network())
    path.write_bytes(path.read_bytes()[:-9] if content is None else content)
    with pytest.raises(InputError, match="a.safetensors: is damaged or .*delete it to begin anew") as error:
        train(checkpoint=path)
    assert "\n" not in str(error.value)


def test_the_checkpoint_of_another_network_is_one_clear_error(tmp_path):
    write(tmp_path / "a", make_network(n_filters=3))
    with pytest.raises(InputError, match="checkpoint of another network"):
        train(checkpoint=tmp_path / "a")


def test_without_a_file_no_epoch_is_finished(tmp_path):
    network = make_network()
    assert read_checkpoint(tmp_path / "none", network, torch.optim.AdamW(network.parameters())) == 0
