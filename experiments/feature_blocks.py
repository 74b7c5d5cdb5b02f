"""What each feature block is worth to the boosted trees: grouped held-out AUROC and AUPRC with intervals, five seeds.

    python experiments/feature_blocks.py [--seeds 5] [--cells mcf-7 ...]

Reads the shipped atlas and the labels that the shipped bundles carry, so it runs on any checkout. Every set of blocks
is fitted by the same nested cross-fitting on the same folds (the gradient branch alone, see sequence_model.py for the
stack); held-out probabilities are averaged over the seeds, and intervals come from a cluster bootstrap over promoter
clusters. "gain" is the paired difference to the covariate baseline (expression + composition). Writes
results/feature_blocks.json and .md.
"""

from __future__ import annotations

import argparse
import json
import time

import pandas as pd
from common import CELL_TYPES, RESULTS, held_out_by_trees
from held_out import SEED, atlas, cell_data, kept

from rarml.core.files import write_json, write_text
from rarml.core.seeds import child_seed
from rarml.evaluation.summary import evaluate
from rarml.features.selection import select_columns
from rarml.training.branches import SEQUENCE
from rarml.workflows.settings import DEFAULT_BLOCKS

MEASURED = tuple(block for block in DEFAULT_BLOCKS if block != SEQUENCE)
SETS = {
    "RARE only": ("rare",),
    "composition": ("composition",),
    "chromatin": ("chromatin",),
    "expression": ("expression",),
    "co-expression panel": ("coexpression",),
    "covariates": ("expression", "composition"),
    "covariates + RARE": ("expression", "composition", "rare"),
    "covariates + partners": ("expression", "composition", "partners"),
    "covariates + chromatin": ("expression", "composition", "chromatin"),
    "covariates + panel": ("expression", "composition", "coexpression"),
    "all": MEASURED,
    "all + partners": (*MEASURED, "partners"),
}
BASELINE = "covariates"
TASKS = ("up v unresponsive", "down v unresponsive", "up v down")
METRICS = ("auroc", "auprc")


def main() -> None:
    """Run all cell types and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cells", nargs="*", default=CELL_TYPES)
    arguments = parser.parse_args()
    rows = []
    for cell in arguments.cells:
        data, _ = cell_data(cell)
        status, groups = data.status, data.groups.loc[data.status.index]
        held_out = {name: held_out_by_blocks(cell, name, arguments.seeds) for name in SETS}
        for name in SETS:
            found = evaluate(held_out[name], held_out[BASELINE], status, groups, seed=SEED)
            asked = found[found["task"].isin(TASKS) & found["metric"].isin(METRICS)]
            rows += [{"cell": cell, "blocks": name, **row} for row in asked.to_dict(orient="records")]
    table = pd.DataFrame(rows)
    write_json(RESULTS / "feature_blocks.json", json.loads(table.round(5).to_json(orient="records")))
    write_text(RESULTS / "feature_blocks.md", markdown(table, arguments.seeds))
    print(f"wrote {RESULTS / 'feature_blocks.md'}")


def held_out_by_blocks(cell: str, name: str, seeds: int) -> pd.DataFrame:
    """Held-out probabilities, the mean over seeds, of trees that read one set of blocks."""
    data, settings = cell_data(cell)
    columns = select_columns(
        list(atlas().features.columns),
        SETS[name],
        chromatin_cells=settings.context.chromatin,
        stand_in=settings.context.stand_in if "expression" in SETS[name] else (),
    )
    features = atlas().features.loc[data.status.index, columns]

    def fit(k: int) -> pd.DataFrame:
        seed = child_seed(SEED, "blocks", name, k)
        return held_out_by_trees(features, data.status, data.folds, settings.model, seed=seed, groups=data.groups)

    began = time.perf_counter()
    found = kept("blocks", cell, atlas().digest).mean_of(name, seeds, fit)
    print(f"{cell:16s} {name:24s} {len(columns):4d} columns {time.perf_counter() - began:5.0f} s", flush=True)
    return found


def markdown(table: pd.DataFrame, seeds: int) -> str:
    """The table of AUROC, then of AUPRC, per task."""
    lines = [
        "# What each feature block is worth",
        "",
        f"Held-out whole chromosomes, nested cross-fitting, mean of {seeds} seeds; 95 % cluster-bootstrap intervals "
        "over groups of related genes. Gain: paired difference to the covariate baseline (expression + composition). "
        "Made by `python experiments/feature_blocks.py`.",
    ]
    for metric in METRICS:
        for task in TASKS:
            part = table[(table["metric"] == metric) & (table["task"] == task)]
            if part.empty:
                continue
            lines += ["", f"## {task}: {metric.upper()}", ""]
            cells = list(dict.fromkeys(part["cell"]))
            first = part.drop_duplicates("cell").set_index("cell")
            heads = [
                f"{cell} ({int(first.loc[cell, 'n_positive']):,} of {int(first.loc[cell, 'n']):,}"
                + (f", chance {first.loc[cell, 'prevalence']:.3f})" if metric == "auprc" else ")")
                for cell in cells
            ]
            lines += ["| blocks | " + " | ".join(heads) + " |", "|---|" + "---|" * len(cells)]
            for blocks in SETS:
                own = part[part["blocks"] == blocks].set_index("cell")
                lines.append(f"| {blocks} | " + " | ".join(_cell(own.loc[cell], blocks) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(row: pd.Series, blocks: str) -> str:
    text = f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
    return (
        text
        if blocks == BASELINE
        else f"{text}; gain {row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
    )


if __name__ == "__main__":
    main()
