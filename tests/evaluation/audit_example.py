"""A small made dataset and honest models of it, into which tests plant leaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from rarml.evaluation.audit import Audited, Fitted
from rarml.training.crossfit import CrossfitSettings, crossfit
from rarml.training.dataset import covariate_columns
from rarml.training.eligibility import EligibilityRule
from rarml.training.groups import gene_groups
from rarml.training.splits import chromosome_folds

SETTINGS = CrossfitSettings.model_validate(
    {"n_folds": 3, "block_dropout": 0.1, "gradient": {"n_rounds": 6, "max_depth": 2}, "linear": {"C": 0.01}}
)
RULE = EligibilityRule(min_level=1.0)
SEED = 7
RULE_FOLDS = "the rule"


def made(n: int = 480) -> Audited:
    """Genes on six chromosomes; a pair of relatives on two of them; a weak signal in one column; no leak."""
    rng = np.random.default_rng(0)
    genes = pd.DataFrame(
        {
            "symbol": [f"X{_letters(i)}" for i in range(n)],  # no digits, so no cluster by name
            "chrom": [f"chr{1 + i % 3}" if i % 5 else f"chr{13 + i % 3}" for i in range(n)],
            "tss": [1_000_000 * (i + 1) for i in range(n)],
            "has_sequence": True,
            "tier": "A",
        },
        index=pd.Index([f"ENSG{i:05d}" for i in range(n)], name="gene_id"),
    )

    folds = chromosome_folds(genes, SETTINGS.n_folds)
    away = genes.index[folds.to_numpy() != folds.iloc[0]][0]
    genes["family"] = pd.Series({genes.index[0]: "f", away: "f"}).reindex(genes.index).astype(object)
    columns = [
        *(f"rare:DR{i}:best" for i in range(8)),
        *(f"composition:c{i}" for i in range(3)),
        "expression:level:A",
        "expression:sd",
        *(f"sequence:s{i}" for i in range(3)),
        "chromatin:MCF-7:H3K27ac:overlap",
    ]
    features = pd.DataFrame(rng.normal(size=(n, len(columns))), genes.index, columns).astype(np.float32)
    features["expression:level:A"] = rng.uniform(0, 6, n).astype(np.float32)
    features["chromatin:MCF-7:H3K27ac:overlap"] = (rng.random(n) < 0.2).astype(np.float32)
    signal = features["expression:sd"].to_numpy() + rng.normal(0, 1.5, n)
    called = pd.Series(
        np.select([signal > 1.5, signal < -1.5], ["up", "down"], "unresponsive"), genes.index, name="status"
    )
    called[(np.abs(signal) > 1.2) & (np.abs(signal) <= 1.5)] = "ambiguous"
    kept = (features["expression:level:A"] >= 1) & called.isin(["up", "down", "unresponsive"])
    clean = Audited(
        features=features,
        status=called[kept],
        folds=folds,
        groups=gene_groups(genes),
        genes=genes,
        source=features.copy(),
        columns_by_rule=tuple(columns),
        level=features["expression:level:A"],
        rule=RULE,
        called=called,
        origins=("A549__untreated.bed.gz", "K562__RAMPAGE.bed"),
        fold_rules={RULE_FOLDS: folds.copy()},
        gene_lists={"the retinoid core": list(genes.index[5:25])},
        metrics=pd.DataFrame({"task": ["up v down"], "metric": ["auroc"], "value": [0.8], "baseline": [0.7]}),
        matched=({"task": "up v down", "predictor": "model", "value": 0.6},),
    )
    return fitted(clean)


def fitted(audited: Audited, *, groups: bool = True) -> Audited:
    """The same with models fitted to its features, as `rarml.workflows.train.fit` does."""
    genes = audited.status.index
    known = audited.groups if groups else None
    full = audited.features.loc[genes]
    narrow = full[covariate_columns(audited.columns)]
    models = {
        name: Fitted(
            crossfit(part, audited.status, audited.folds, SETTINGS, seed=SEED, n_threads=2, groups=known), SEED
        )
        for name, part in (("model", full), ("covariate baseline", narrow))
    }
    return replace(audited, fitted=models)


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + (number // 26**place) % 26) for place in (2, 1, 0))
