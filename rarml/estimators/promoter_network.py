"""The convolutional network over promoter bases: motif filters, a residual body, pooling by distance from the TSS.

Base codes (A 0, C 1, G 2, T 3, N 4; uint8) become one-hot on the fly; N is all zeros. The first layer has no bias and
is followed at once by a maximum over short cells, so each filter reads as a motif: its weights are log-odds-like scores
per base, and its activation is its best match in the cell. Pooling before anything else makes training several times as
fast on a CPU (see `motif_layer`). Cells without a known base take part in nothing, so padding with N changes no output.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from rarml.estimators.motif_layer import UNKNOWN, best_matches

DISTANCE_EDGES = (-256, -48, 48, 256)
"""Bounds in bases from the TSS between the bins that are pooled apart: core promoter, its flanks, what lies beyond."""


class PromoterNetwork(nn.Module):
    """Base codes to a vector per promoter, and linear outputs on it.

    Parameters
    ----------
    n_outputs : int
        Linear outputs.
    n_filters : int
        Motif filters, and channels of the body.
    width : int
        Bases per filter.
    cell : int
        Bases per pooled cell.
    dilations : sequence of int
        One residual layer each; distances in cells.
    body_width : int
        Cells per filter of the body, odd.
    n_hidden : int
        Length of the vector per promoter.
    dropout : float
        Share of values dropped before and after the vector while training.
    """

    def __init__(
        self,
        n_outputs: int,
        *,
        n_filters: int = 64,
        width: int = 15,
        cell: int = 16,
        dilations: Sequence[int] = (1, 2, 4),
        body_width: int = 5,
        n_hidden: int = 128,
        dropout: float = 0.2,
    ):
        super().__init__()
        self.width, self.cell = width, cell
        self.motifs = nn.Parameter(torch.randn(4 * width, n_filters) / math.sqrt(width))
        self.motif_norm = nn.BatchNorm1d(n_filters)
        self.body = nn.ModuleList(ResidualLayer(n_filters, body_width, dilation) for dilation in dilations)
        self.body_norm = nn.BatchNorm1d(n_filters)
        n_bins = len(DISTANCE_EDGES) + 1
        self.hidden = nn.Linear(2 * n_bins * n_filters, n_hidden)
        self.before, self.after = nn.Dropout(dropout), nn.Dropout(dropout)
        self.outputs = nn.Linear(n_hidden, n_outputs)

    def forward(self, codes: Tensor, tss: int) -> Tensor:
        """Outputs, float of shape (n, n_outputs).

        Parameters
        ----------
        codes : uint8 tensor of shape (n, length)
            Base codes, 5' to 3'; any length.
        tss : int
            Position of the TSS in each row.
        """
        outputs: Tensor = self.outputs(self.after(self.vector(codes, tss)))
        return outputs

    def vector(self, codes: Tensor, tss: int) -> Tensor:
        """The vector per promoter that the outputs are linear in, float of shape (n, n_hidden)."""
        codes, tss = align(codes, tss, self.cell)
        known = (codes != UNKNOWN).view(len(codes), -1, self.cell).any(dim=2).unsqueeze(1)
        best = best_matches(self.motifs, codes, self.width, self.cell).transpose(1, 2)
        return self.vector_of_matches(best, known, tss)

    def vector_of_matches(self, best: Tensor, known: Tensor, tss: int) -> Tensor:
        """`vector` from the first layer's best matches.

        Parameters
        ----------
        best : float tensor of shape (n, n_filters, cells)
            Best score of each filter per cell.
        known : bool tensor of shape (n, 1, cells)
            Cells with a known base.
        tss : int
            Position of the TSS in bases; it starts a cell.
        """
        x = functional.relu(self.motif_norm(best)) * known
        for layer in self.body:
            x = layer(x, known)
        x = functional.gelu(self.body_norm(x))
        pooled = pool_by_distance(x, known, tss // self.cell, [edge // self.cell for edge in DISTANCE_EDGES])
        vector: Tensor = functional.gelu(self.hidden(self.before(pooled)))
        return vector


def tensor_shapes(
    n_outputs: int, *, n_filters: int, width: int, n_layers: int, n_hidden: int, body_width: int = 5
) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the tensors of a `PromoterNetwork`, without making one (the counters of its norms left out).

    Torch's own way, a network on the device "meta", imports its compiler for that: seconds.
    """
    norm: dict[str, tuple[int, ...]] = dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (n_filters,))
    parts = {"motif_norm": norm}
    for layer in range(n_layers):
        parts[f"body.{layer}.norm"] = norm
        parts[f"body.{layer}.dilated"] = {"weight": (n_filters, n_filters, body_width), "bias": (n_filters,)}
        parts[f"body.{layer}.pointwise"] = {"weight": (n_filters, n_filters, 1), "bias": (n_filters,)}
    pooled = 2 * (len(DISTANCE_EDGES) + 1) * n_filters
    parts["body_norm"] = norm
    parts["hidden"] = {"weight": (n_hidden, pooled), "bias": (n_hidden,)}
    parts["outputs"] = {"weight": (n_outputs, n_hidden), "bias": (n_outputs,)}
    named = {f"{part}.{name}": shape for part, shapes in parts.items() for name, shape in shapes.items()}
    return {"motifs": (4 * width, n_filters)} | named


class ResidualLayer(nn.Module):
    """x + pointwise(gelu(dilated(gelu(norm(x))))), kept at zero in unknown cells."""

    def __init__(self, channels: int, width: int, dilation: int):
        super().__init__()
        self.norm = nn.BatchNorm1d(channels)
        self.dilated = nn.Conv1d(channels, channels, width, padding=dilation * (width // 2), dilation=dilation)
        self.pointwise = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        """Shapes (n, channels, cells) and (n, 1, cells)."""
        inner = functional.gelu(self.norm(x)) * known
        added: Tensor = self.pointwise(functional.gelu(self.dilated(inner)))
        return (x + added) * known


def align(codes: Tensor, tss: int, cell: int) -> tuple[Tensor, int]:
    """Codes padded with N so that the TSS starts a cell and all cells are whole, and the new position of the TSS."""
    left = -tss % cell
    right = -(codes.shape[1] + left) % cell
    return functional.pad(codes, (left, right), value=UNKNOWN), tss + left


def reverse_complement(codes: Tensor) -> Tensor:
    """The other strand, read 5' to 3'; N stays N. A TSS at position t is then the boundary at length - t."""
    other = codes.flip(1)
    return torch.where(other == UNKNOWN, other, 3 - other)


def shifted(codes: Tensor, bases: int) -> Tensor:
    """Every row moved right by `bases` (left if negative), N where nothing is known."""
    length = codes.shape[1]
    padded = functional.pad(codes, (abs(bases), abs(bases)), value=UNKNOWN)
    start = abs(bases) - bases
    return padded[:, start : start + length]


def pool_by_distance(x: Tensor, known: Tensor, tss: int, edges: Sequence[int]) -> Tensor:
    """Mean and maximum over the known cells of each distance bin, 0 in a bin without any.

    Parameters
    ----------
    x : float tensor of shape (n, channels, cells)
    known : bool tensor of shape (n, 1, cells)
    tss : int
        First cell downstream of the TSS.
    edges : sequence of int
        Bounds of the bins in cells from `tss`, ascending; the outer bins reach to the ends.

    Returns
    -------
    float tensor of shape (n, 2 * bins * channels)
    """
    cells = x.shape[2]
    bounds = [0, *(min(max(tss + edge, 0), cells) for edge in edges), cells]
    parts = []
    for start, end in pairwise(bounds):
        if start == end:
            parts += [x.new_zeros(x.shape[:2])] * 2
            continue
        inside, mask = x[:, :, start:end], known[:, :, start:end]
        count = mask.sum(dim=2).clamp(min=1)
        parts.append((inside * mask).sum(dim=2) / count)
        highest = inside.masked_fill(~mask, -torch.inf).amax(dim=2)
        parts.append(highest.masked_fill(~mask.any(dim=2), 0.0))
    return torch.cat(parts, dim=1)
