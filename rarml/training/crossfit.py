"""Nested cross-fitting: every gene is judged by models, and calibrated by maps, that saw nothing of its fold.

For K folds one model is fitted for every *pair* of folds, on all genes outside both. Fold k is then predicted by the
K - 1 models of its pairs, and the stack that joins their branches and calibrates them is learnt from the genes of
fold m under the models of the pair (k, m), which saw neither fold. So stacking and calibration are nested inside the
training folds at the cost of K(K-1)/2 fits. A gene with a relative (a copy, a member of its cluster) in a fold is kept
out of every model and map that answers that fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.parallel import run
from rarml.core.seeds import child_seed
from rarml.estimators.linear import LinearClassifier
from rarml.training.branches import (
    GRADIENT,
    SEQUENCE,
    BranchModel,
    GradientSettings,
    LinearSettings,
    SequenceSettings,
    branch_columns,
)
from rarml.training.crossfit_model import CrossfitModel, CrossfitSettings, Pair, fit_stacks
from rarml.training.groups import may_see, relatives_in
from rarml.training.missing_blocks import drop_blocks

__all__ = [
    "CLASS_ORDER",
    "CrossfitModel",
    "CrossfitSettings",
    "GradientSettings",
    "LinearSettings",
    "SequenceSettings",
    "crossfit",
]

CLASS_ORDER = ("up", "down", "unresponsive")
# fewer say nothing that trees of 4 hessian units a leaf could learn, and leave a calibration map to its ridge
LEAST_TO_FIT = 10


def crossfit(
    features: pd.DataFrame,
    status: pd.Series,
    folds: pd.Series,
    settings: CrossfitSettings,
    *,
    seed: int,
    n_threads: int | None = None,
    groups: pd.Series | None = None,
    least: int = LEAST_TO_FIT,
) -> CrossfitModel:
    """Fit the branches of all pairs of folds and a stack per fold.

    Parameters
    ----------
    features : DataFrame
        Float32, one row per training gene (index gene_id), NaN where missing.
    status : Series of str
        Class per training gene, in the order of `features`.
    folds : Series of int
        Outer fold per gene (more genes may be given).
    settings : CrossfitSettings
        Folds and model.
    seed : int
        Root seed.
    n_threads : int, optional
        Fits at once, each on one thread; the result is the same for any number, and over any engine
        (`rarml.core.parallel`).
    groups : Series of str, optional
        Group of relatives per gene (`rarml.training.groups.gene_groups`), of all genes that the model may be asked
        about; their folds are in `folds`. Without it every gene is taken to stand alone.
    least : int
        Fewest genes of a class to train on.

    Raises
    ------
    InputError
        If fewer than `least` genes of a class would be left to train on when a pair of folds is held out.
    """
    classes = tuple(name for name in CLASS_ORDER if (status == name).any())
    fold = folds.reindex(features.index).to_numpy(dtype=int)
    codes = status.map({name: code for code, name in enumerate(classes)}).to_numpy(dtype=int)
    values = np.ascontiguousarray(features.to_numpy(dtype=np.float32))
    pairs = list(combinations(range(settings.n_folds), 2))
    kin = np.zeros((len(fold), settings.n_folds), dtype=bool)
    if groups is not None:
        kin = relatives_in(groups, folds, features.index, settings.n_folds)
    _require_every_class(codes, fold, kin, pairs, classes, least)

    given = _Given(values, list(features.columns), codes, fold, kin, settings, seed)
    fitted = list(run(_fit_pair, pairs, shared=given, what="fitting", threads=n_threads))
    branches = {name: {pair: own[name] for pair, own in zip(pairs, fitted, strict=True)} for name in fitted[0]}
    training_folds = pd.Series(fold, index=features.index, name="fold")
    relatives = pd.DataFrame(kin, index=features.index)
    model = CrossfitModel(tuple(features.columns), classes, branches, (), training_folds, relatives, settings)
    return replace(model, stacks=fit_stacks(model.raw(features), codes, fold, kin))


@dataclass(frozen=True, eq=False)
class _Given:
    """What every fit starts from."""

    values: NDArray[np.float32]
    columns: list[str]
    codes: NDArray[np.integer]
    fold: NDArray[np.integer]
    kin: NDArray[np.bool_]
    settings: CrossfitSettings
    seed: int


def _fit_pair(given: _Given, pair: Pair) -> dict[str, BranchModel]:
    rows = np.flatnonzero(may_see(given.fold, given.kin, pair))
    # one seed for all pairs: the models then differ by the genes left out, which is what the jackknife measures
    return fit_branches(given.values[rows], given.columns, given.codes[rows], given.settings, seed=given.seed)


def fit_branches(
    values: NDArray[np.float32],
    columns: Sequence[str],
    codes: NDArray[np.integer],
    settings: CrossfitSettings,
    *,
    seed: int,
) -> dict[str, BranchModel]:
    """Every branch of a model, fitted to the same genes, some of which lose a kind of evidence.

    Parameters
    ----------
    values : float32 array of shape (n, columns)
        Features, NaN where missing.
    columns : sequence of str
        Their names.
    codes : int array of shape (n,)
        Class codes; every class occurs.
    settings : CrossfitSettings
        Of the branches.
    seed : int
        Root seed.
    """
    blocks = [name.split(":", 1)[0] for name in columns]
    masked = drop_blocks(values, blocks, settings.block_dropout, seed=child_seed(seed, "blocks"))
    fitted: dict[str, BranchModel] = {}
    for name, own in branch_columns(columns).items():
        part = np.ascontiguousarray(masked[:, own])
        if name == GRADIENT:
            weights = settings.gradient.column_weights([columns[number] for number in own])
            trees = settings.gradient.trees(child_seed(seed, "trees"))
            fitted[name] = trees.fit(part, codes, column_weights=weights)
        elif name == SEQUENCE:
            fitted[name] = LinearClassifier(**settings.sequence.model_dump(), standardise=False).fit(part, codes)
        else:
            fitted[name] = LinearClassifier(**settings.linear.model_dump()).fit(part, codes)
    return fitted


def _require_every_class(
    codes: NDArray[np.integer],
    fold: NDArray[np.integer],
    kin: NDArray[np.bool_],
    pairs: Sequence[Pair],
    classes: Sequence[str],
    least: int,
) -> None:
    for pair in pairs:
        present = np.bincount(codes[may_see(fold, kin, pair)], minlength=len(classes))
        rarest = int(present.argmin())
        if present[rarest] < least:
            raise InputError(
                f"{present[rarest] or 'no'} {classes[rarest]} genes are left to train on when folds {pair[0]} and "
                f"{pair[1]} are held out, at least {least} are needed",
                fix="loosen the calling rule, give labels on more chromosomes, or set another model.n_folds",
            )
