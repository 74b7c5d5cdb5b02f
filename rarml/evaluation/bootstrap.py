"""Cluster bootstrap: whole groups of genes are drawn with replacement, and a gene weighs as often as its group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rarml.core.errors import InputError
from rarml.core.seeds import child_rng
from rarml.evaluation.metrics import Metric, find_metric
from rarml.evaluation.ranking import Floats, Ranked

LEVEL = 0.95
_CHUNK = 25  # weightings at once, so that they stay in the processor's cache


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval; `low` and `high` are NaN where no resample could be judged."""

    value: float
    low: float
    high: float


class Resamples:
    """Draws of whole groups, the same for every metric and model that uses them (so that differences are paired).

    Parameters
    ----------
    groups : array of str or int, shape (n,)
        Group of each gene. Draws depend on the set of group names, not on the order of the genes.
    n : int
        Number of resamples.
    seed : int
        Root seed.

    Raises
    ------
    InputError
        If `n` is less than 1.
    """

    def __init__(self, groups: ArrayLike, n: int, seed: int):
        if n < 1:
            raise InputError(f"{n} bootstrap resamples are too few", fix="give 1 or more; 1000 is usual")
        names, self.codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)
        self.n = n
        self.n_groups = len(names)
        rng = child_rng(seed, "cluster bootstrap")
        self._counts = np.empty((n, self.n_groups), dtype=np.int32)
        for start in range(0, n, _CHUNK):
            rows = min(_CHUNK, n - start)
            drawn = rng.integers(self.n_groups, size=(rows, self.n_groups)) + self.n_groups * np.arange(rows)[:, None]
            counts = np.bincount(drawn.ravel(), minlength=rows * self.n_groups)
            self._counts[start : start + rows] = counts.reshape(rows, self.n_groups)

    def weights(self) -> Iterator[Floats]:
        """Weights of the genes, shape (up to 25 resamples, n genes), until all resamples were given."""
        for start in range(0, self.n, _CHUNK):
            yield np.take(self._counts[start : start + _CHUNK], self.codes, axis=1).astype(np.float64)

    def values(self, metric: Metric, truth: NDArray[Any], score: Floats) -> Floats:
        """The metric in every resample, shape (n,); NaN where a resample lacks a class."""
        return self.table([metric], truth, score)[0]

    def table(self, metrics: Sequence[Metric], truth: NDArray[Any], score: Floats) -> Floats:
        """Several metrics in every resample, shape (metrics, n); the genes are ranked once for all of them."""
        found: list[list[Floats]] = []
        for weights in self.weights():
            ranked = Ranked.of(truth, score, weights) if any(metric.rank for metric in metrics) else None
            found.append([_of_chunk(metric, ranked, truth, score, weights) for metric in metrics])
        return np.concatenate(found, axis=1)


def _of_chunk(metric: Metric, ranked: Ranked | None, truth: NDArray[Any], score: Floats, weights: Floats) -> Floats:
    if metric.rank is not None and ranked is not None:
        return metric.rank(ranked)
    return metric.rows(truth, score, weights)


def interval(value: float, resampled: Floats, *, recentred: bool = False) -> Interval:
    """Percentile interval (95 %) of the resamples that could be judged.

    Parameters
    ----------
    value : float
        The metric of the genes themselves.
    resampled : ndarray of float64, shape (n,)
    recentred : bool
        Shift the interval by `value` minus the resamples' mean.
    """
    known = resampled[np.isfinite(resampled)]
    if not len(known):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    shift = value - float(known.mean()) if recentred else 0.0
    return Interval(value, float(low) + shift, float(high) + shift)


def cluster_bootstrap(
    truth: ArrayLike,
    score: ArrayLike,
    groups: ArrayLike,
    metric: Metric | str = "auroc",
    *,
    n: int = 1000,
    seed: int = 0,
) -> Interval:
    """A metric with its 95 % interval by the cluster bootstrap.

    Parameters
    ----------
    truth : array, shape (n_genes,)
        Bool for rank metrics; column of the true class for losses.
    score : array of float, shape (n_genes,) or (n_genes, classes)
    groups : array of str or int, shape (n_genes,)
    metric : Metric or str
    n : int
        Resamples.
    seed : int

    References
    ----------
    Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x.
    """
    found, y, s = _prepared(metric, truth, score, groups)
    return interval(found(y, s), Resamples(groups, n, seed).values(found, y, s), recentred=found.recentred)


def paired_bootstrap(
    truth: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    groups: ArrayLike,
    metric: Metric | str = "auroc",
    *,
    n: int = 1000,
    seed: int = 0,
) -> Interval:
    """Metric of `score_a` minus that of `score_b`, both judged in the same resamples; parameters as above."""
    found, y, a = _prepared(metric, truth, score_a, groups)
    _, _, b = _prepared(metric, truth, score_b, groups)
    resamples = Resamples(groups, n, seed)
    difference = resamples.values(found, y, a) - resamples.values(found, y, b)
    return interval(found(y, a) - found(y, b), difference, recentred=found.recentred)


def _prepared(
    metric: Metric | str, truth: ArrayLike, score: ArrayLike, groups: ArrayLike
) -> tuple[Metric, NDArray[Any], Floats]:
    y, s = np.asarray(truth), np.asarray(score, dtype=np.float64)
    if not len(y) == len(s) == len(np.asarray(groups)):
        raise InputError(f"{len(y)} truths, {len(s)} scores and {len(np.asarray(groups))} groups do not pair")
    if not len(y):
        raise InputError("there is no gene to judge")
    if not np.isfinite(s).all():
        raise InputError(f"{int((~np.isfinite(s)).sum())} scores are missing or infinite")
    return find_metric(metric), y.astype(bool if s.ndim == 1 else np.intp), s
