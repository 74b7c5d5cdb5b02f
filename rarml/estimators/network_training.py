"""The training loop of promoter networks: shifted and strand-swapped batches, one learning-rate cycle, resumable."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rarml.core.progress import track
from rarml.core.seeds import child_rng, child_seed
from rarml.estimators.checkpoint import read_checkpoint, write_checkpoint
from rarml.estimators.device import numeric_setting
from rarml.estimators.promoter_network import PromoterNetwork, reverse_complement, shifted

Loss = Callable[[Tensor, NDArray[np.integer]], Tensor]
"""Mean loss of a batch from its outputs (n, n_outputs) and its row numbers."""
_RISING = 0.2  # share of the steps in which the learning rate rises (one cycle: Smith 2018, arXiv:1803.09820)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a network is trained.

    Parameters
    ----------
    epochs : int
        Passes over the training rows.
    batch_size : int
        Rows per step, about.
    learning_rate : float
        Peak of the one-cycle schedule (AdamW).
    weight_decay : float
        Of AdamW.
    shift : int
        Each batch is moved by up to so many bases either way.
    reverse : float
        Share of batches shown as the reverse complement.
    """

    epochs: int = 8
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    shift: int = 50
    reverse: float = 0.5


def train_network(
    network: PromoterNetwork,
    codes: NDArray[np.uint8],
    tss: int,
    rows: NDArray[np.integer],
    loss: Loss,
    schedule: Schedule,
    *,
    seed: int,
    device: torch.device,
    threads: int | None = None,
    what: str = "training",
    checkpoint: Path | None = None,
    after_epoch: Callable[[int], bool] | None = None,
) -> None:
    """Train in place.

    Parameters
    ----------
    network : PromoterNetwork
        Moved to `device`; left in evaluation mode.
    codes : uint8 array of shape (n, length)
        Base codes of all rows.
    tss : int
        Position of the TSS in each row.
    rows : int array
        The rows to train on.
    loss : callable
        See `Loss`.
    schedule : Schedule
        Length and pace.
    seed : int
        Order, augmentation and dropout; each epoch has a stream of its own, so a resumed run equals a whole one.
    device : torch.device
        Where to run.
    threads : int, optional
        CPU threads. Sums are added in another order on more of them: results differ in the last digits.
    what : str
        Name of the progress bar.
    checkpoint : Path, optional
        Written after every epoch, and where it exists read first.
    after_epoch : callable, optional
        Called with the number of the finished epoch, the network in evaluation mode; training ends if it returns True.
    """
    network.to(device)
    optimiser = torch.optim.AdamW(network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    first = read_checkpoint(checkpoint, network, optimiser) if checkpoint is not None else 0
    n_batches = max(1, round(len(rows) / schedule.batch_size))
    steps = schedule.epochs * n_batches

    def batches() -> Iterator[tuple[int, int]]:
        yield from ((epoch, number) for epoch in range(first, schedule.epochs) for number in range(n_batches))

    with torch.random.fork_rng(devices=[]), numeric_setting(device, threads):
        for epoch, number in track(batches(), what=what, total=(schedule.epochs - first) * n_batches):
            if number == 0:
                torch.manual_seed(child_seed(seed, "dropout", epoch))
                rng = child_rng(seed, "batches", epoch)
                parts = np.array_split(rng.permutation(rows), n_batches)
                training_mode(network)
            for group in optimiser.param_groups:
                group["lr"] = schedule.learning_rate * cycle((epoch * n_batches + number + 1) / steps)
            shown, boundary = augmented(torch.from_numpy(codes[parts[number]]), tss, schedule, rng)
            optimiser.zero_grad()
            value = loss(network(shown.to(device), boundary), parts[number])
            value.backward()
            optimiser.step()
            if number == n_batches - 1:
                network.train(False)
                if checkpoint is not None:
                    write_checkpoint(checkpoint, network, optimiser, epoch + 1)
                if after_epoch is not None and after_epoch(epoch):
                    break
    network.train(False)


def training_mode(network: nn.Module) -> None:
    """Training mode, but for a norm whose weights are frozen: its running mean and variance are frozen with them."""
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d) and not module.weight.requires_grad:
            module.train(False)


def augmented(codes: Tensor, tss: int, schedule: Schedule, rng: np.random.Generator) -> tuple[Tensor, int]:
    """A batch moved by a few bases and, for a share of batches, on its other strand; and the position of the TSS."""
    if schedule.shift:
        codes = shifted(codes, int(rng.integers(-schedule.shift, schedule.shift + 1)))
    if rng.random() < schedule.reverse:
        return reverse_complement(codes), codes.shape[1] - tss
    return codes, tss


def network_outputs(
    network: PromoterNetwork,
    codes: NDArray[np.uint8],
    tss: int,
    *,
    both_strands: bool,
    device: torch.device,
    threads: int | None = None,
    batch_size: int = 64,
) -> NDArray[np.float32]:
    """Outputs of a network, shape (n, n_outputs); the mean over both strands if asked for.

    One row depends on no other row.
    """
    network.to(device).train(False)
    parts = []
    with torch.no_grad(), numeric_setting(device, threads):
        for start in range(0, len(codes), batch_size):
            batch = torch.from_numpy(np.ascontiguousarray(codes[start : start + batch_size])).to(device)
            outputs = network(batch, tss)
            if both_strands:
                outputs = (outputs + network(reverse_complement(batch), batch.shape[1] - tss)) / 2
            parts.append(outputs.float().cpu())
    if not parts:
        return np.zeros((0, network.outputs.out_features), dtype=np.float32)
    return torch.cat(parts).numpy()


def cycle(done: float) -> float:
    """The learning rate as a share of its peak after a share `done` of all steps: a linear rise, a cosine fall."""
    if done < _RISING:
        return done / _RISING
    return 0.5 * (1 + math.cos(math.pi * (done - _RISING) / (1 - _RISING)))
