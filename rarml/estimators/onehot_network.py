"""A promoter network as a function of one-hot bases instead of base codes, so that gradients reach the bases."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from rarml.estimators.motif_layer import UNKNOWN
from rarml.estimators.promoter_network import PromoterNetwork, align


def onehot(codes: Tensor) -> Tensor:
    """Float of shape (n, length, 4) from base codes of shape (n, length); zeros at N."""
    return functional.one_hot(codes.long(), UNKNOWN + 1)[..., :UNKNOWN].float()


class OnehotNetwork(nn.Module):
    """A weighted sum of the outputs of a trained network, by one-hot bases; the same number as from codes.

    Parameters
    ----------
    network : PromoterNetwork
        Trained.
    weights : float array of shape (outputs,)
    codes : uint8 array of shape (length,)
        A promoter that knows the same bases as all that will be given: where it has N, all have.
    tss : int
        Position of the TSS.
    both_strands : bool
        Mean over both strands.
    """

    def __init__(
        self, network: PromoterNetwork, weights: NDArray[np.floating], codes: NDArray[np.uint8], tss: int,
        *, both_strands: bool,
    ):  # fmt: skip
        super().__init__()
        self.network, self.tss, self.both_strands = network, tss, both_strands
        self.weights = torch.from_numpy(np.asarray(weights, dtype=np.float32))
        self.codes = torch.from_numpy(codes[None].copy())
        # row 4 * i + b of the first layer is base b at place i of a filter
        self.filters = network.motifs.detach().view(network.width, UNKNOWN, -1).permute(2, 1, 0).contiguous()

    def forward(self, bases: Tensor) -> Tensor:
        """Float of shape (n,) from float of shape (n, length, 4)."""
        result = self._strand(bases, self.codes, self.tss)
        if self.both_strands:
            # A, C, G, T are in such an order that flipping them gives each its complement
            other = self._strand(bases.flip(1, 2), self.codes.flip(1), bases.shape[1] - self.tss)
            result = (result + other) / 2
        return result

    def _strand(self, bases: Tensor, codes: Tensor, tss: int) -> Tensor:
        network, cell = self.network, self.network.cell
        padded, start = align(codes, tss, cell)
        left = start - tss
        right = padded.shape[1] - codes.shape[1] - left
        before = (network.width - 1) // 2
        x = functional.pad(bases.transpose(1, 2), (left + before, right + network.width - 1 - before))
        scores = functional.conv1d(x, self.filters)
        best = scores.view(*scores.shape[:2], -1, cell).amax(dim=3)
        known = (padded != UNKNOWN).view(1, -1, cell).any(dim=2).unsqueeze(1).expand(len(bases), -1, -1)
        outputs: Tensor = network.outputs(network.vector_of_matches(best, known, start))
        return outputs @ self.weights
