"""The stack against every baseline and peer, within matched pairs, and its calibration, coverage and controls.

    python experiments/evaluation.py [--seeds 5] [--cells mcf-7 ...]

Needs the shipped atlas and models and the real labels; the peers' held-out tables are those of `peers/run.py`. All see
the same genes, folds of whole chromosomes, and rule that no relative of a held-out gene is trained on. Writes
results/evaluation.json, .md and .svg.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from common import CELL_TYPES, REPO, RESULTS
from evaluation_tables import forest_plot, markdown
from held_out import COVARIATES, SEED, STACK, atlas, cell_data, held_out, mean, peers, without_blocks

from rarml import __version__
from rarml.bundle.load import load_bundle
from rarml.core.files import write_json, write_text
from rarml.evaluation.against import against_baselines
from rarml.evaluation.baselines import PANEL
from rarml.evaluation.matched import matched_covariates, matched_table
from rarml.evaluation.summary import evaluate

RESAMPLES = 1000
COMPARED = (COVARIATES, PANEL, "stack without sequence", "sequence branch")
"""Within matched pairs, beside the stack."""


def main() -> None:
    """Judge every cell type and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--block-seeds", type=int, default=3, help="seeds of the stack without each of three blocks")
    parser.add_argument("--cells", nargs="*", default=CELL_TYPES)
    arguments = parser.parse_args()
    found: dict[str, Any] = {"facts": facts(arguments.seeds, arguments.cells)}
    for cell in arguments.cells:
        for name, rows in judged(cell, arguments.seeds, arguments.block_seeds).items():
            found.setdefault(name, []).extend({"cell": cell, **row} for row in rows)
    write_json(RESULTS / "evaluation.json", found)
    write_text(RESULTS / "evaluation.md", markdown(found))
    write_text(RESULTS / "evaluation.svg", forest_plot(found["baselines"]))
    print(f"wrote {RESULTS / 'evaluation.md'}")


def judged(cell: str, seeds: int, block_seeds: int) -> dict[str, list[dict[str, Any]]]:
    """Rows by table for one cell type."""
    data, settings = cell_data(cell)
    fits = held_out(cell, seeds)
    tables = {name: mean(parts) for name, parts in fits.items()}
    groups = data.groups.loc[data.status.index].astype(str)
    common: dict[str, Any] = {"seed": SEED, "n_bootstrap": RESAMPLES}
    stack = tables.pop(STACK)
    baselines = against_baselines(stack, tables, data.status, groups, **common)
    baselines = baselines.assign(kind="part or baseline", seeds=seeds)
    blocks = {name: ("part or baseline", parts) for name, parts in without_blocks(cell, block_seeds).items()}
    rivals = {name: ("peer", parts) for name, parts in peers(cell, seeds).items()}
    for name, (kind, parts) in (blocks | rivals).items():
        # a mean over more seeds is a better model: a rival is held against the stack of as many seeds as it has
        equal = mean(fits[STACK][: len(parts)])
        rival = {name: mean(parts).loc[data.status.index]}
        found = against_baselines(equal, rival, data.status, groups, **common)
        found = found[~found["baseline"].str.startswith("chance")].assign(kind=kind, seeds=len(parts))
        baselines = pd.concat([baselines, found], ignore_index=True)
    alike = matched_covariates(atlas().features.loc[data.status.index], settings.context.stand_in)
    compared = {STACK: stack, **{name: tables[name] for name in COMPARED if name in tables}}
    within = matched_table(compared, data.status, alike, groups, **common)
    whole = evaluate(stack, tables[COVARIATES], data.status, groups, **common)
    bundle = load_bundle(REPO / "models" / cell).manifest
    return {
        "baselines": _records(baselines),
        "matched": _records(within),
        "whole": _records(whole),
        "controls": bundle.evaluation["controls"],
        "coverage": bundle.evaluation["coverage"],
        "unlabelled": bundle.evaluation.get("unlabelled", []),
        "audit": bundle.audit,
    }


def facts(seeds: int, cells: list[str]) -> dict[str, Any]:
    """Date, seed and digests, so that a table can be told from another."""
    labels = {
        part["file"]: part["sha256"]
        for cell in cells
        for part in load_bundle(REPO / "models" / cell).manifest.labels.get("files", ())
    }
    return {
        "date": date.today().isoformat(),
        "seed": SEED,
        "seeds": seeds,
        "resamples": RESAMPLES,
        "rarml": __version__,
        "atlas": atlas().digest,
        "labels": {Path(name).name: digest for name, digest in labels.items()},
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(table.round(5).to_json(orient="records"))
    return found


if __name__ == "__main__":
    main()
