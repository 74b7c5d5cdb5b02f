"""The loss of some settings on inner folds: no fold is judged by a model or a calibration map that saw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.parallel import run
from rarml.estimators.stack import StackedCalibrator
from rarml.training.branches import branch_columns
from rarml.training.crossfit import LEAST_TO_FIT, CrossfitSettings, fit_branches
from rarml.training.dataset import Dataset
from rarml.training.groups import may_see, relatives_in

_SMALLEST = 1e-6
Pair = tuple[int, int]


@dataclass
class InnerFolds:
    """The training genes with their folds, and how settings are judged on a part of the folds.

    One model (all its branches) is fitted per pair of neighbouring folds, on all genes outside both (and outside the
    fold that an outer loop holds out). The stack that joins its branches and calibrates them is learnt from one fold of
    the pair and judged on the other, and the other way round: neither the model nor the stack has seen the genes that
    are judged, class weights are undone by the stack as they are in the final model, and every fold is judged twice at
    one fit per fold.

    Attributes
    ----------
    values : float32 array of shape (n, columns)
        Features of the training genes.
    columns : list of str
        Names of the columns.
    codes : int array of shape (n,)
        Class code of each gene.
    fold : int array of shape (n,)
        Outer fold of each gene.
    kin : bool array of shape (n, n_folds)
        Whether a gene has a relative in a fold: it then helps to judge no model of that fold.
    n_folds : int
        Number of outer folds.
    classes : tuple of str
        In the order of the codes.
    seed : int
        Root seed of the fits.
    threads : int, optional
        Fits at once, each on one thread; the losses are the same for any number.
    """

    values: NDArray[np.float32]
    columns: list[str]
    codes: NDArray[np.integer]
    fold: NDArray[np.integer]
    kin: NDArray[np.bool_]
    n_folds: int
    classes: tuple[str, ...]
    seed: int
    threads: int | None = None
    _known: dict[tuple[frozenset[int], str], NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, data: Dataset, n_folds: int, *, seed: int, threads: int | None = None) -> InnerFolds:
        """From a dataset; `seed` as for `rarml.training.crossfit.crossfit`."""
        features = data.features.loc[data.status.index]
        return cls(
            values=np.ascontiguousarray(features.to_numpy(dtype=np.float32)),
            columns=list(features.columns),
            codes=data.status.map({name: code for code, name in enumerate(data.classes)}).to_numpy(dtype=int),
            fold=data.folds.reindex(features.index).to_numpy(dtype=int),
            kin=relatives_in(data.groups, data.folds, features.index, n_folds),
            n_folds=n_folds,
            classes=data.classes,
            seed=seed,
            threads=threads,
        )

    def pairs(self, held_out: int | None) -> list[Pair]:
        """Neighbouring pairs of the folds that may be seen, in a ring; each fold is in two of them."""
        seen = [k for k in range(self.n_folds) if k != held_out]
        return [(seen[i], seen[(i + 1) % len(seen)]) for i in range(len(seen))]

    def require(self, held_out: Sequence[int | None]) -> None:
        """Refuse folds that leave too little to fit.

        Raises
        ------
        InputError
            If fewer than 10 genes of a class are left for a fit, or the folds are too few.
        """
        for k in held_out:
            for pair in self.pairs(k):
                seen = may_see(self.fold, self.kin, [*pair, *self._one(k)])
                present = np.bincount(self.codes[seen], minlength=len(self.classes))
                rarest = int(present.argmin())
                if present[rarest] < LEAST_TO_FIT:
                    out = sorted({*pair, *self._one(k)})
                    raise InputError(
                        f"{present[rarest] or 'no'} {self.classes[rarest]} genes are left to fit on when folds "
                        f"{', '.join(map(str, out))} are held out, at least {LEAST_TO_FIT} are needed",
                        fix="set a larger model.n_folds, loosen the calling rule"
                        + (", or leave the nested estimate out with --no-nested" if k is not None else ""),
                    )

    def losses(self, settings: CrossfitSettings, held_out: int | None, *, keep: bool = False) -> Iterator[float]:
        """Running mean log loss per judged gene, after each pair of folds; stop reading to save the remaining fits.

        Parameters
        ----------
        settings : CrossfitSettings
            What is judged.
        held_out : int or None
            A fold that nothing may see.
        keep : bool
            Remember the probabilities: studies of other outer folds need some of the same fits.
        """
        total, judged = 0.0, 0
        left_out = {pair: frozenset({*pair, *self._one(held_out)}) for pair in self.pairs(held_out)}
        words = settings.model_dump_json()
        unknown = [out for out in left_out.values() if (out, words) not in self._known]
        shared = _Given(self.values, self.columns, self.codes, self.fold, self.kin, self.seed)
        told = run(_fit_without, [(out, settings) for out in unknown], shared=shared, threads=self.threads, what="")
        try:
            for pair, out in left_out.items():
                key = (out, words)
                proba = self._known[key] if key in self._known else self._placed(next(told), out)
                if keep:
                    self._known[key] = proba
                for judged_fold, other in (pair, pair[::-1]):
                    own = self._loss(proba, judged_fold, other, held_out)
                    total, judged = total + float(own.sum()), judged + len(own)
                if judged:
                    yield total / judged
        finally:
            told.close()

    def _loss(self, proba: NDArray[np.float64], judged: int, other: int, held_out: int | None) -> NDArray[np.float64]:
        """Log loss of each gene of one fold under the map learnt from the other."""
        # a relative of a held-out gene may not help to choose settings for it
        seen = may_see(self.fold, self.kin, self._one(held_out))
        rows = np.flatnonzero(seen & (self.fold == judged))
        learnt = np.flatnonzero(seen & (self.fold == other) & ~self.kin[:, judged])
        if not len(rows) or not len(learnt):
            return np.empty(0)
        stack = StackedCalibrator().fit(list(proba[:, learnt]), self.codes[learnt])
        calibrated = stack.transform(list(proba[:, rows]))
        return -np.log(np.maximum(calibrated[np.arange(len(rows)), self.codes[rows]], _SMALLEST))

    def _placed(self, told: NDArray[np.float64], left_out: frozenset[int]) -> NDArray[np.float64]:
        """Raw probabilities, shape (branches, n, classes), of the genes in the left-out folds; NaN elsewhere."""
        proba = np.full((len(told), len(self.codes), len(self.classes)), np.nan)
        proba[:, np.isin(self.fold, sorted(left_out))] = told
        return proba

    @staticmethod
    def _one(held_out: int | None) -> tuple[int, ...]:
        return () if held_out is None else (held_out,)


@dataclass(frozen=True, eq=False)
class _Given:
    """What the fits of all trials start from."""

    values: NDArray[np.float32]
    columns: list[str]
    codes: NDArray[np.integer]
    fold: NDArray[np.integer]
    kin: NDArray[np.bool_]
    seed: int


def _fit_without(given: _Given, task: tuple[frozenset[int], CrossfitSettings]) -> NDArray[np.float64]:
    """`fit_and_predict` of the genes in some folds by a model of those that it may see without them."""
    left_out, settings = task
    asked = np.isin(given.fold, sorted(left_out))
    seen = may_see(given.fold, given.kin, left_out)
    return fit_and_predict(given.values, given.columns, given.codes, seen, asked, settings, seed=given.seed)


def fit_and_predict(
    values: NDArray[np.float32],
    columns: Sequence[str],
    codes: NDArray[np.integer],
    fitted: NDArray[np.bool_],
    asked: NDArray[np.bool_],
    settings: CrossfitSettings,
    *,
    seed: int,
) -> NDArray[np.float64]:
    """Raw probabilities of the genes `asked` by a model of the genes `fitted`, as `crossfit` would fit it.

    Parameters
    ----------
    values : float32 array of shape (n, columns)
    columns : sequence of str
        Names of the columns.
    codes : int array of shape (n,)
        Class codes; every class occurs among the genes fitted.
    fitted, asked : bool arrays of shape (n,)
    settings : CrossfitSettings
    seed : int
        Root seed, as for `crossfit`.

    Returns
    -------
    ndarray of shape (branches, genes asked, classes)
        In the order of `rarml.training.branches.branch_columns`.
    """
    models = fit_branches(values[fitted], columns, codes[fitted], settings, seed=seed)
    numbers = branch_columns(columns)
    told = [
        model.predict_proba(np.ascontiguousarray(values[asked][:, numbers[name]])) for name, model in models.items()
    ]
    return np.stack(told)
