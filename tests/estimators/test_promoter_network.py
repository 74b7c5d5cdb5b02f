"""The network against NumPy and what must not change its outputs."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.estimators.network_training import network_outputs
from rarml.estimators.promoter_network import (
    DISTANCE_EDGES,
    PromoterNetwork,
    align,
    pool_by_distance,
    reverse_complement,
    shifted,
    tensor_shapes,
)

CPU = torch.device("cpu")
LENGTH, TSS = 700, 411
COMPLEMENT = dict(zip("ACGTN", "TGCAN", strict=True))


def make_codes(n, length, seed=0, unknown=0.0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, (n, length), dtype=np.uint8)
    codes[rng.random(codes.shape) < unknown] = 4
    return codes


def make_network(seed=0, n_outputs=3, **shape):
    """A small network in which no weight and no running statistic is a neutral one."""
    torch.manual_seed(seed)
    network = PromoterNetwork(n_outputs, **{"n_filters": 5, "width": 6, "dilations": (1, 2), "n_hidden": 7, **shape})
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if "running_var" in name or name.endswith("norm.weight"):
                value.uniform_(0.5, 2.0)
            elif value.dtype == torch.float32:
                value.normal_(0, 0.4)
    return network.eval()


def outputs(network, codes, tss=TSS, **options):
    return network_outputs(network, codes, tss, **{"both_strands": True, "device": CPU, "threads": 1, **options})


def text(row):
    return "".join("ACGTN"[code] for code in row)


# --- against NumPy ---------------------------------------------------------------------------------------------------


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def by_hand(state, row, tss, *, width, cell, dilations, body_width):
    """One promoter through the network, position by position; `tss` must start a cell and cells be whole."""

    def norm(name, x):
        centred = (x - state[f"{name}.running_mean"]) / np.sqrt(state[f"{name}.running_var"] + 1e-5)
        return centred * state[f"{name}.weight"] + state[f"{name}.bias"]

    length, motifs = len(row), state["motifs"]
    scores = np.zeros((length, motifs.shape[1]))
    for position in range(length):
        for offset in range(width):
            place = position + offset - (width - 1) // 2
            if 0 <= place < length and row[place] < 4:
                scores[position] += motifs[4 * offset + row[place]]
    n_cells = length // cell
    known = np.array([(row[cell * c : cell * (c + 1)] < 4).any() for c in range(n_cells)])
    x = np.array([scores[cell * c : cell * (c + 1)].max(axis=0) for c in range(n_cells)])
    x = np.maximum(norm("motif_norm", x), 0) * known[:, None]
    for number, dilation in enumerate(dilations):
        name = f"body.{number}"
        inner = gelu(norm(f"{name}.norm", x)) * known[:, None]
        wide = np.tile(state[f"{name}.dilated.bias"], (n_cells, 1))
        for c in range(n_cells):
            for tap in range(body_width):
                other = c + dilation * (tap - body_width // 2)
                if 0 <= other < n_cells:
                    wide[c] += state[f"{name}.dilated.weight"][:, :, tap] @ inner[other]
        added = gelu(wide) @ state[f"{name}.pointwise.weight"][:, :, 0].T + state[f"{name}.pointwise.bias"]
        x = (x + added) * known[:, None]
    x = gelu(norm("body_norm", x))
    distance = cell * (np.arange(n_cells) - tss // cell)
    pooled = []
    for low, high in zip([-np.inf, *DISTANCE_EDGES], [*DISTANCE_EDGES, np.inf], strict=True):
        inside = x[(distance >= low) & (distance < high) & known]
        none = np.zeros(x.shape[1])
        pooled += [inside.mean(axis=0), inside.max(axis=0)] if len(inside) else [none, none]
    vector = gelu(state["hidden.weight"] @ np.concatenate(pooled) + state["hidden.bias"])
    return state["outputs.weight"] @ vector + state["outputs.bias"]


def test_outputs_are_those_computed_by_hand():
    shape = {"width": 3, "cell": 4, "dilations": (1, 3), "body_width": 3}
    network = make_network(n_outputs=2, n_filters=2, n_hidden=3, **shape)
    codes = make_codes(2, 160, unknown=0.1)
    codes[1, 20:50] = 4
    state = {name: value.double().numpy() for name, value in network.state_dict().items()}
    expected = [by_hand(state, row, 80, **shape) for row in codes]
    np.testing.assert_allclose(outputs(network, codes, 80, both_strands=False), expected, rtol=2e-4, atol=2e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(-3, 15))
def test_pooling_is_the_mean_and_maximum_over_the_known_cells_of_each_bin(seed, cells, tss):
    rng = np.random.default_rng(seed)
    x, known = rng.normal(size=(2, 3, cells)).astype("f4"), rng.random((2, 1, cells)) < 0.6
    edges = [-4, -1, 1, 4]
    found = pool_by_distance(torch.from_numpy(x), torch.from_numpy(known), tss, edges).numpy()
    expected = np.zeros((2, 5, 2, 3))
    place = np.digitize(np.arange(cells) - tss, edges)
    for row in range(2):
        for bin_number in range(5):
            chosen = x[row][:, (place == bin_number) & known[row, 0]]
            if chosen.shape[1]:
                expected[row, bin_number] = chosen.mean(axis=1), chosen.max(axis=1)
    np.testing.assert_allclose(found, expected.reshape(2, -1), atol=1e-6)


def test_unknown_bases_give_the_motifs_no_gradient():
    network = make_network()
    network(torch.full((2, 64), 4, dtype=torch.uint8), 32).sum().backward()
    assert network.outputs.bias.grad.abs().sum() > 0
    assert network.motifs.grad.abs().max() == 0


# --- what must not matter --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tss", [TSS, 0, 1, 350, LENGTH])
def test_the_other_strand_gives_the_same_bits(tss):
    codes = make_codes(9, LENGTH, unknown=0.05)
    other = reverse_complement(torch.from_numpy(codes)).numpy()
    network = make_network()
    np.testing.assert_array_equal(outputs(network, codes, tss), outputs(network, other, LENGTH - tss))


def test_one_strand_alone_tells_the_strands_apart():
    codes = make_codes(4, LENGTH)
    other = reverse_complement(torch.from_numpy(codes)).numpy()
    one, two = (
        outputs(make_network(), shown, tss, both_strands=False) for shown, tss in ((codes, TSS), (other, LENGTH - TSS))
    )
    assert np.abs(one - two).max() > 1e-3


def test_batch_size_does_not_matter():
    codes = make_codes(70, LENGTH, unknown=0.02)
    whole, *others = (outputs(make_network(), codes, batch_size=size) for size in (64, 8, 1))
    for other in others:
        np.testing.assert_allclose(other, whole, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 70), st.integers(0, 70))
def test_any_number_of_n_on_either_side_changes_nothing(left, right):
    codes = make_codes(3, LENGTH, unknown=0.02)
    padded = np.pad(codes, ((0, 0), (left, right)), constant_values=4)
    network = make_network()
    np.testing.assert_allclose(outputs(network, padded, TSS + left), outputs(network, codes), atol=1e-5)


@pytest.mark.parametrize("length", [1, 15, 16, 17, 333, 2000])
def test_windows_of_any_length_are_answered(length):
    found = outputs(make_network(), make_codes(2, length), length // 2)
    assert found.shape == (2, 3)
    assert np.isfinite(found).all()


def test_a_promoter_without_a_known_base_and_no_promoter_at_all_are_answered():
    assert np.isfinite(outputs(make_network(), np.full((1, 64), 4, dtype=np.uint8), 32)).all()
    assert outputs(make_network(), make_codes(0, 64), 32).shape == (0, 3)


def test_every_base_and_its_place_matter():
    """The invariances above would hold for a network that is blind."""
    codes = make_codes(1, LENGTH)
    network = make_network()
    changed = codes.copy()
    changed[0, TSS - 40 : TSS + 40] = 3 - changed[0, TSS - 40 : TSS + 40]
    assert np.abs(outputs(network, changed) - outputs(network, codes)).max() > 1e-3
    assert np.abs(outputs(network, codes, TSS + 160) - outputs(network, codes)).max() > 1e-3


# --- strands, shifts and cells ---------------------------------------------------------------------------------------

ROW = st.lists(st.integers(0, 4), min_size=1, max_size=40)


@given(ROW)
def test_reverse_complement_is_the_other_strand(row):
    found = reverse_complement(torch.tensor([row], dtype=torch.uint8))[0]
    assert text(found) == "".join(COMPLEMENT[base] for base in reversed(text(row)))


@given(ROW, st.integers(-50, 50))
def test_shifted_moves_to_the_right_and_fills_with_n(row, bases):
    letters, n = text(row), len(row)
    room = "N" * abs(bases)
    expected = (room + letters)[:n] if bases >= 0 else (letters + room)[-n:]
    assert text(shifted(torch.tensor([row], dtype=torch.uint8), bases)[0]) == expected


@given(ROW, st.integers(0, 40), st.integers(1, 17))
def test_aligned_cells_are_whole_and_the_tss_starts_one(row, tss, cell):
    found, moved = align(torch.tensor([row], dtype=torch.uint8), tss, cell)
    assert found.shape[1] % cell == moved % cell == 0
    assert text(found[0])[moved - tss :].rstrip("N") == text(row).rstrip("N")


def test_tensor_shapes_are_those_of_a_network():
    shape = {"n_filters": 5, "width": 6, "n_hidden": 7}
    network = PromoterNetwork(3, dilations=(1, 2, 4), **shape)
    own = {name: tuple(value.shape) for name, value in network.state_dict().items() if "num_batches" not in name}
    assert tensor_shapes(3, n_layers=3, **shape) == own
