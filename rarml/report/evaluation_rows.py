"""The stricter tests of a trained model as rows to show: baselines, matched pairs, expression, controls, lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rarml.report.train_rows import verdict
from rarml.report.words import missing, number, signed

Row = dict[str, Any]
STRONGEST = "covariates + co-expression panel"
MODEL = "model"
NAMES = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "precision_at_50": "Precision at 50",
    "precision_at_100": "Precision at 100",
}
_BALANCED = 0.1
_SAID = {"better": "clearly more", "worse": "clearly less", "no clear difference": "no clear difference", "": "–"}
_CONTROLS = {
    "permuted labels": "the whole training on labels dealt out anew among genes; chance is 0.5",
    "direction": "what is left when both sides respond",
    "random folds": "the whole training on folds drawn gene by gene; the gap to whole chromosomes is what leaks",
}


def evaluation_view(evaluation: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """What the templates show of `TrainContent.evaluation`; tables that are not there are empty.

    Keys: `lead` (pairs of a head and what follows), `names` (of metrics), `baselines` (per task), `matched`, `deciles`,
    `controls`, `corrected`, `recall`, `top`, `enrichment` and `distance`.
    """
    unlabelled = evaluation.get("unlabelled", ())
    return {
        "lead": [*strongest_lines(evaluation), *matched_lines(evaluation), *alarms(evaluation)],
        "names": NAMES,
        "baselines": baseline_tables(evaluation.get("baselines", ())),
        "matched": matched_rows(evaluation.get("matched", ())),
        "deciles": decile_rows(evaluation.get("deciles", ())),
        "controls": control_rows(evaluation.get("controls", ())),
        "corrected": [row for row in unlabelled if row["quantity"] == "auroc"],
        "recall": [row for row in unlabelled if row["quantity"] == "recall"],
        "top": list(evaluation.get("top", ())),
        "enrichment": list(evaluation.get("enrichment", ())),
        "distance": list(evaluation.get("tss_distance", ())),
    }


def strongest_lines(evaluation: Mapping[str, Sequence[Row]]) -> list[tuple[str, str]]:
    """Head and text: the gain in AUROC over covariates + co-expression panel, per task."""
    rows = [
        row
        for row in evaluation.get("baselines", ())
        if row["baseline"] == STRONGEST and row["metric"] == "auroc" and not missing(row["gain"])
    ]
    if not rows:
        return []
    parts = [f"{row['task']} {_gained(row)}" for row in rows]
    return [(f"AUROC gained over {STRONGEST}:", f"{'; '.join(parts)}.")]


def matched_lines(evaluation: Mapping[str, Sequence[Row]]) -> list[tuple[str, str]]:
    """Head and text: the ranking within matched pairs, and the gain there over the strongest baseline at hand."""
    rows = [row for row in evaluation.get("matched", ()) if not missing(row["value"])]
    models = {row["task"]: row for row in rows if row["predictor"] == MODEL}
    # the last predictor of a task is the strongest
    rivals = {row["task"]: row for row in rows if row["predictor"] != MODEL}
    parts = []
    for task, row in models.items():
        said = f"{task} {number(row['value'], 3)} ({number(row['low'], 3)} to {number(row['high'], 3)})"
        if task in rivals:
            said += f", gained over {rivals[task]['predictor']} {_gained(rivals[task])}"
        parts.append(said)
    if not parts:
        return []
    return [("AUROC within pairs of genes alike in expression and promoter class:", f"{'; '.join(parts)}.")]


def alarms(evaluation: Mapping[str, Sequence[Row]]) -> list[tuple[str, str]]:
    """Head and text for every control that failed."""
    return [
        (
            "Warning:",
            f"trained on permuted labels the model reaches AUROC {number(row['value'], 3)} in {row['task']}, where 0.5 "
            "is due; something may leak, and these numbers cannot be relied on until it is found.",
        )
        for row in evaluation.get("controls", ())
        if str(row["verdict"]).startswith("leak")
    ]


def baseline_tables(rows: Sequence[Row]) -> list[Row]:
    """Per task: `task`, `n`, `n_positive`, `prevalence`, `metrics`, the `model`'s values, and the baselines' `rows`.

    A baseline's row has `name`, `told_apart` (where it answers few genes) and `cells`, one per metric of the task (None
    where it was not measured), each with its value, the model's gain over it and the `verdict`.
    """
    tables: dict[str, Row] = {}
    for row in rows:
        task = {key: row[key] for key in ("task", "n", "n_positive", "prevalence")}
        table = tables.setdefault(row["task"], {**task, "model": {}, "rows": {}})
        table["model"][row["metric"]] = row["model"]
        own = table["rows"].setdefault(row["baseline"], {"name": row["baseline"], "cells": {}})
        # a continuous score splits nearly all genes; a rule, or a family, only some
        few = 0 < (row["told_apart"] or 0) < 0.9 * row["n"]
        own["told_apart"] = row["told_apart"] if few else None
        own["cells"][row["metric"]] = {**row, "verdict": verdict(row["gain_low"], row["gain_high"])}
    for table in tables.values():
        table["metrics"] = [metric for metric in NAMES if metric in table["model"]]
        table["rows"] = [
            {**own, "cells": [own["cells"].get(metric) for metric in table["metrics"]]}
            for own in table["rows"].values()
        ]
    return list(tables.values())


def matched_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows with `verdict` (on the model's gain), `first` (of its task) and `balanced`."""
    shown, before = [], None
    for row in rows:
        balanced = not missing(row["imbalance"]) and row["imbalance"] < _BALANCED
        gained = verdict(row["gain_low"], row["gain_high"])
        shown.append({**row, "first": row["task"] != before, "balanced": balanced, "verdict": gained})
        before = row["task"]
    return shown


def decile_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows with the levels in nTPM (`from_ntpm`, `to_ntpm`) and `verdict`."""
    return [
        {
            **row,
            "from_ntpm": 2 ** row["from_level"] - 1,
            "to_ntpm": 2 ** row["to_level"] - 1,
            "verdict": verdict(row["gain_low"], row["gain_high"]),
        }
        for row in rows
    ]


def control_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows with `what` the control is (on its first row), and `state`: good, bad or plain."""
    states = {"as it should be": "good", "direction is read": "good"}
    firsts = {row["control"]: number for number, row in reversed(list(enumerate(rows)))}
    return [
        {
            **row,
            "what": _CONTROLS.get(row["control"], "") if firsts[row["control"]] == number else "",
            "state": "bad" if str(row["verdict"]).startswith("leak") else states.get(row["verdict"], "plain"),
        }
        for number, row in enumerate(rows)
    ]


def _gained(row: Row) -> str:
    found = _SAID[verdict(row["gain_low"], row["gain_high"])]
    return f"{signed(row['gain'], 3)} ({signed(row['gain_low'], 3)} to {signed(row['gain_high'], 3)}; {found})"
