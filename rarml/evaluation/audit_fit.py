"""Audit of what was fitted: scaling, branches and stacks are worked out again from the genes that each may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rarml.core.parallel import run
from rarml.core.seeds import child_seed
from rarml.estimators.gradient import GradientClassifier
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.probability import softmax
from rarml.evaluation.audit_facts import Audited, Finding, Fitted
from rarml.training.branches import GRADIENT, BranchModel, branch_columns
from rarml.training.crossfit_model import CrossfitModel, Pair, Raw, fit_stacks
from rarml.training.groups import may_see, relatives_in
from rarml.training.missing_blocks import drop_blocks

SAME_MEAN = 1e-4
"""Largest relative difference of a mean or spread; they are stored with 5 digits."""
SAME_OPTIMUM = 3e-4
"""Largest slope of the penalised mean loss at stored coefficients: 0.6e-4 in MCF-7, and 17e-4 or more where a left-out
fold is added."""
SAME_PROBABILITY = 1e-3
ROUNDS, ASKED = 2, 500
"""Trees are grown from the first on, so the first few rounds of a fit, asked of some genes, tell which it saw."""
Branches = dict[str, BranchModel]
_NEEDED = "The fitted model, or its seed, is not at hand."


@dataclass(frozen=True, eq=False)
class _Fit:
    """The genes, folds and relatives of one model, taken from the audited tables and not from the model."""

    name: str
    fitted: Fitted
    values: NDArray[np.float32]
    codes: NDArray[np.int64]
    fold: NDArray[np.int64]
    kin: NDArray[np.bool_]

    @property
    def model(self) -> CrossfitModel:
        return self.fitted.model

    @property
    def pairs(self) -> list[Pair]:
        return sorted(next(iter(self.model.branches.values())))

    def without_models(self) -> _Fit:
        """The same genes and settings, for workers."""
        return replace(self, fitted=replace(self.fitted, model=replace(self.model, branches={}, stacks=())))

    def seen(self, pair: Pair) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Features, with some kinds of evidence hidden as in the fit, and codes of the genes outside a pair."""
        rows = np.flatnonzero(may_see(self.fold, self.kin, pair))
        blocks = [name.split(":", 1)[0] for name in self.model.columns]
        share = self.model.settings.block_dropout
        seed = child_seed(self.fitted.seed or 0, "blocks")
        return drop_blocks(self.values[rows], blocks, share, seed=seed), self.codes[rows]

    def left_out(self) -> Raw:
        """Raw probabilities of each branch for the genes in the folds that it left out; NaN for the others."""
        raw: Raw = {}
        for branch, numbers in branch_columns(self.model.columns).items():
            raw[branch] = {}
            for pair in self.pairs:
                rows = np.flatnonzero(np.isin(self.fold, pair))
                asked = np.ascontiguousarray(self.values[rows][:, numbers])
                raw[branch][pair] = np.full((len(self.fold), len(self.model.classes)), np.nan)
                raw[branch][pair][rows] = self.model.branches[branch][pair].predict_proba(asked)
        return raw


def scaling_in_folds(audited: Audited) -> Finding:
    """Mean and spread of each linear branch are those of the genes outside its pair of folds, relatives left out."""

    return _by_pair(
        audited, "scaling is learnt inside the folds", _wrong_scaling, "means and spreads of linear branches"
    )


def linear_in_folds(audited: Audited) -> Finding:
    """The coefficients of each linear branch are the optimum for the genes outside its folds: the slope there is 0."""
    return _by_pair(audited, "linear branches are learnt inside the folds", _wrong_optimum, "optima of linear branches")


def trees_in_folds(audited: Audited) -> Finding:
    """The first rounds of trees are grown again on the genes outside each pair of folds, and answer alike."""
    if any(not own.same_library for own in audited.fitted.values()):
        found = "Trees were grown by another version of the library, so they cannot be grown again to compare."
        return Finding("trees are learnt inside the folds", "not checked", found)
    return _by_pair(audited, "trees are learnt inside the folds", _wrong_trees, f"first {ROUNDS} rounds of trees")


def stacks_in_folds(audited: Audited) -> Finding:
    """Each fold's stack and calibration is fitted again on the other folds alone, and answers alike."""
    check = "stacking and calibration are learnt on other folds"
    if not audited.fitted:
        return Finding(check, "not checked", _NEEDED)
    worst = 0.0
    for fit in _fits(audited):
        with threadpool_limits(1):
            raw = fit.left_out()
            again = fit_stacks(raw, fit.codes, fit.fold, fit.kin)
        for k, (stored, fresh) in enumerate(zip(fit.model.stacks, again, strict=True)):
            rows = np.flatnonzero(fit.fold == k)
            pair = next(pair for pair in fit.pairs if k in pair)
            parts = [models[pair][rows] for models in raw.values()]
            off = float(np.abs(stored.transform(parts) - fresh.transform(parts)).max(initial=0.0))
            worst = max(worst, off)
            if off > SAME_PROBABILITY:
                found = (
                    f"The stack of fold {k} of the {fit.name} is not that of the other folds: fitted again on them, "
                )
                return Finding(check, "fail", f"{found}probabilities of the fold's genes move by up to {off:.3f}.")
    n = sum(len(own.model.stacks) for own in audited.fitted.values())
    found = f"{n} stacks fitted again on the other folds alone give the same probabilities (to {max(worst, 1e-6):.0e})."
    return Finding(check, "pass", found)


def _wrong_scaling(fit: _Fit, pair: Pair, models: Branches) -> str:
    values, _ = fit.seen(pair)
    for branch, numbers in branch_columns(fit.model.columns).items():
        own = models[branch]
        if not isinstance(own, LinearClassifier):
            continue
        mean, spread = _moments(values[:, numbers].astype(np.float64))
        for what, stored, again in (("mean", own.mean_, mean), ("spread", own.spread_, spread)):
            if what == "spread" and not own.standardise:
                continue
            off = ~np.isclose(stored, again, rtol=SAME_MEAN, atol=1e-6 + SAME_MEAN * spread)
            if off.any():
                column = fit.model.columns[numbers[int(np.flatnonzero(off)[0])]]
                return f"the {what} of {column!r} ({int(off.sum())} columns) in branch {branch} is not that of the"
    return ""


def _wrong_optimum(fit: _Fit, pair: Pair, models: Branches) -> str:
    values, codes = fit.seen(pair)
    for branch, numbers in branch_columns(fit.model.columns).items():
        own = models[branch]
        if isinstance(own, LinearClassifier):
            slope = _slope(own, values[:, numbers].astype(np.float64), codes)
            if slope > SAME_OPTIMUM:
                return f"branch {branch} is not the optimum (slope {slope:.1e}) for the"
    return ""


def _wrong_trees(fit: _Fit, pair: Pair, models: Branches) -> str:
    own = models.get(GRADIENT)
    if not isinstance(own, GradientClassifier):
        return ""
    numbers = branch_columns(fit.model.columns)[GRADIENT]
    values, codes = fit.seen(pair)
    rounds = min(ROUNDS, own.n_rounds)
    settings = fit.model.settings.gradient.model_copy(update={"n_rounds": rounds})
    weights = settings.column_weights([fit.model.columns[number] for number in numbers])
    again = settings.trees(child_seed(fit.fitted.seed or 0, "trees"))
    again.fit(np.ascontiguousarray(values[:, numbers]), codes, column_weights=weights)
    asked = np.ascontiguousarray(fit.values[:: max(1, len(fit.values) // ASKED), numbers])
    stored = np.asarray(own.booster_.inplace_predict(asked, iteration_range=(0, rounds)))
    worst = float(np.abs(stored - again.predict_proba(asked)).max())
    return "" if worst <= SAME_PROBABILITY else f"trees answer otherwise (by up to {worst:.3f}) than those of the"


def _by_pair(audited: Audited, check: str, wrong: Callable[[_Fit, Pair, Branches], str], what: str) -> Finding:
    """Ask of every model and pair of folds what is wrong with it."""
    if not audited.fitted or any(own.seed is None for own in audited.fitted.values()):
        return Finding(check, "not checked", _NEEDED)
    fits = list(_fits(audited))
    asked = [(fit, pair) for fit in fits for pair in fit.pairs]
    # each task brings the models of its pair alone; what all share goes out once, and is the same for every check
    tasks = [
        (wrong, number, pair, {branch: models[pair] for branch, models in fit.model.branches.items()})
        for number, fit in enumerate(fits)
        for pair in fit.pairs
    ]
    answers = list(run(_answer, tasks, shared=[fit.without_models() for fit in fits]))
    faults = [(fit, pair, said) for (fit, pair), said in zip(asked, answers, strict=True) if said]
    if faults:
        fit, pair, said = faults[0]
        found = f"In {len(faults)} of {len(asked)} fits; first, in the {fit.name} for folds {pair[0]} and {pair[1]}, "
        return Finding(check, "fail", f"{found}{said} genes outside these folds and without relatives there.")
    found = (
        f"The {what}, worked out again from the genes outside each of {len(asked)} pairs of folds, are those stored."
    )
    return Finding(check, "pass", found)


def _answer(fits: list[_Fit], task: tuple[Callable[[_Fit, Pair, Branches], str], int, Pair, Branches]) -> str:
    wrong, number, pair, models = task
    return wrong(fits[number], pair, models)


def _fits(audited: Audited) -> Iterator[_Fit]:
    genes = audited.status.index
    fold = audited.folds.reindex(genes).to_numpy(dtype=np.int64)
    for name, fitted in audited.fitted.items():
        model = fitted.model
        codes = np.array([model.classes.index(status) for status in audited.status], dtype=np.int64)
        values = np.ascontiguousarray(audited.features.loc[genes, list(model.columns)].to_numpy(dtype=np.float32))
        kin = relatives_in(audited.groups, audited.folds, genes, model.settings.n_folds)
        yield _Fit(name, fitted, values, codes, fold, kin)


def _moments(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and spread of the known values of each column; 0 and the least spread where there are none."""
    known = ~np.isnan(values)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.nansum(values, axis=0) / n
    spread = np.sqrt(np.nansum((values - mean) ** 2, axis=0) / n)
    return mean, np.maximum(spread, 1e-6)


def _slope(model: LinearClassifier, values: NDArray[np.float64], codes: NDArray[np.int64]) -> float:
    """Largest component of the gradient of mean log loss plus ridge at the stored coefficients; 0 at the optimum."""
    standard = np.nan_to_num((values - model.mean_) / model.spread_)
    off = softmax(standard @ model.coef_.T + model.intercept_) - np.eye(len(model.classes_))[codes]
    coef = model.coef_
    if len(model.classes_) == 2:
        off, coef = off[:, 1:], coef[1:] - coef[:1]
    slope = standard.T @ off / len(codes) + coef.T / (model.C * len(codes))
    return float(max(np.abs(slope).max(), np.abs(off.mean(axis=0)).max()))
