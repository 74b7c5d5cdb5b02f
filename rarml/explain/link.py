"""From the margins of a model's branches to the log-odds of the probability that is shown, and back to the margins.

The way from margins to the shown probability is not linear: a softmax per branch, the stack, another softmax, the mean
over the models that answer, and the logit. Integrated gradients (Sundararajan 2017, arXiv:1703.01365) along the
straight line from the base margins to the gene's margins give each margin its share, and the shares add up to the
change of the log-odds. Handing the shares on to the features in proportion to what each adds to its margin is the
rescale rule of DeepLIFT and DeepSHAP (Lundberg 2017, arXiv:1705.07874).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.estimators.stack import StackedCalibrator

Margins = NDArray[np.float64]
"""Of every branch model, shape (pairs, branches, n, classes)."""
SMALLEST = 1e-6
"""The stack reads no branch probability as smaller than this (`rarml.estimators.stack`)."""
TOLERANCE = 1e-8
_NODES = np.polynomial.legendre.leggauss(16)
_SHORTEST = 2.0**-26


@dataclass(frozen=True)
class Link:
    """The models that answer for a gene, each a pair of folds under the stack of one of them.

    Attributes
    ----------
    pair : int array of shape (members,)
        Row of `Margins` that each member reads.
    weight : float64 array of shape (members, branches, classes)
        Weights of its stack.
    shift : float64 array of shape (members, classes)
        Shifts of its stack.
    """

    pair: NDArray[np.intp]
    weight: NDArray[np.float64]
    shift: NDArray[np.float64]

    @classmethod
    def of(cls, members: Sequence[tuple[int, StackedCalibrator]]) -> Link:
        """From (row of `Margins`, stack) of each member."""
        return cls(
            pair=np.array([row for row, _ in members], dtype=np.intp),
            weight=np.stack([stack.weight_ for _, stack in members]),
            shift=np.stack([stack.shift_ for _, stack in members]),
        )

    def log_odds(self, margins: Margins) -> NDArray[np.float64]:
        """Log-odds (natural logarithm) of each class's mean probability over the members, shape (n, classes)."""
        return _logit(self._members(margins)[2])

    def gradient(self, margins: Margins) -> NDArray[np.float64]:
        """Slope of `log_odds` by each margin, shape (classes, pairs, branches, n, classes); the first axis is of it."""
        slope, proba, mean = self._members(margins)
        n_classes = mean.shape[1]
        found = np.zeros((n_classes, *margins.shape))
        # softmax of each branch: where the stack's floor holds, the log probability does not move
        branch = _softmax(margins[self.pair])
        for number in range(n_classes):
            by_logit = proba[:, :, number, None] * (np.eye(n_classes)[number] - proba)
            by_logit /= len(self.pair) * _variance(mean)[:, number, None]
            by_log = by_logit[:, None] * slope
            by_margin = by_log - branch * by_log.sum(axis=-1, keepdims=True)
            np.add.at(found[number], self.pair, by_margin)
        return found

    def integrated_gradients(
        self, base: NDArray[np.float64], margins: Margins, tolerance: float = TOLERANCE
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean slope of the log-odds by each margin on the straight line from the base.

        Parameters
        ----------
        base : float64 array of shape (pairs, branches, classes)
            Margins to start from, the same for every gene.
        margins : float64 array of shape (pairs, branches, n, classes)
            Margins of the genes.
        tolerance : float
            A stretch of the line whose account is farther off than this is halved, up to 26 times: beyond the stack's
            floor the slope has steps, which no number of nodes would settle.

        Returns
        -------
        weights : float64 array of shape (classes, pairs, branches, n, classes)
            Times margins less base, they sum to the change of the log-odds of the class of the first axis.
        error : float64 array of shape (n, classes)
            Change of the log-odds less that sum.
        """
        start = np.broadcast_to(base[:, :, None], margins.shape)
        step = margins - start
        weights = np.zeros((margins.shape[-1], *margins.shape))
        error = np.zeros(margins.shape[2:])
        stretches = [(0.0, 1.0, np.arange(margins.shape[2]))]
        while stretches:
            low, high, genes = stretches.pop()
            own, way = start[:, :, genes], step[:, :, genes]
            found = np.zeros((margins.shape[-1], *way.shape))
            for t, share in _nodes(low, high):
                found += share * self.gradient(own + t * way)
            change = self.log_odds(own + high * way) - self.log_odds(own + low * way)
            off = change - np.einsum("kpbnc,pbnc->nk", found, way)
            done = (np.abs(off).max(axis=1) <= tolerance) | (high - low <= _SHORTEST)
            weights[:, :, :, genes[done]] += found[:, :, :, done]
            error[genes[done]] += off[done]
            if not done.all():
                middle = (low + high) / 2
                stretches += [(low, middle, genes[~done]), (middle, high, genes[~done])]
        return weights, error

    def _members(self, margins: Margins) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Stack weight of each log probability (0 at the floor), (members, branches, n, classes); probabilities of each
        member, (members, n, classes); their mean, (n, classes)."""
        own = margins[self.pair]
        logs = own - own.max(axis=-1, keepdims=True)
        logs = logs - np.log(np.exp(logs).sum(axis=-1, keepdims=True))
        slope = self.weight[:, :, None] * (logs > np.log(SMALLEST))
        logs = np.maximum(logs, np.log(SMALLEST))
        logits = (self.weight[:, :, None] * logs).sum(axis=1) + self.shift[:, None]
        proba = _softmax(logits)
        return slope, proba, proba.mean(axis=0)


def _nodes(low: float, high: float) -> Iterator[tuple[float, float]]:
    """Gauss-Legendre nodes of a stretch, with their weights."""
    for place, share in zip(*_NODES, strict=True):
        yield low + (high - low) * (place + 1) / 2, (high - low) * share / 2


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    proba: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return proba


def _rest(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - p of each class, as the sum of the others: exact where p is nearly 1."""
    n_classes = proba.shape[1]
    return proba @ (1.0 - np.eye(n_classes))


def _logit(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    odds: NDArray[np.float64] = np.log(proba) - np.log(_rest(proba))
    return odds


def _variance(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    return proba * _rest(proba)
