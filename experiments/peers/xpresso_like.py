"""A network on bases in the manner of Xpresso (Agarwal and Shendure 2020, 10.1016/j.celrep.2020.107663).

Two stages of convolution and wide max-pooling, as there (128 filters of 6 pooled by 30, 32 of 9 pooled by 10), and a
dense layer of 64, on the promoter windows there are: ±1,000 bp where Xpresso reads -7,000 to +3,500. Its last hidden
layer of 2 units, enough for one number, is left out before three classes; so are the inputs on mRNA decay, as every
peer on bases gets bases only. Unresponsive genes are thinned out in training, with class weights that make up for
half of the imbalance left: the network is judged by ranking.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import torch
from data import PeerData
from numpy.typing import NDArray
from torch import nn
from tuning import Bools, Floats, held_out_by

from rarml.core.seeds import child_rng, child_seed

SETTINGS = ((5e-4, 6), (5e-4, 12), (2e-3, 6), (2e-3, 12))
"""Learning rate and passes over the genes."""
WIDTH = 6
"""Bases that a first filter reads."""
MOST, BATCH = 1500, 64
"""Unresponsive genes trained on, and genes per step."""
SEEDED = True


class XpressoLike(nn.Module):
    """Class scores of promoters given as base codes of shape (n, length)."""

    def __init__(self, length: int, classes: int):
        super().__init__()
        self.first = nn.Conv1d(4, 128, WIDTH)
        self.second = nn.Sequential(nn.ReLU(), nn.Conv1d(128, 32, 9, padding=4), nn.MaxPool1d(10), nn.ReLU())
        wide = 32 * ((length + 1) // 30 // 10)
        self.dense = nn.Sequential(nn.Linear(wide, 64), nn.ReLU(), nn.Dropout(0.1546), nn.Linear(64, classes))
        letters = torch.cartesian_prod(*[torch.arange(5)] * WIDTH)
        self.register_buffer("words", nn.functional.one_hot(letters, 5)[..., :4].transpose(1, 2).flatten(1).float())

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        return self.dense(self.second(self.pooled(codes)).flatten(1))

    def pooled(self, codes: torch.Tensor) -> torch.Tensor:
        """The first convolution, with 3 unknown bases at either end, and its largest value in each 30, (n, 128, parts).

        What a filter says of a word of 6 bases is looked up in a table of all words, and only the largest is kept: four
        times as fast as to write out all positions.
        """
        table = self.words @ self.first.weight.flatten(1).T + self.first.bias
        padded = nn.functional.pad(codes.long(), (WIDTH // 2, WIDTH // 2), value=4)
        word = padded.unfold(1, WIDTH, 1) @ (5 ** torch.arange(WIDTH - 1, -1, -1))
        parts = word.shape[1] // 30
        bags = word[:, : parts * 30].reshape(-1, 30)
        best = nn.functional.embedding_bag(bags, table, mode="max")
        return best.reshape(len(codes), parts, -1).transpose(1, 2)


class Training:
    """A network of one learning rate and set of genes, trained a few passes at a time; its chance is of `seed`."""

    def __init__(self, data: PeerData, rate: float, fit: Bools, seed: int):
        self.rate, self.fit, self.passes = rate, fit, 0
        self._data, self._rows = data, thinned(data, fit, seed)
        self._order = child_rng(seed, "order")
        weight = class_weight(data.y[self._rows], len(data.classes))
        self._weight = torch.tensor(weight, dtype=torch.float32)
        with torch.random.fork_rng():
            torch.manual_seed(child_seed(seed, "xpresso"))
            self.network = XpressoLike(data.codes.shape[1], len(data.classes))
            self._state = torch.random.get_rng_state()
        self._steps = torch.optim.Adam(self.network.parameters(), lr=rate)

    def until(self, passes: int) -> XpressoLike:
        """The network after that many passes over the genes."""
        with torch.random.fork_rng():
            torch.random.set_rng_state(self._state)
            self.network.train()
            for _ in range(self.passes, passes):
                self._one_pass()
            self._state = torch.random.get_rng_state()
        self.passes = passes
        return self.network

    def _one_pass(self) -> None:
        for batch in np.array_split(self._order.permutation(self._rows), max(1, len(self._rows) // BATCH)):
            codes, target = torch.from_numpy(self._data.codes[batch]), torch.from_numpy(self._data.y[batch])
            loss = nn.functional.cross_entropy(self.network(codes), target, weight=self._weight)
            self._steps.zero_grad()
            loss.backward()
            self._steps.step()


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out probabilities and the setting chosen per fold."""
    last: list[Training] = []

    def fit_predict(setting: tuple[float, int], fit: Bools, ask: Bools) -> Floats:
        rate, passes = setting
        # settings that differ in passes alone share one training
        if not (last and last[0].rate == rate and last[0].passes <= passes and np.array_equal(last[0].fit, fit)):
            last[:] = [Training(data, rate, fit, seed)]
        return answers(last[0].until(passes), data.codes[ask])

    return held_out_by(data, SETTINGS, fit_predict)


def thinned(data: PeerData, fit: Bools, seed: int) -> NDArray[np.intp]:
    """Rows to train on: all responsive genes of the mask, and `MOST` unresponsive ones drawn at random."""
    rows = np.flatnonzero(fit)
    flat = rows[data.y[rows] == len(data.classes) - 1]
    if len(flat) > MOST:
        flat = child_rng(seed, "thinned").choice(flat, MOST, replace=False)
    return np.sort(np.concatenate([rows[data.y[rows] != len(data.classes) - 1], flat]))


def class_weight(y: NDArray[np.integer], classes: int) -> NDArray[np.float64]:
    """Weights that make up for half of the imbalance (inverse square roots of the counts), mean 1 over the genes."""
    counts = np.bincount(y, minlength=classes)
    weight = 1 / np.sqrt(np.maximum(counts, 1))
    return weight / (weight * counts).sum() * counts.sum()


def answers(network: nn.Module, codes: NDArray[np.uint8]) -> Floats:
    """Class probabilities of promoters."""
    network.train(False)
    with torch.inference_mode():
        parts = [
            network(torch.from_numpy(part)).softmax(dim=1) for part in np.array_split(codes, len(codes) // 512 + 1)
        ]
    return torch.cat(parts).double().numpy()
