"""A network and its optimiser on disk between two epochs: safetensors, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from rarml.core.errors import InputError
from rarml.core.files import atomic_file

_NETWORK, _MOMENTS = "network.", "optimiser."
_EPOCHS = "finished_epochs"


def write_checkpoint(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer, epochs: int) -> None:
    """Store weights, the optimiser's moments and the number of finished epochs."""
    tensors = {_NETWORK + name: value.contiguous() for name, value in network.state_dict().items()}
    for number, state in optimiser.state_dict()["state"].items():
        tensors |= {f"{_MOMENTS}{number}.{name}": torch.as_tensor(value) for name, value in state.items()}
    tensors[_EPOCHS] = torch.tensor(epochs)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as temporary:
        temporary.write_bytes(save(tensors))


def read_checkpoint(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """Load what `write_checkpoint` stored; the number of finished epochs, 0 where there is no file.

    Raises
    ------
    InputError
        If the file is damaged, or of another network.
    """
    if not path.is_file():
        return 0
    try:
        with safe_open(str(path), framework="pt") as stored:
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (no mapping)
        network.load_state_dict({k.removeprefix(_NETWORK): v for k, v in tensors.items() if k.startswith(_NETWORK)})
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith(_MOMENTS):
                number, _, part = name.removeprefix(_MOMENTS).partition(".")
                moments.setdefault(int(number), {})[part] = value
        _require_sound(tensors, moments, [tuple(one.shape) for one in network.parameters()])
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": moments, "param_groups": groups})
        return int(tensors[_EPOCHS])
    except (SafetensorError, RuntimeError, KeyError, ValueError) as error:
        raise InputError(
            "is damaged or the checkpoint of another network", where=path, fix="delete it to begin anew"
        ) from error


def _require_sound(
    tensors: dict[str, torch.Tensor], moments: dict[int, dict[str, torch.Tensor]], shapes: list[tuple[int, ...]]
) -> None:
    """Raise `ValueError` unless all numbers are finite and the moments are of the network's own parameters."""
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise ValueError("a value is no finite number")
    if tensors[_EPOCHS].dtype != torch.int64 or tensors[_EPOCHS].shape != () or int(tensors[_EPOCHS]) < 0:
        raise ValueError("the number of epochs is none")
    for number, parts in moments.items():
        if not 0 <= number < len(shapes) or any(
            tuple(part.shape) not in ((), shapes[number]) for part in parts.values()
        ):
            raise ValueError("a moment is of no parameter")
