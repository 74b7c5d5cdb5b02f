"""What each branch of a model is worth: alone, and by what is lost without it, on held-out chromosomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from rarml.core.seeds import child_seed
from rarml.evaluation.summary import evaluate
from rarml.training.crossfit_model import CrossfitModel
from rarml.training.dataset import Dataset
from rarml.workflows.records import records
from rarml.workflows.settings import TrainSettings

_METRICS = ("auroc", "auprc")


def branch_worth(model: CrossfitModel, data: Dataset, settings: TrainSettings) -> list[dict[str, Any]]:
    """One row per branch, task and metric (AUROC, AUPRC), for a model of several branches; else none.

    Parameters
    ----------
    model : CrossfitModel
        The stacked model.
    data : Dataset
        What it was trained on.
    settings : TrainSettings
        Bootstrap resamples and seed.

    Returns
    -------
    list of dict
        ``branch, task, metric``, ``alone`` (the branch by itself, calibrated), ``whole`` (the stack), and ``worth``
        with ``worth_low, worth_high``: the stack less the stack of the other branches, fitted anew on the same folds
        (95 % paired cluster bootstrap).
    """
    if len(model.branches) < 2:
        return []
    whole = _held_out(model, data)
    rows: list[dict[str, Any]] = []
    for name in model.branches:
        others = [branch for branch in model.branches if branch != name]
        lost = _compared(whole, _held_out(_with(model, others, data), data), data, settings)
        alone = _compared(_held_out(_with(model, [name], data), data), whole, data, settings, n_bootstrap=2)
        for (_, paired), (_, single) in zip(lost.iterrows(), alone.iterrows(), strict=True):
            rows.append(
                {
                    "branch": name,
                    **{key: paired[key] for key in ("task", "metric")},
                    "alone": single["value"],
                    "whole": paired["value"],
                    "worth": paired["gain"],
                    "worth_low": paired["gain_low"],
                    "worth_high": paired["gain_high"],
                }
            )
    return records(pd.DataFrame(rows))


def _with(model: CrossfitModel, names: Sequence[str], data: Dataset) -> CrossfitModel:
    codes = data.status.map({name: code for code, name in enumerate(model.classes)}).to_numpy(dtype=int)
    return model.with_branches(names, data.features.loc[data.status.index], codes)


def _held_out(model: CrossfitModel, data: Dataset) -> pd.DataFrame:
    return model.predict_held_out(data.features.loc[data.status.index], data.folds).proba


def _compared(
    one: pd.DataFrame, other: pd.DataFrame, data: Dataset, settings: TrainSettings, n_bootstrap: int | None = None
) -> pd.DataFrame:
    table = evaluate(
        one,
        other,
        data.status,
        data.groups.loc[data.status.index],
        seed=child_seed(settings.seed, "branches"),
        n_bootstrap=settings.bootstrap if n_bootstrap is None else n_bootstrap,
    )
    return table[table["metric"].isin(_METRICS)].reset_index(drop=True)
