"""Checkpoints of pre-training that were damaged or made by hand are refused."""

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tampering import MARK, payload

from rarml.core.errors import InputError
from rarml.estimators.checkpoint import read_checkpoint, write_checkpoint


@pytest.fixture
def run(tmp_path):
    """A network and its optimiser after one step, and their checkpoint."""
    torch.manual_seed(0)
    network = torch.nn.Linear(3, 2)
    optimiser = torch.optim.AdamW(network.parameters())
    network(torch.ones(4, 3)).sum().backward()
    optimiser.step()
    write_checkpoint(tmp_path / "c.safetensors", network, optimiser, 4)
    return tmp_path / "c.safetensors", network, optimiser


def test_untouched(run):
    assert read_checkpoint(*run) == 4


CHANGES = {
    "NaN weight": lambda t: t["network.weight"].fill_(float("nan")),
    "infinite moment": lambda t: t["optimiser.0.exp_avg"].fill_(float("inf")),
    "moment of another shape": lambda t: t.update({"optimiser.0.exp_avg": torch.zeros(1000, 1000)}),
    "moment of no parameter": lambda t: t.update({"optimiser.99.exp_avg": torch.zeros(2)}),
    "moment without number": lambda t: t.update({"optimiser.x.exp_avg": torch.zeros(2)}),
    "negative epochs": lambda t: t["finished_epochs"].fill_(-3),
    "epochs are a table": lambda t: t.update(finished_epochs=torch.zeros(5)),
    "weight missing": lambda t: t.pop("network.bias"),
    "weight of another shape": lambda t: t.update({"network.weight": torch.zeros(9, 9)}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_tensors(run, name):
    tensors = {key: value.clone() for key, value in load_file(run[0]).items()}
    CHANGES[name](tensors)
    save_file(tensors, run[0])
    with pytest.raises(InputError, match="delete it"):
        read_checkpoint(*run)


@pytest.mark.parametrize(
    "data", [pickle.dumps(payload()), b"\xff" * 8 + b"{}", (2**60).to_bytes(8, "little") + b"{}", b""]
)
def test_changed_bytes(run, data):
    run[0].write_bytes(data)
    with pytest.raises(InputError, match="delete it"):
        read_checkpoint(*run)
    assert not Path(MARK).exists()
