"""Weighted rank statistics of one ranking under many weightings at once: the kernel of AUROC, AUPRC and precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Ranked:
    """Genes in decreasing order of score, cut into blocks of equal score; only blocks with a positive gene are kept.

    A gene of weight w counts as w equal genes, so integer weights are the same as repeating rows. Every array has the
    shape (weightings, blocks).

    Attributes
    ----------
    positive : ndarray of float64
        Weight of positive genes in the block.
    positive_to : ndarray of float64
        Weight of positive genes in the block and above it.
    total_above, total_to : ndarray of float64
        Weight of all genes above the block; the same with the block.
    all_positive, all_genes : ndarray of float64, shape (weightings,)
        Weight of all positive genes, and of all genes.
    """

    positive: Floats
    positive_to: Floats
    total_above: Floats
    total_to: Floats
    all_positive: Floats
    all_genes: Floats

    @classmethod
    def of(cls, truth: Bools, score: Floats, weights: Floats) -> Ranked:
        """Rank once, weigh many times.

        Parameters
        ----------
        truth : ndarray of bool, shape (n,)
        score : ndarray of float64, shape (n,)
            Finite; higher means more likely positive.
        weights : ndarray of float64, shape (weightings, n)
            Not negative.
        """
        order = np.argsort(-score, kind="stable")
        ranked, positives = score[order], truth[order]
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        ends = np.r_[starts[1:], len(ranked)]
        seen = np.r_[0, np.cumsum(positives)]
        keep = seen[ends] > seen[starts]
        starts, ends = starts[keep], ends[keep]

        sorted_weights = np.take(weights, order, axis=1)
        total = _running(sorted_weights)
        of_positives = _running(sorted_weights[:, positives])
        positive_to = np.take(of_positives, seen[ends], axis=1)
        return cls(
            positive=positive_to - np.take(of_positives, seen[starts], axis=1),
            positive_to=positive_to,
            total_above=np.take(total, starts, axis=1),
            total_to=np.take(total, ends, axis=1),
            all_positive=of_positives[:, -1],
            all_genes=total[:, -1],
        )

    def auroc(self) -> Floats:
        """Share of (positive, negative) pairs in the right order, ties one half; NaN without both classes."""
        negative_above = self.total_above - (self.positive_to - self.positive)
        negative_here = self.total_to - self.total_above - self.positive
        wrong = (self.positive * (negative_above + 0.5 * negative_here)).sum(axis=1)
        return 1.0 - _ratio(wrong, self.all_positive * (self.all_genes - self.all_positive))

    def auprc(self) -> Floats:
        """Average precision, genes of one score entering together; NaN without positive genes."""
        caught = self.positive * self.positive_to
        precision = np.divide(caught, self.total_to, out=np.zeros_like(caught), where=self.total_to > 0)
        return _ratio(precision.sum(axis=1), self.all_positive)

    def precision_at(self, k: int) -> Floats:
        """Expected share of positives among the first k genes when genes of one score are in random order.

        A weighting of less than `k` in all is read to its end.
        """
        depth = np.minimum(float(k), self.all_genes)[:, None]
        here = self.total_to - self.total_above
        taken = np.clip(np.minimum(self.total_to, depth) - self.total_above, 0.0, None)
        share = np.divide(taken, here, out=np.zeros_like(here), where=here > 0)
        return _ratio((self.positive * share).sum(axis=1), depth[:, 0])


def _running(values: Floats) -> Floats:
    """Running sums along rows, led by a zero."""
    out = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
