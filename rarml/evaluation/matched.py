"""What a model knows beyond covariates: its ranking within pairs of genes that are alike in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from rarml.core.seeds import child_seed
from rarml.evaluation.matching import MATCHED, balance, matched_pairs, within_pairs_auroc
from rarml.evaluation.tasks import TASKS, classes_of, task_scores, tasks_of

TASKS_MATCHED = ("up v unresponsive", "down v unresponsive", "up v down")
LEAST_PAIRS = 10
"""Fewer pairs say nothing about a ranking."""
_LEVEL = "expression:level:"
_SPREAD, _GC, _CPG = "expression:sd", "composition:gc", "composition:cpg_oe"
_CLASS = ("composition:cpg_island", "composition:promoter_class")


def stand_in_level(features: pd.DataFrame, stand_in: Sequence[str]) -> pd.Series | None:
    """Baseline expression: mean log2(1 + nTPM) of the stand-in samples, or the mean over all; None without either."""
    columns = [name for sample in stand_in if (name := f"{_LEVEL}{sample}") in features]
    if columns:
        return features[columns].mean(axis=1)
    return features.get("expression:mean")


def matched_covariates(features: pd.DataFrame, stand_in: Sequence[str]) -> pd.DataFrame:
    """What genes are matched on, as far as it is at hand, in the units of the features.

    Columns: baseline expression (`stand_in_level`), its spread over samples (standard deviation), GC, CpG
    observed/expected, and whether the promoter is in a CpG island (or its CpG class). A caliper of 0.25 standard
    deviations keeps genes of different promoter class from ever being paired.
    """
    found: dict[str, pd.Series] = {}
    level = stand_in_level(features, stand_in)
    if level is not None:
        found["baseline expression"] = level
    named = {"spread over samples": _SPREAD, "GC": _GC, "CpG o/e": _CPG}
    found |= {said: features[name] for said, name in named.items() if name in features}
    present = [name for name in _CLASS if name in features]
    if present:
        found["CpG island" if present[0] == _CLASS[0] else "promoter class"] = features[present[0]]
    return pd.DataFrame(found, index=features.index)


def matched_table(
    predictions: Mapping[str, pd.DataFrame],
    status: pd.Series,
    covariates: pd.DataFrame,
    groups: pd.Series,
    *,
    seed: int,
    n_bootstrap: int,
) -> pd.DataFrame:
    """AUROC of each predictor within matched pairs, and what the first one (the model) gains there over the others.

    Parameters
    ----------
    predictions : mapping of str to DataFrame
        Held-out probabilities ``p_<class>`` by predictor, the model first, indexed by gene_id.
    status : Series of str
        Class per gene.
    covariates : DataFrame
        Of `matched_covariates`, with at least these genes; a gene that lacks one is not matched.
    groups : Series of str
        Group per gene, the unit of the bootstrap.
    seed, n_bootstrap : int

    Returns
    -------
    DataFrame
        One row per task (up v unresponsive, down v unresponsive, up v down) and predictor: `task`, `predictor`,
        `pairs`, `unmatched` (responsive genes without a partner), `imbalance_before` and `imbalance` (largest
        standardised mean difference of a covariate, before and after; below 0.1 is balanced), `worst` (the covariate
        it is of), `value`, `low`, `high` (share of pairs with the responsive gene first), and but for the model `gain`
        (model minus predictor), `gain_low`, `gain_high`. With fewer than 10 pairs there are no values.
    """
    model_name, model = next(iter(predictions.items()))
    rows: list[dict[str, Any]] = []
    for task in [name for name in tasks_of(classes_of(model)) if name in TASKS_MATCHED]:
        positive, negative = TASKS[task]
        used = status[status.isin(positive + negative).to_numpy()].sort_index()
        is_case = used.isin(positive)
        if is_case.all() or not is_case.any():
            continue
        pairs = matched_pairs(covariates, is_case)
        n = int((pairs["outcome"] == MATCHED).sum())
        facts = {"task": task, "pairs": n, "unmatched": len(pairs) - n, **_balance(covariates, is_case, pairs)}
        common: dict[str, Any] = {"n_bootstrap": n_bootstrap, "seed": child_seed(seed, "matched", task)}
        scores = {name: _score(task, proba, used) for name, proba in predictions.items()}
        for name, score in scores.items():
            row = {**facts, "predictor": name}
            if n >= LEAST_PAIRS:
                own = within_pairs_auroc(score, pairs, groups, **common)
                row |= {"value": own.value, "low": own.low, "high": own.high}
                if name != model_name:
                    gain = within_pairs_auroc(scores[model_name], pairs, groups, baseline=score, **common)
                    row |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
            rows.append(row)
    numbers = ("value", "low", "high", "gain", "gain_low", "gain_high")
    facts_first = ("task", "predictor", "pairs", "unmatched", "imbalance_before", "imbalance", "worst")
    return pd.DataFrame(rows, columns=[*facts_first, *numbers])


def _balance(covariates: pd.DataFrame, is_case: pd.Series, pairs: pd.DataFrame) -> dict[str, Any]:
    table = balance(covariates, is_case, pairs).set_index("covariate").abs()
    if table["after"].isna().all():
        return {"imbalance_before": table["before"].max(), "imbalance": float("nan"), "worst": None}
    return {
        "imbalance_before": table["before"].max(),
        "imbalance": table["after"].max(),
        "worst": str(table["after"].idxmax()),
    }


def _score(task: str, proba: pd.DataFrame, status: pd.Series) -> pd.Series:
    own = proba.loc[status.index]
    used, _, score = task_scores(task, own, status)
    return pd.Series(score, index=own.index[used])
