"""The metrics by name: what each computes, which way is better, and one plain function for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rarml.core.errors import InputError, did_you_mean
from rarml.evaluation import losses
from rarml.evaluation.ranking import Bools, Floats, Ranked

Rows = Callable[[NDArray[Any], Floats, Floats], Floats]


@dataclass(frozen=True)
class Metric:
    """A metric that can be computed under many weightings of the same genes.

    Attributes
    ----------
    name : str
    rows : callable
        ``rows(truth, score, weights)`` with truth of shape (n,), score (n,) or probabilities (n, classes), and
        weights (weightings, n); returns shape (weightings,).
    higher_is_better : bool
    recentred : bool
        Resampling adds noise to the metric itself (as to ECE, a mean of absolute values), so its interval is shifted
        back by the mean of that excess.
    rank : callable, optional
        The same from a ranking: metrics that have it can share one.
    """

    name: str
    rows: Rows
    higher_is_better: bool = True
    recentred: bool = False
    rank: Callable[[Ranked], Floats] | None = None

    def __call__(self, truth: NDArray[Any], score: Floats, weights: Floats | None = None) -> float:
        """The metric of these genes, each counted `weights` times (once by default)."""
        one = np.ones(len(truth)) if weights is None else weights
        return float(self.rows(truth, score, one[None, :])[0])


def _rank_metric(name: str, rank: Callable[[Ranked], Floats]) -> Metric:
    return Metric(name, lambda truth, score, weights: rank(Ranked.of(truth, score, weights)), rank=rank)


AUROC = _rank_metric("auroc", Ranked.auroc)
AUPRC = _rank_metric("auprc", Ranked.auprc)
LOG_LOSS = Metric("log_loss", losses.log_loss_rows, higher_is_better=False)
BRIER = Metric("brier", losses.brier_rows, higher_is_better=False)
ECE = Metric("ece", losses.ece_rows, higher_is_better=False, recentred=True)


def _one_v_rest_rows(codes: NDArray[Any], proba: Floats, weights: Floats) -> Floats:
    every = [Ranked.of(codes == column, proba[:, column], weights).auroc() for column in range(proba.shape[1])]
    return np.asarray(np.mean(every, axis=0))


AUROC_ONE_V_REST = Metric("auroc_one_v_rest", _one_v_rest_rows)
"""Mean over classes of the AUROC of p(class) for the class against all others (macro); chance is one half."""


def precision_metric(k: int) -> Metric:
    """Precision among the `k` genes of highest score.

    Raises
    ------
    InputError
        If `k` is less than 1.
    """
    if k < 1:
        raise InputError(f"precision at {k} genes has no meaning", fix="give 1 or more")
    return _rank_metric(f"precision_at_{k}", lambda ranked: ranked.precision_at(k))


def find_metric(metric: Metric | str) -> Metric:
    """A metric by name (``auroc``, ``precision_at_50``, …), or the metric itself.

    Raises
    ------
    InputError
        If no metric has that name.
    """
    if isinstance(metric, Metric):
        return metric
    known = {one.name: one for one in (AUROC, AUPRC, AUROC_ONE_V_REST, LOG_LOSS, BRIER, ECE)}
    head, _, depth = metric.rpartition("_")
    if head == "precision_at" and depth.isdecimal():
        return precision_metric(int(depth))
    if metric not in known:
        raise InputError(f"no metric {metric!r}", fix=did_you_mean(metric, [*known, "precision_at_50"]))
    return known[metric]


def auroc(truth: ArrayLike, score: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Area under the ROC curve, ties one half; NaN without both classes.

    Parameters
    ----------
    truth : array of bool, shape (n,)
    score : array of float, shape (n,)
    weights : array of float, shape (n,), optional
        How often each gene counts.

    Raises
    ------
    InputError
        If lengths differ, or a score or weight is missing, infinite or (a weight) negative.
    """
    return AUROC(*_checked(truth, score, weights))


def auprc(truth: ArrayLike, score: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Average precision (no interpolation); its chance level is the prevalence. See `auroc` for the parameters."""
    return AUPRC(*_checked(truth, score, weights))


def precision_at(truth: ArrayLike, score: ArrayLike, k: int, weights: ArrayLike | None = None) -> float:
    """Share of positives among the `k` genes of highest score; NaN with fewer genes than `k`.

    Genes of equal score at the edge count by the share of them that fits (the mean over random orders).
    """
    y, s, w = _checked(truth, score, weights)
    metric = precision_metric(k)
    return metric(y, s, w) if k <= w.sum() else float("nan")


def brier(truth: ArrayLike, proba: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Brier score of binary (n,) or class probabilities (n, classes); `truth` is bool or the class's column."""
    return BRIER(*_checked_classes(truth, proba, weights))


def log_loss(truth: ArrayLike, proba: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean -ln p(true class), with probabilities kept at or above 1e-6; parameters as in `brier`."""
    return LOG_LOSS(*_checked_classes(truth, proba, weights))


def ece(truth: ArrayLike, proba: ArrayLike, weights: ArrayLike | None = None, *, bins: int = losses.BINS) -> float:
    """Expected calibration error in `bins` bins of equally many genes; parameters as in `brier`."""
    codes, p, w = _checked_classes(truth, proba, weights)
    return float(losses.ece_rows(codes, p, w[None, :], bins=bins)[0])


def _checked(truth: ArrayLike, score: ArrayLike, weights: ArrayLike | None) -> tuple[Bools, Floats, Floats]:
    y, s = np.asarray(truth, dtype=bool), np.asarray(score, dtype=np.float64)
    w = _weights(weights, len(y))
    if y.ndim != 1 or s.shape != y.shape:
        raise InputError(f"{y.shape} truths and {s.shape} scores do not pair", fix="give one score for each gene")
    if not np.isfinite(s).all():
        raise InputError(f"{int((~np.isfinite(s)).sum())} scores are missing or infinite")
    return y, s, w


def _checked_classes(
    truth: ArrayLike, proba: ArrayLike, weights: ArrayLike | None
) -> tuple[losses.Codes, Floats, Floats]:
    p = np.asarray(proba, dtype=np.float64)
    if p.ndim == 1:
        p = np.column_stack([1.0 - p, p])
    codes = np.asarray(truth).astype(np.intp)
    w = _weights(weights, len(codes))
    if codes.ndim != 1 or p.ndim != 2 or len(p) != len(codes):
        raise InputError(
            f"{codes.shape} truths and {p.shape} probabilities do not pair", fix="give one row for each gene"
        )
    if len(codes) and not (codes.min() >= 0 and codes.max() < p.shape[1]):
        raise InputError(f"a class is outside the {p.shape[1]} columns of probabilities")
    if not ((p >= 0) & (p <= 1)).all():
        raise InputError("a probability is missing or outside 0 to 1")
    return codes, p, w


def _weights(weights: ArrayLike | None, n: int) -> Floats:
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (n,) or not (np.isfinite(w) & (w >= 0)).all():
        raise InputError("weights must be finite, not negative, and one for each gene")
    return w
