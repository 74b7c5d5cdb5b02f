"""Which branches a stack should have: trees and linear models on all features, on covariates + panel, on both.

    python experiments/stack_design.py [--cells sh-sy5y ...] [--seeds 2]

Adding chromatin and RAREs to covariates + panel costs boosted trees a little wherever they tell nothing new. Tried
against that: rarer draws of those columns, and branches on covariates + panel beside those on everything. Same folds,
relatives kept out, and stacking as in `rarml train`. Writes results/stack_design.json and .md: gain of each design over
the stack on covariates + panel alone, the baseline of every model card.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from common import CELL_TYPES, RESULTS
from held_out import SEED, cell_data, mean
from joblib import Parallel, delayed

from rarml.core.files import write_json, write_text
from rarml.core.seeds import child_seed
from rarml.estimators.linear import LinearClassifier
from rarml.evaluation.against import against_baselines
from rarml.training.crossfit_model import CrossfitModel, fit_stacks
from rarml.training.groups import may_see, relatives_in
from rarml.training.missing_blocks import drop_blocks

CORE = ("expression", "composition", "coexpression")
RARELY = 0.2
DESIGNS = {
    "covariates + panel": ("trees, core", "linear, core"),
    "all features (3 branches)": ("trees, all", "linear, all", "sequence"),
    "all, others drawn rarely": ("trees, rarely", "linear, all", "sequence"),
    "core and all trees": ("trees, core", "trees, all", "linear, all", "sequence"),
    "core and all of both": ("trees, core", "linear, core", "trees, all", "linear, all", "sequence"),
    "core trees, rarely drawn trees": ("trees, core", "trees, rarely", "linear, all", "sequence"),
    "core, and a model of the rest": ("trees, core", "linear, core", "trees, rest", "sequence"),
}
BASE = "covariates + panel"


def raw_predictions(cell: str, k: int) -> tuple[dict[str, Any], Any, Any]:
    """Uncalibrated probabilities per branch and pair of folds."""
    data, settings = cell_data(cell)
    seed = child_seed(child_seed(SEED, "held out", k), "model")
    genes = data.status.index
    values = data.features.loc[genes].to_numpy(dtype=np.float32)
    blocks = np.array([name.partition(":")[0] for name in data.features])
    fold = data.folds[genes].to_numpy(dtype=int)
    codes = data.status.map({name: code for code, name in enumerate(data.classes)}).to_numpy(dtype=int)
    kin = relatives_in(data.groups, data.folds, genes, settings.model.n_folds)
    core, sequence = np.isin(blocks, CORE), blocks == "sequence"
    columns = {"core": core, "all": ~sequence, "rest": ~sequence & ~core, "rarely": ~sequence}

    def one(pair: tuple[int, int]) -> dict[str, np.ndarray]:
        rows = np.flatnonzero(may_see(fold, kin, pair))
        masked = drop_blocks(values[rows], list(blocks), settings.model.block_dropout, seed=child_seed(seed, "blocks"))
        found = {}
        for name, own in columns.items():
            trees = settings.model.gradient.trees(child_seed(seed, "trees"))
            weights = np.where(core[own], 1.0, RARELY) if name == "rarely" else None
            fitted = trees.fit(masked[:, own], codes[rows], column_weights=weights)
            found[f"trees, {name}"] = fitted.predict_proba(values[:, own])
            if name in ("core", "all"):
                linear = LinearClassifier(**settings.model.linear.model_dump()).fit(masked[:, own], codes[rows])
                found[f"linear, {name}"] = linear.predict_proba(values[:, own])
        branch = LinearClassifier(**settings.model.sequence.model_dump(), standardise=False)
        found["sequence"] = branch.fit(masked[:, sequence], codes[rows]).predict_proba(values[:, sequence])
        return found

    pairs = list(combinations(range(settings.model.n_folds), 2))
    fitted = Parallel(n_jobs=2)(delayed(one)(pair) for pair in pairs)
    raw = {name: {pair: own[name] for pair, own in zip(pairs, fitted, strict=True)} for name in fitted[0]}
    return raw, (fold, codes, kin, data), settings


def design_table(raw: dict[str, Any], facts: Any, settings: Any, branches: tuple[str, ...]) -> pd.DataFrame:
    """Held-out probabilities of the stack of some branches."""
    fold, codes, kin, data = facts
    genes = data.status.index
    own = {name: raw[name] for name in branches}
    empty = pd.Series(fold, index=genes)
    model = CrossfitModel((), data.classes, {}, (), empty, pd.DataFrame(kin, index=genes), settings.model)
    model = replace(model, stacks=fit_stacks(own, codes, fold, kin))
    proba = np.empty((len(genes), len(data.classes)))
    for k in range(settings.model.n_folds):
        rows = np.flatnonzero(fold == k)
        proba[rows] = model._fold_parts(own, k).mean(axis=0)[rows]
    return pd.DataFrame(proba, index=genes, columns=[f"p_{name}" for name in data.classes])


def main() -> None:
    """Fit, stack and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", nargs="*", default=list(CELL_TYPES))
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for cell in arguments.cells:
        tables: dict[str, list[pd.DataFrame]] = {}
        for k in range(arguments.seeds):
            began = time.perf_counter()
            raw, facts, settings = raw_predictions(cell, k)
            for name, branches in DESIGNS.items():
                tables.setdefault(name, []).append(design_table(raw, facts, settings, branches))
            print(f"{cell} seed {k}: {time.perf_counter() - began:.0f} s", flush=True)
        data = facts[3]
        groups = data.groups.loc[data.status.index].astype(str)
        base = {BASE: mean(tables.pop(BASE))}
        for name, parts in tables.items():
            found = against_baselines(mean(parts), base, data.status, groups, seed=SEED, n_bootstrap=500)
            rows += [{"cell": cell, "design": name, **row} for row in found.to_dict(orient="records")]
            shown = found[found["metric"].isin(["auroc", "auprc"])]
            for row in shown.to_dict(orient="records"):
                print(f"  {name:32s} {row['task']:26s} {row['metric']:6s} {row['model']:.4f} "
                      f"{row['gain']:+.4f} [{row['gain_low']:+.4f}, {row['gain_high']:+.4f}]", flush=True)  # fmt: skip
    write_json(RESULTS / "stack_design.json", rows)
    write_text(RESULTS / "stack_design.md", page(pd.DataFrame(rows), arguments.seeds))


def page(table: pd.DataFrame, seeds: int) -> str:
    """The gains as one page."""
    lines = ["# Which branches a stack should have", ""]
    lines.append(f"Seeds averaged: {seeds}. Gain over the stack on {BASE} alone, on the same held-out chromosomes.")
    for metric in ("auroc", "auprc"):
        lines += ["", f"## {metric.upper()}", "", "| cells | task | " + " | ".join(list(DESIGNS)[1:]) + " |"]
        lines.append("|---|---|" + "---|" * (len(DESIGNS) - 1))
        own = table[table["metric"] == metric].set_index(["cell", "task", "design"])
        for cell, task in dict.fromkeys(key[:2] for key in own.index):
            shown = []
            for name in list(DESIGNS)[1:]:
                row = own.loc[(cell, task, name)]
                shown.append(f"{row['gain']:+.4f} [{row['gain_low']:+.4f}, {row['gain_high']:+.4f}]")
            lines.append(f"| {cell} | {task} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
