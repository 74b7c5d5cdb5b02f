"""How a trained model is judged beyond its covariate baseline: stronger baselines, matched genes, controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rarml.core.seeds import child_seed
from rarml.evaluation import baselines
from rarml.evaluation.against import against_baselines
from rarml.evaluation.by_level import by_level
from rarml.evaluation.controls import direction_control, leak_gap, permutation_control
from rarml.evaluation.matched import matched_covariates, matched_table, stand_in_level
from rarml.evaluation.positive_unlabelled import unlabelled_table
from rarml.evaluation.top_ranks import top_ranks
from rarml.features.atlas import Atlas
from rarml.features.selection import cells_of, select_columns
from rarml.training.crossfit import crossfit
from rarml.training.dataset import Dataset, covariate_columns
from rarml.training.splits import random_folds
from rarml.workflows.element_evidence import distance_rows, enrichment_rows
from rarml.workflows.predictions import TrainedModel
from rarml.workflows.records import records
from rarml.workflows.settings import TrainSettings

MODEL = "model"
_DIGITS = 4  # of `predictions.held_out_predictions`


def model_evaluation(
    model: TrainedModel,
    data: Dataset,
    atlas: Atlas,
    held_out: pd.DataFrame,
    settings: TrainSettings,
    *,
    positive_unlabelled: bool = False,
    threads: int | None = None,
    rivals: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Judge a model against baselines, within matched genes, by expression, and by controls.

    Parameters
    ----------
    model : TrainedModel
        The model.
    data : Dataset
        What it was trained on.
    atlas : Atlas
        Where the columns of baselines come from that the model itself does not use.
    held_out : DataFrame
        Of `held_out_predictions`.
    settings : TrainSettings
        `evaluation` says what is run; folds, branches, resamples and seed are those of the model.
    positive_unlabelled : bool
        The labels list responsive genes only.
    threads : int, optional
        Fits at once.
    rivals : mapping of str to DataFrame, optional
        Of `baseline_predictions`, where they are at hand already.

    Returns
    -------
    dict of str to list of dict
        Rows by table: `baselines` (`rarml.evaluation.against`), `matched` (`rarml.evaluation.matched`), `deciles`
        (`rarml.evaluation.by_level`), `controls` (`rarml.evaluation.controls`), `unlabelled`
        (`rarml.evaluation.positive_unlabelled`; empty but for positive-unlabelled labels), `top`
        (`rarml.evaluation.top_ranks`), `enrichment` and `tss_distance` (`rarml.workflows.element_evidence`).
    """
    genes = data.status.index
    classes = model.full.classes
    own = _named(held_out.loc[genes], "held_out_", classes)
    covariates = covariate_predictions(data, held_out)
    groups = data.groups.loc[genes].astype(str)
    common: dict[str, Any] = {"seed": child_seed(settings.seed, "evaluation"), "n_bootstrap": settings.bootstrap}
    if rivals is None:
        rivals = baseline_predictions(data, atlas, covariates, settings, threads=threads)
    within = {MODEL: own, **{name: rivals[name] for name in (baselines.COVARIATES, baselines.PANEL) if name in rivals}}
    stand_in = settings.context.stand_in
    alike = matched_covariates(atlas.features.loc[genes], stand_in)
    level = stand_in_level(atlas.features.loc[genes], stand_in)
    tables = {
        "baselines": against_baselines(own, rivals, data.status, groups, **common),
        "matched": matched_table(within, data.status, alike, groups, **common) if alike.shape[1] else pd.DataFrame(),
        "deciles": by_level(own, covariates, data.status, level, groups, **common)
        if level is not None
        else pd.DataFrame(),
        "controls": controls(own, data, atlas, settings, threads=threads),
        "unlabelled": unlabelled_table(own, data.status, groups, **common) if positive_unlabelled else pd.DataFrame(),
        "top": top_ranks(own, data.status, groups, **common),
    }
    return {
        **{name: records(table) for name, table in tables.items()},
        "enrichment": enrichment_rows(atlas.features.loc[genes], data.status, seed=settings.seed),
        "tss_distance": distance_rows(atlas.sites, data.status),
    }


def covariate_predictions(data: Dataset, held_out: pd.DataFrame) -> pd.DataFrame:
    """Held-out probabilities of the covariate baseline, as `baseline_predictions` takes them."""
    return _named(held_out.loc[data.status.index], "held_out_covariates_", data.classes)


def baseline_predictions(
    data: Dataset, atlas: Atlas, covariates: pd.DataFrame, settings: TrainSettings, *, threads: int | None = None
) -> dict[str, pd.DataFrame]:
    """Held-out probabilities of every baseline that the atlas has columns for, the weakest first.

    Cross-fitted ones go through the model's own stack, settings, folds and groups, and differ in their columns alone.
    """
    genes, classes = data.status.index, data.classes
    found = {baselines.CHANCE: baselines.chance(data.status, classes)}
    rule = baselines.rare_rule(atlas.features, genes, classes)
    if rule is not None:
        found[baselines.RARE_RULE] = rule
    symbols = atlas.genes["symbol"]
    found[baselines.FAMILY] = baselines.family_mean(data.status, symbols, data.folds, data.groups, classes)
    found[baselines.COVARIATES] = covariates
    own = covariate_columns(data.baseline_columns)
    if not settings.evaluation.baselines or not own:
        return found
    for name in (baselines.CHROMATIN, baselines.PANEL):
        columns = baselines.baseline_columns(name, own, _block(atlas, baselines.ADDED_BLOCK[name], settings))
        if columns:
            features = atlas.features.loc[genes, columns]
            found[name] = _held_out(features, data.status, data, settings, data.folds, data.groups, name, threads)
    return found


def controls(
    own: pd.DataFrame, data: Dataset, atlas: Atlas, settings: TrainSettings, *, threads: int | None = None
) -> pd.DataFrame:
    """Direction always; permuted labels and random folds as `settings.evaluation` asks."""
    genes = data.status.index
    features, groups = data.features.loc[genes], data.groups.loc[genes].astype(str)
    common: dict[str, Any] = {"seed": child_seed(settings.seed, "controls"), "n_bootstrap": settings.bootstrap}
    tables = [direction_control(own, data.status, groups, **common)]
    if settings.evaluation.controls:

        def fit(status: pd.Series) -> pd.DataFrame:
            return _held_out(features, status, data, settings, data.folds, data.groups, "permuted labels", threads)

        tables.append(permutation_control(fit, data.status, data.folds.loc[genes], groups, **common))
    if settings.evaluation.allow_leaky:
        seed = child_seed(settings.seed, "random folds")
        folds = random_folds(atlas.genes, settings.model.n_folds, seed=seed, allow_leaky=True)
        # relatives stay in: that they leak is what is measured
        loose = _held_out(features, data.status, data, settings, folds, None, "random folds", threads)
        tables.append(leak_gap(loose, own, data.status, groups, **common))
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def _held_out(
    features: pd.DataFrame,
    status: pd.Series,
    data: Dataset,
    settings: TrainSettings,
    folds: pd.Series,
    groups: pd.Series | None,
    name: str,
    threads: int | None,
) -> pd.DataFrame:
    seed = child_seed(settings.seed, "evaluation", name)
    fitted = crossfit(features, status, folds, settings.model, seed=seed, n_threads=threads, groups=groups)
    # as coarse as the model's own stored probabilities, so that ties are as frequent
    return fitted.predict_held_out(features, folds).proba.round(_DIGITS)


def _block(atlas: Atlas, block: str, settings: TrainSettings) -> list[str]:
    """Columns of one block that the cells of these settings may see; none where the atlas lacks it."""
    columns = list(atlas.features.columns)
    if not any(name.startswith(f"{block}:") for name in columns):
        return []
    asked, here = settings.context.chromatin, set(cells_of(columns))
    cells = None if asked is None else [cell for cell in asked if cell in here]
    return select_columns(columns, [block], chromatin_cells=cells)


def _named(table: pd.DataFrame, prefix: str, classes: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({f"p_{name}": table[f"{prefix}{name}"].astype(float) for name in classes})
