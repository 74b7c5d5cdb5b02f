"""The label flow, the headline and the metric rows of a trained model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rarml.report.content import TrainContent
from rarml.report.words import missing, number, signed

FLOW = (
    ("read", "rows read", "", ""),
    ("mapped", "mapped to a gene", "", ""),
    ("ambiguous", "name fits several genes, left out", "out", ""),
    ("unmapped", "name fits no gene, left out", "out", ""),
    ("duplicated", "rows of a gene given twice, merged", "out", ""),
    ("up", "genes called up", "", "bu"),
    ("down", "genes called down", "", "bd"),
    ("unresponsive", "genes called unresponsive", "", "bn"),
    ("ambiguous_status", "neither clearly responsive nor clearly flat, left out", "out", ""),
    ("untested", "not tested (no adjusted p), left out", "out", ""),
    ("without_sequence", "called, but without promoter sequence", "out", ""),
    ("eligible", "used for training", "sum", "ba"),
    ("eligible_up", "used as up", "", "bu"),
    ("eligible_down", "used as down", "", "bd"),
    ("eligible_unresponsive", "used as unresponsive", "", "bn"),
)
METRICS = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "auroc_one_v_rest": "AUROC, each class against the rest (mean)",
    "brier": "Brier score (lower is better)",
    "ece": "Calibration error (lower is better)",
    "log_loss": "Log loss (lower is better)",
}
LOWER_IS_BETTER = ("brier", "ece", "log_loss")


@dataclass(frozen=True)
class FlowRow:
    """One number of the label flow; `share` of the largest, 0-100."""

    n: int
    said: str
    kind: str
    bar: str
    share: int


def flow_rows(counts: dict[str, int]) -> list[FlowRow]:
    """The counts that are there, in the order of the work."""
    most = max([*counts.values(), 1])
    return [
        FlowRow(counts[key], said, kind, bar, round(100 * counts[key] / most))
        for key, said, kind, bar in FLOW
        if key in counts
    ]


def metric_rows(metrics: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with `name` (of the metric), `chance` and `verdict` (better, worse, same as covariates)."""
    columns = ("task", "metric", "value", "low", "high", "baseline", "gain", "gain_low", "gain_high")
    table = metrics.reindex(columns=[*columns, "n", "n_positive", "prevalence"]).astype(object)
    rows: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()}
        for row in table.where(table.notna(), None).to_dict(orient="records")
    ]
    for row in rows:
        metric = str(row["metric"])
        row["name"] = METRICS.get(metric, metric.replace("_", " "))
        lower = metric in LOWER_IS_BETTER
        row["chance"] = None if lower else 0.5 if metric.startswith("auroc") else row["prevalence"]
        row["verdict"] = verdict(row["gain_low"], row["gain_high"])
    return rows


def verdict(low: float | None, high: float | None) -> str:
    """``better``, ``worse`` or ``no clear difference`` from the interval of the gain (above 0 is always better)."""
    if missing(low) or missing(high):
        return ""
    if low <= 0 <= high:  # type: ignore[operator]
        return "no clear difference"
    return "better" if low > 0 else "worse"  # type: ignore[operator]


def headline(content: TrainContent) -> list[str]:
    """One sentence per task: AUROC with interval, covariates, and whether the gain is clear."""
    rows = [row for row in metric_rows(content.metrics) if row["metric"] == "auroc"]
    return [
        f"{row['task']}: AUROC {number(row['value'])} ({number(row['low'])} to {number(row['high'])}); covariates "
        f"alone {number(row['baseline'])}; gain {signed(row['gain'], 3)} ({signed(row['gain_low'], 3)} to "
        f"{signed(row['gain_high'], 3)}): {_said(row['verdict'])}."
        for row in rows
    ]


def importance_rows(importance: dict[str, float]) -> Sequence[tuple[str, float]]:
    """Blocks by falling share."""
    return sorted(importance.items(), key=lambda item: (-item[1], item[0]))


def branch_rows(branches: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """AUROC rows of the branch table with `verdict` (see `verdict`)."""
    return [
        {**row, "verdict": verdict(row["worth_low"], row["worth_high"])} for row in branches if row["metric"] == "auroc"
    ]


def _said(word: str) -> str:
    return {
        "better": "clearly more than covariates",
        "worse": "clearly less than covariates",
        "no clear difference": "no clear gain over covariates",
    }.get(word, "gain not measured")
