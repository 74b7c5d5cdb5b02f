"""What each feature adds to the log-odds of a cross-fitted model's shown probability.

Exact tree SHAP and exact linear contributions give every branch's margins relative to its base; `rarml.explain.link`
carries them to the log-odds. The account of a gene starts at the log-odds of the base margins ("an average promoter of
the training genes") and its contributions add up to the log-odds of the probability that the model shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from rarml.estimators.stack import StackedCalibrator
from rarml.explain.link import Link

_LEVEL = 0.95
_GENES_AT_ONCE = 128


class Branch(Protocol):
    """A fitted branch that can tell what its features add to its margins."""

    def contributions(self, X: ArrayLike, /) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Contributions, shape (n, classes, features), and base, shape (classes,)."""
        ...


class Crossfitted(Protocol):
    """The parts of `rarml.training.crossfit_model.CrossfitModel` that an account needs."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Feature columns."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names."""
        ...

    @property
    def branches(self) -> Mapping[str, Mapping[tuple[int, int], Branch]]:
        """Per branch name, a fitted model per pair of left-out folds."""
        ...

    @property
    def stacks(self) -> tuple[StackedCalibrator, ...]:
        """One per fold."""
        ...

    @property
    def training_folds(self) -> pd.Series:
        """Fold of every training gene."""
        ...


@dataclass(frozen=True)
class Attribution:
    """Accounts of the log-odds (natural logarithm) of each gene and class.

    Attributes
    ----------
    genes : Index
    columns, classes : tuple of str
    groups : int array of shape (columns,)
        Group of each column that the summary is made by.
    base : float64 array of shape (n, classes)
        Log-odds at the base margins of the models that answer.
    log_odds : float64 array of shape (n, classes)
        Of the shown probability.
    contributions : float64 array of shape (n, classes, columns)
        Base and contributions sum to `log_odds`, up to `error`.
    error : float64 array of shape (n, classes)
        Log-odds less base and contributions (what numerical integration leaves).
    summary : float64 array of shape (n, classes, groups)
        Contributions summed by group.
    half_width : float64 array of shape (n, classes, groups)
        Half the 95 % interval of the summary, by the delete-a-group jackknife over the models that answer.
    """

    genes: pd.Index
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    groups: NDArray[np.intp]
    base: NDArray[np.float64]
    log_odds: NDArray[np.float64]
    contributions: NDArray[np.float64]
    error: NDArray[np.float64]
    summary: NDArray[np.float64]
    half_width: NDArray[np.float64]


def attribute(
    model: Crossfitted,
    features: pd.DataFrame,
    branch_columns: Mapping[str, Sequence[int]],
    groups: NDArray[np.intp],
    n_groups: int,
) -> Attribution:
    """Account for the shown probabilities of genes.

    A training gene is answered by the models that saw nothing of its fold and any other gene by all models, as in
    `CrossfitModel.predict`; the account is of those models. One gene depends on no other.

    Parameters
    ----------
    model : Crossfitted
    features : DataFrame
        Indexed by gene_id, with at least the model's columns; NaN where missing.
    branch_columns : mapping of str to sequence of int
        Numbers of the columns that each branch reads (`rarml.training.branches.branch_columns`).
    groups : int array of shape (columns,)
        Group of each of the model's columns, 0 to `n_groups` - 1.
    n_groups : int
        Number of groups.
    """
    values = np.ascontiguousarray(features[list(model.columns)].to_numpy(dtype=np.float32))
    fold = model.training_folds.reindex(features.index).fillna(-1).to_numpy(dtype=np.int64)
    n, n_classes, n_columns = len(values), len(model.classes), len(model.columns)
    found = Attribution(
        features.index, model.columns, model.classes, groups,
        base=np.zeros((n, n_classes)), log_odds=np.zeros((n, n_classes)),
        contributions=np.zeros((n, n_classes, n_columns)), error=np.zeros((n, n_classes)),
        summary=np.zeros((n, n_classes, n_groups)), half_width=np.zeros((n, n_classes, n_groups)),
    )  # fmt: skip
    for answering in np.unique(fold):
        mine = np.flatnonzero(fold == answering)
        for first in range(0, len(mine), _GENES_AT_ONCE):
            rows = mine[first : first + _GENES_AT_ONCE]
            _account(found, rows, model, int(answering), values[rows], branch_columns)
    return found


def answering_parts(model: Crossfitted, fold: int) -> list[list[tuple[int, StackedCalibrator]]]:
    """The parts whose mean a probability is: of each part its members, as (number of the pair, stack).

    One model per pair with `fold` for a training gene of that fold; for any other gene (fold -1) one part per fold, the
    K - 1 models of its pairs.
    """
    pairs = model_pairs(model)
    if fold >= 0:
        return [[(number, model.stacks[fold])] for number, pair in enumerate(pairs) if fold in pair]
    return [[(i, stack) for i, pair in enumerate(pairs) if k in pair] for k, stack in enumerate(model.stacks)]


def model_pairs(model: Crossfitted) -> list[tuple[int, int]]:
    """The pairs of left-out folds, sorted: the first axis of `link.Margins`."""
    return sorted(next(iter(model.branches.values())))


def _account(
    found: Attribution,
    rows: NDArray[np.intp],
    model: Crossfitted,
    fold: int,
    values: NDArray[np.float32],
    branch_columns: Mapping[str, Sequence[int]],
) -> None:
    """Fill in the rows of genes that are answered by the same models."""
    parts = answering_parts(model, fold)
    numbers = sorted({number for part in parts for number, _ in part})
    place = {number: i for i, number in enumerate(numbers)}
    links = [Link.of([(place[number], stack) for number, stack in part]) for part in parts]
    whole = Link.of([(place[number], stack) for part in parts for number, stack in part])
    pairs = model_pairs(model)
    given, base = _branch_contributions(model, [pairs[number] for number in numbers], values, branch_columns)
    margins = np.stack([np.stack([share.sum(axis=2) for share in own]) for own in given]) + base[:, :, None]
    weights, found.error[rows] = whole.integrated_gradients(base, margins)
    start = np.broadcast_to(base[:, :, None], margins.shape)
    found.base[rows], found.log_odds[rows] = whole.log_odds(start), whole.log_odds(margins)
    n_groups = found.summary.shape[2]
    by_group = np.zeros((*margins.shape, n_groups))
    for i, own in enumerate(given):
        for j, (columns, share) in enumerate(zip(branch_columns.values(), own, strict=True)):
            # margins of all classes move each class's log-odds: (classes, n, classes) x (n, classes, features)
            passed = np.einsum("knc,ncf->nkf", weights[:, i, j], share)
            own_columns = np.asarray(columns, dtype=np.intp)
            found.contributions[rows[:, None], :, own_columns] += passed.transpose(0, 2, 1)
            by_group[i, j] = _summed(share, found.groups[own_columns], n_groups)
    found.summary[rows] = _summed(found.contributions[rows], found.groups, n_groups)
    replicates = [
        np.einsum("kpbnc,pbncg->nkg", link.integrated_gradients(base, margins)[0], by_group) for link in links
    ]
    found.half_width[rows] = _half_width(np.stack(replicates))


def _branch_contributions(
    model: Crossfitted,
    pairs: Sequence[tuple[int, int]],
    values: NDArray[np.float32],
    branch_columns: Mapping[str, Sequence[int]],
) -> tuple[list[list[NDArray[np.float64]]], NDArray[np.float64]]:
    """Per pair and branch, contributions (n, classes, features of the branch); base margins (pairs, branches, classes).

    In the order of the model's branches, which is that of `branch_columns`.
    """
    own = {name: np.ascontiguousarray(values[:, list(branch_columns[name])]) for name in model.branches}
    found = [[models[pair].contributions(own[name]) for name, models in model.branches.items()] for pair in pairs]
    base = np.array([[start for _, start in branches] for branches in found])
    return [[share for share, _ in branches] for branches in found], base


def _summed(values: NDArray[np.float64], groups: NDArray[np.intp], n_groups: int) -> NDArray[np.float64]:
    """The last axis summed by group."""
    member = np.zeros((len(groups), n_groups))
    member[np.arange(len(groups)), groups] = 1.0
    return values @ member


def _half_width(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the 95 % interval over g parts, first axis: as that of the probabilities (`rarml.training.prediction`)."""
    g = len(parts)
    spread = np.sqrt((g - 1) / g * ((parts - parts.mean(axis=0)) ** 2).sum(axis=0))
    half: NDArray[np.float64] = stdtrit(g - 1, (1 + _LEVEL) / 2) * spread
    return half
