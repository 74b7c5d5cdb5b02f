"""The first layer of a promoter network: the best match of each motif filter in each short cell of bases.

It equals a convolution over one-hot bases followed by max-pooling. The general routines spend most of a training step
on it: on four input channels, and on a pooled gradient that is zero almost everywhere. But bases are few: a filter of
15 is three words of five letters, and there are 5^5 words. So the scores of all words are computed once per step, a
position's score is the sum of three looked-up rows, and the gradient is added up per word before it meets the letters
(experiments/benchmarks/sequence.py measures it beside a plain convolution).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

UNKNOWN = 4
_LETTERS = UNKNOWN + 1
_WORD = 5  # 3,125 words: their scores by 64 filters fit a CPU's second-level cache
_POSITIONS = 4096  # scores of so many positions at once stay in the cache, too
_FAR = 1e30  # makes any difference between two scores larger than a place in a cell


def best_matches(motifs: Tensor, codes: Tensor, width: int, cell: int) -> Tensor:
    """Best score of each motif per cell of bases.

    Parameters
    ----------
    motifs : float tensor of shape (4 * width, n_filters)
        Row 4 * i + b scores base b (A 0, C 1, G 2, T 3) at place i of a filter.
    codes : uint8 tensor of shape (n, length)
        Base codes; N (4) scores nothing. A whole number of cells.
    width : int
        Bases per filter. A filter at a position begins (width - 1) // 2 bases before it; beyond the ends all is N.
    cell : int
        Bases per cell.

    Returns
    -------
    float tensor of shape (n, length / cell, n_filters)
        Differentiable in `motifs`; of equal matches in a cell the last gets the gradient.
    """
    result: Tensor = _BestMatches.apply(motifs, codes, width, cell)
    return result


def word_numbers(codes: Tensor, width: int) -> Tensor:
    """The words that a filter of `width` reads at each position, int64 of shape (n, length, words).

    A word is a row of the table that `_BestMatches` makes: its letters are digits to the base 5, and the words of each
    part of the filter come after those of the part before.
    """
    before = (width - 1) // 2
    length = codes.shape[1]
    padded = functional.pad(codes, (before, width - 1 - before), value=UNKNOWN).long()
    parts, first = [], 0
    for start, size in _parts(width):
        word = torch.zeros_like(padded[:, :length])
        for place in range(start, start + size):
            word = word * _LETTERS + padded[:, place : place + length]
        parts.append(word + first)
        first += _LETTERS**size
    return torch.stack(parts, dim=2)


class _BestMatches(torch.autograd.Function):
    """See `best_matches` and the head of this module."""

    @staticmethod
    def forward(ctx: Any, motifs: Tensor, codes: Tensor, width: int, cell: int) -> Tensor:
        # float32 also where a GPU would multiply in bfloat16: the product is small, and its rows are added up
        with torch.autocast(motifs.device.type, enabled=False):
            table = torch.cat([
                _spelt(size, motifs.device) @ motifs[4 * start : 4 * (start + size)] for start, size in _parts(width)
            ])  # fmt: skip
        words = word_numbers(codes, width).view(-1, cell, len(_parts(width)))
        cells = max(1, _POSITIONS // cell) if codes.device.type == "cpu" else max(1, len(words))
        steps = torch.arange(cell, dtype=motifs.dtype, device=motifs.device)[:, None]
        best, where = [], []
        for some in words.split(cells):
            scores = functional.embedding_bag(some.flatten(0, 1), table, mode="sum").unflatten(0, some.shape[:2])
            highest = scores.amax(dim=1, keepdim=True)
            best.append(highest.squeeze(1))
            if ctx.needs_input_grad[0]:
                # the place of the maximum; argmax takes ten times as long, as it is not vectorised over filters
                where.append(torch.add(steps, scores - highest, alpha=_FAR).amax(dim=1))
        if where:
            ctx.save_for_backward(words, torch.cat(where).nan_to_num())
        ctx.width = width
        return torch.cat(best).view(len(codes), codes.shape[1] // cell, motifs.shape[1])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        words, where = ctx.saved_tensors
        upstream, place = gradients[0].reshape(where.shape), where.long()
        parts = _parts(ctx.width)
        table = upstream.new_zeros(sum(_LETTERS**size for _, size in parts), upstream.shape[1])
        for number in range(len(parts)):
            table.scatter_add_(0, words[:, :, number].gather(1, place), upstream)
        by_part = table.split([_LETTERS**size for _, size in parts])
        spelt = [_spelt(size, table.device).t() @ own for (_, size), own in zip(parts, by_part, strict=True)]
        return torch.cat(spelt), None, None, None


def _parts(width: int) -> list[tuple[int, int]]:
    """First place and length of each word of a filter."""
    return [(start, min(_WORD, width - start)) for start in range(0, width, _WORD)]


@cache
def _spelt(size: int, device: torch.device) -> Tensor:
    """One-hot letters of all words of a length, in the order of their numbers: shape (5^size, 4 * size), zeros at N."""
    letters = torch.cartesian_prod(*[torch.arange(_LETTERS)] * size).view(-1, size)
    onehot = functional.one_hot(letters, _LETTERS)[..., :UNKNOWN]
    return onehot.float().flatten(1).to(device)
