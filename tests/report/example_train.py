"""An example of a trained model, shaped like that of the workflow; the numbers are drawn, not measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rarml.report.content import TrainContent
from rarml.workflows.train_report import curve_of
from tests.report.example_score import model_infos


def train_content(n: int = 4000, seed: int = 0) -> TrainContent:
    rng = np.random.default_rng(seed)
    curves, metrics = [], []
    for task, share in (("responsive v unresponsive", 0.23), ("up v unresponsive", 0.16), ("down v unresponsive", 0.1)):
        score = rng.beta(1.2, 1.2 / share - 1.2, n)
        truth = rng.uniform(size=n) < score
        curves.append(curve_of(task, "all blocks", truth, score))
        noisy = np.clip(score + rng.normal(0, 0.1, n), 0.001, 0.999)
        curves.append(curve_of(task, "covariates only", truth, noisy))
        for metric, value, base in (("auroc", 0.78, 0.75), ("auprc", 0.41, 0.36), ("brier", 0.12, 0.13)):
            gain = abs(value - base)
            metrics.append((task, metric, value, value - 0.02, value + 0.02, base, gain, gain - 0.01, gain + 0.01, n))
    columns = ["task", "metric", "value", "low", "high", "baseline", "gain", "gain_low", "gain_high", "n"]
    table = pd.DataFrame(metrics, columns=columns).assign(n_positive=int(0.2 * n), prevalence=0.2)
    return TrainContent(
        model=model_infos(1)[0],
        counts={
            "read": 19211, "mapped": 18530, "ambiguous": 120, "unmapped": 561, "duplicated": 14, "untested": 3010,
            "up": 1450, "down": 980, "unresponsive": 8020, "ambiguous_status": 5070, "without_sequence": 911,
            "eligible": 7850, "eligible_up": 1120, "eligible_down": 700, "eligible_unresponsive": 6030,
        },
        metrics=table,
        curves=tuple(curves),
        branches=tuple(
            {
                "branch": name,
                "what": what,
                "task": "up v unresponsive",
                "metric": metric,
                "alone": alone,
                "whole": 0.93,
                "worth": worth,
                "worth_low": worth - 0.004,
                "worth_high": worth + 0.004,
            }
            for metric in ("auroc", "auprc")
            for name, what, alone, worth in (
                ("gradient", "boosted trees", 0.92, 0.021),
                ("sequence", "what encoders read off the bases", 0.78, 0.001),
            )
        ),
        audit=(
            {"check": "no treated track", "verdict": "pass", "found": "None of 40 names speaks of a treatment."},
            {"check": "AUROC is believable", "verdict": "warn", "found": "AUROC 0.985 of the model: look for a leak."},
        ),
        importance={"expression": 0.41, "coexpression": 0.28, "chromatin": 0.18, "composition": 0.09, "rare": 0.04},
        label_rule=("Degust table: log2FC of the column RA", "up: log2FC ≥ 1 and adjusted p ≤ 0.05"),
        eligibility_rule="protein-coding, with promoter sequence, expressed at 1 nTPM or more in the stand-in cells",
        split_rule="5 folds of whole chromosomes; the four HOX chromosomes together",
        blocks={"rare": 120, "composition": 9, "chromatin": 30, "expression": 8, "coexpression": 20},
        notes=("561 names are not in the annotation",),
        limitations=("Five days of treatment: many responses are indirect.",),
        licences={"Human Protein Atlas": "CC BY-SA 4.0", "ENCODE": "free, cite"},
        provenance={"rarml": "0.1.0", "atlas": "sha256:12ab34cd", "seed": "2026"},
        methods=("Labels. Responses were read.", "Software. rarml 0.1.0."),
    )  # fmt: skip


def evaluation_example() -> dict[str, tuple[dict, ...]]:
    """Rows like those of `rarml.workflows.model_evaluation`, one task each."""
    task = {"task": "up v unresponsive", "n": 6339, "n_positive": 160, "prevalence": 0.025}
    gained = {"gain": 0.03, "gain_low": 0.01, "gain_high": 0.05}
    lost = {"gain": -0.02, "gain_low": -0.06, "gain_high": 0.02}
    reach = {"value": 0.9, "low": 0.88, "high": 0.92}
    pairs = {
        "task": "up v unresponsive",
        "pairs": 110,
        "unmatched": 50,
        "imbalance_before": 1.76,
        "imbalance": 0.04,
        "worst": "GC",
    }
    return {
        "baselines": tuple(
            {**task, "baseline": name, "metric": metric, "model": 0.93, "told_apart": told, **reach, **gained}
            for name, told in (("RARE rule (a DR1, DR2 or DR5)", 150), ("covariates + co-expression panel", 6300))
            for metric in ("auroc", "auprc")
        ),
        "matched": (
            {**pairs, "predictor": "model", "value": 0.7, "low": 0.65, "high": 0.75, **dict.fromkeys(gained)},
            {**pairs, "predictor": "covariates", **reach, **gained},
            {**pairs, "predictor": "covariates + co-expression panel", **reach, **lost},
        ),
        "deciles": (
            {**task, "deciles": "1-2", "from_level": 0.1, "to_level": 2.0, "baseline": 0.87, **reach, **gained},
        ),
        "controls": (
            {
                "control": "permuted labels", "task": "up v unresponsive", "value": 0.51, "low": 0.46, "high": 0.56,
                "grouped": None, "gap": None, "gap_low": None, "gap_high": None, "verdict": "as it should be",
            },
        ),
        "unlabelled": (
            {"task": "up v unresponsive", "quantity": "auroc", "assumed_share": 0.0, "n_listed": 125, **reach},
            {
                "task": "up v unresponsive", "quantity": "auroc", "assumed_share": 0.5, "n_listed": 125,
                **dict.fromkeys(reach),
            },
            {
                "task": "up v unresponsive", "quantity": "recall", "depth": 100, "n_listed": 125, "chance": 0.016,
                **reach,
            },
        ),
        "top": tuple(
            {**task, **reach, "depth": depth, "value": value} for depth, value in ((10, 0.6), (50, 0.44), (100, 0.34))
        ),
        "enrichment": tuple(
            {
                "set": name, "sites": sites, "type": kind, "with_site": 12, "n": 160, "background_with_site": 20,
                "n_background": 480, "odds_ratio": odds, "low": 0.7, "high": high, "pvalue": q / 3, "qvalue": q,
            }
            for name in ("up", "down")
            for sites in ("1e-4", "1e-5")
            for kind, odds, high, q in (("DR5", 2.1, 4.0, 0.01), ("DR2", 1.0, None, 0.9), ("ER3", None, None, 1.0))
        ),
        "tss_distance": tuple(
            {
                "status": name, "from_bp": at, "to_bp": at + 200, "with_site": 16, "n": 160, "value": 0.1, "low": 0.06,
                "high": 0.16,
            }
            for name in ("up", "down", "unresponsive")
            for at in (-200, 0)
        ),
        "coverage": (
            {"level": 0.9, "genes": "up", "coverage": 0.913, "low": 0.87, "high": 0.95, "mean_size": 1.27, "n": 160},
        ),
    }  # fmt: skip
