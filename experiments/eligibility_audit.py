"""Show that the eligibility rule does not inflate: NB4 with a rule on the negatives only, and with ours on both sides.

    python experiments/eligibility_audit.py

The naive rule takes every listed gene as a positive and only *expressed* genes as negatives; the model then learns
"expressed". Our rule holds for both sides. Same features (covariates), folds and model. Needs the real data for the
full list (RARML_DATA or ../shared/data). Writes results/eligibility_audit.json and .md.
"""

from __future__ import annotations

import pandas as pd
from common import REPO, RESULTS, config, held_out_by_trees, real_data

from rarml.core.files import write_json, write_text
from rarml.evaluation.bootstrap import cluster_bootstrap
from rarml.evaluation.tasks import task_scores
from rarml.features.atlas import load_atlas
from rarml.features.selection import select_columns
from rarml.training.eligibility import eligibility
from rarml.training.groups import gene_groups
from rarml.training.splits import chromosome_folds
from rarml.workflows.train_inputs import train_inputs

TASK = "up v unresponsive"


def main() -> None:
    """Fit both and write the comparison."""
    real_data()
    atlas_folder = REPO / "models" / "atlas"
    labels, settings = train_inputs([], config=config("nb4"), atlas=atlas_folder)
    atlas = load_atlas(atlas_folder)
    stand_in = settings.context.stand_in
    eligible = eligibility(atlas.genes, atlas.features, stand_in, settings.eligibility) == "eligible"
    listed = atlas.genes.index.isin(labels.table.index)
    folds = chromosome_folds(atlas.genes, settings.model.n_folds)
    groups = gene_groups(atlas.genes)
    columns = select_columns(list(atlas.features.columns), ("expression", "composition"), stand_in=stand_in)
    rows = []
    for rule, used in (
        ("ours: one rule for both sides", eligible),
        ("naive: rule on negatives only", eligible | listed),
    ):
        genes = atlas.genes.index[used]
        status = pd.Series("unresponsive", index=genes).where(~pd.Series(listed, atlas.genes.index)[genes], "up")
        features = atlas.features.loc[genes, columns]
        proba = held_out_by_trees(features, status, folds, settings.model, seed=2026, groups=groups)
        _, truth, score = task_scores(TASK, proba, status)
        found = cluster_bootstrap(truth, score, groups.loc[genes], "auroc", n=1000, seed=2026)
        rows.append(
            {"rule": rule, "genes": len(genes), "positives": int(truth.sum()), "auroc": round(found.value, 4),
             "low": round(found.low, 4), "high": round(found.high, 4)}
        )  # fmt: skip
        print(rows[-1], flush=True)
    write_json(RESULTS / "eligibility_audit.json", rows)
    lines = [
        "# Eligibility audit: NB4, covariates only",
        "",
        "AUROC of the covariate baseline (no RARE, no chromatin, no panel) on held-out chromosomes. What the naive",
        "rule adds is expression, leaked through the rule. Made by `python experiments/eligibility_audit.py`.",
        "",
        "| rule | genes | positives | AUROC [95 %] |",
        "|---|---|---|---|",
        *(
            f"| {r['rule']} | {r['genes']:,} | {r['positives']} | {r['auroc']:.3f} [{r['low']:.3f}, {r['high']:.3f}] |"
            for r in rows
        ),
    ]
    write_text(RESULTS / "eligibility_audit.md", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
