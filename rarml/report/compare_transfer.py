"""The transfer of each model to each label set: matrices, figures, and what to make of the suspect band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from rarml.report.content import CompareContent
from rarml.report.transfer_plot import TransferRow, transfer_plot
from rarml.report.words import missing, signed

MEAN = "mean response elsewhere"
SUSPECT = 0.80
"""AUROC on unseen cells above which a leak is to be looked for."""
_NUMBERS = ("value", "low", "high", "covariates", "over_covariates", "over_elsewhere", "n", "n_positive")


@dataclass(frozen=True)
class TransferCell:
    """One AUROC of the matrix, with the AUPRC of the same question; `alpha` is the opacity of its fill."""

    value: float | None
    low: float | None
    high: float | None
    n: int | None
    n_positive: int | None
    covariates: float | None
    over_covariates: float | None
    over_elsewhere: float | None
    auprc: float | None
    prevalence: float | None
    own: bool
    suspect: bool
    alpha: float


@dataclass(frozen=True)
class TransferMatrix:
    """One task: a row per model (and the baseline, if it was asked) with a cell per label set."""

    task: str
    rows: list[tuple[str, list[TransferCell | None]]]
    figure: Markup


def transfer_matrices(content: CompareContent) -> list[TransferMatrix]:
    """Per task a matrix; a cell is None where it was not measured."""
    table = content.transfer
    names = [info.name for info in content.models]
    found = []
    for task in dict.fromkeys(table["task"]):
        of_task = table[table["task"] == task]
        # a table without metrics is one of AUROC
        auroc = of_task[of_task["metric"] == "auroc"] if "metric" in of_task else of_task
        auprc = of_task[of_task["metric"] == "auprc"] if "metric" in of_task else of_task.iloc[:0]
        second = {(row["model"], row["labels"]): row["value"] for row in _records(auprc)}
        cells = {
            (row["model"], row["labels"]): _cell(row, second.get((row["model"], row["labels"])))
            for row in _records(auroc)
        }
        here = [*names, *([MEAN] if MEAN in set(auroc["model"]) else [])]
        rows = [(model, [cells.get((model, labels)) for labels in names]) for model in here]
        found.append(TransferMatrix(str(task), rows, transfer_figure(str(task), auroc, names)))
    return found


def transfer_figure(task: str, auroc: pd.DataFrame, names: list[str]) -> Markup:
    """The matrix of one task with its intervals."""
    rows = []
    order = {name: place for place, name in enumerate([*names, MEAN])}
    for labels in names:
        chosen = [row for row in _records(auroc[auroc["labels"] == labels]) if row["model"] in order]
        for row in sorted(chosen, key=lambda row: order[row["model"]]):
            kind = "mean" if row["model"] == MEAN else "own" if row["model"] == labels else "other"
            base = None if missing(row.get("covariates")) else row["covariates"]
            rows.append(TransferRow(row["model"], labels, kind, row["value"], row["low"], row["high"], base))
    described = f"AUROC of each model on each label set, {task}, with 95 % intervals; the table has the same numbers"
    return transfer_plot(rows, SUSPECT, described)


def suspects(content: CompareContent) -> str:
    """What the suspect band holds and how to read it; "" where it is empty."""
    table = content.transfer
    if "suspect" not in table or not table["suspect"].astype(bool).any():
        return ""
    asked = table[(table["metric"] == "auroc") & (table["model"] != table["labels"]) & (table["model"] != MEAN)]
    chosen = asked[asked["suspect"].astype(bool)]
    said = (
        f"{len(chosen)} of {len(asked)} AUROCs on cells the model was not trained on lie above {SUSPECT:.2f}, where "
        "a leak is to be looked for (marked ⚑)."
    )
    known = chosen.dropna(subset=["covariates"])
    if known.empty:
        return said
    also = int((known["covariates"] > SUSPECT).sum())
    here = f"all {len(known)}" if also == len(known) else f"{also} of these {len(known)}"
    over = known["over_covariates"].median()
    return (
        f"{said} Looked at: in {here} the model's covariates alone (untreated expression and "
        f"promoter composition, no retinoid evidence) lie above it too, and the whole model less its covariates is "
        f"{signed(over, 3)} at the median. What passes from cell to cell is mostly what kind of gene responds to "
        "anything, not retinoid biology: no sign of a leak by itself, and no proof of transfer either. Judge a model "
        "by its lead over covariates and by up v down."
    )


def transfer_rows(content: CompareContent) -> list[dict[str, Any]]:
    """Every row of the table with what the detail table shows, missing values as None."""
    wanted = ("metric", "prevalence", "suspect", "elsewhere", "n_elsewhere")
    ends = [f"over_{name}_{end}" for name in ("covariates", "elsewhere") for end in ("low", "high")]
    rows = []
    for row in _records(content.transfer):
        plain = {key: None if missing(row.get(key)) else row[key] for key in (*_NUMBERS, *wanted, *ends)}
        rows.append(row | plain)
    return rows


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")]


def _cell(row: dict[str, Any], auprc: float | None) -> TransferCell:
    plain = {key: None if missing(row.get(key)) else row.get(key) for key in _NUMBERS}
    value = plain["value"]
    return TransferCell(
        **plain,
        auprc=None if missing(auprc) else auprc,
        prevalence=None if missing(row.get("prevalence")) else row.get("prevalence"),
        own=row["model"] == row["labels"],
        suspect=bool(row.get("suspect", False)),
        alpha=0.0 if value is None else round(min(max((value - 0.5) / 0.5, 0.0), 1.0) * 0.6, 2),
    )
