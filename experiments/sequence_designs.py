"""Designs of the sequence branch that were tried: other k-mer components, and two heads averaged.

    python experiments/sequence_designs.py [--reference build/reference-hg38]

The branch is a logistic regression on what the frozen encoders predict and on components of k-mer use. Here its
components are changed: more of them, or those of gapped words (two triplets with 0 to 4 free bases between), as the
gapped-k-mer peer has and the shipped branch lacks. Same genes, folds and rules as `sequence_model.py`, whose peers it
is held against; encoders of one seed. All designs are judged on the same held-out genes, so the best of them flatters
itself. Writes results/sequence_designs.json and .md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from common import CELL_TYPES, REPO, RESULTS
from numpy.typing import NDArray
from promoters import REFERENCE
from sequence_data import Data
from sequence_features import encoder_features, gapped_components, scaled
from sequence_kept import Kept
from sequence_model import held_out_linear, mean_score
from sequence_tables import BRANCH, PEERS, SEED, TASKS, TWO_HEADS

from rarml.core.files import write_json, write_text
from rarml.estimators.kmer_components import KmerComponents
from rarml.evaluation.summary import evaluate
from rarml.features.sequence_encoder import load_encoders
from rarml.training.branches import SequenceSettings

CELLS = ("mcf-7", "sh-sy5y", "neural-organoid")
RESAMPLES = 500
SHIPPED = "as shipped: 128 components of 6-mers"
Floats = NDArray[np.float32]
Tables = dict[str, pd.DataFrame]


def main() -> None:
    """Fit every design and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=REFERENCE)
    data = Data(parser.parse_args().reference, CELL_TYPES)
    joined = {cell: joined_peers(data, cell) for cell in CELLS}
    fitted = designs(data)
    rows = []
    for name, tables in fitted.items():
        for cell, proba in tables.items():
            status = data.status[cell]
            for against, base in (("joined k-mers", joined[cell]), (SHIPPED, fitted[SHIPPED][cell])):
                found = evaluate(proba, base, status, data.groups[status.index], seed=SEED, n_bootstrap=RESAMPLES)
                asked = found[(found["metric"] == "auroc") & found["task"].isin(TASKS)]
                rows += [{"design": name, "cell": cell, "against": against, **row} for row in asked.to_dict("records")]
    table = pd.DataFrame(rows)
    write_json(RESULTS / "sequence_designs.json", json.loads(table.round(5).to_json(orient="records")))
    write_text(RESULTS / "sequence_designs.md", markdown(table))
    print(f"wrote {RESULTS / 'sequence_designs.md'}")


def joined_peers(data: Data, cell: str) -> pd.DataFrame:
    """The joined k-mer peers, as `sequence_model.py` keeps them."""
    kept = Kept(data, cell)
    both = [table for name in PEERS[:2] for table in kept.all_seeds(name, 1)]
    if len(both) < 2:
        raise SystemExit("run experiments/sequence_model.py first: its k-mer peers are not kept yet")
    return mean_score(*both)


def designs(data: Data) -> dict[str, Tables]:
    """Held-out probabilities by design and cell type."""
    features = encoder_features(data, load_encoders(REPO / "models" / "encoder"))
    shipped = features[BRANCH]()
    width = len(load_encoders(REPO / "models" / "encoder").targets)
    targets, words = shipped[:, :width], shipped[:, width:]
    gapped = gapped_components(data.codes, data.tss, 256)

    def fit(*parts: Floats) -> Tables:
        table = np.hstack(parts).astype(np.float32)
        penalty = SequenceSettings().C
        return {
            cell: held_out_linear(data, status, table, penalty, standardise=False)
            for cell, status in data.status.items()
        }

    more = {
        f"{n} components of 6-mers": fit(
            targets, KmerComponents(n_components=n).fit(data.codes, tss=data.tss).transform(data.codes, tss=data.tss)
        )
        for n in (256, 512)
    }
    own, other = fit(shipped), fit(targets, scaled(gapped, 8))
    return {
        SHIPPED: own,
        **more,
        "128 components of gapped words instead": fit(targets, scaled(gapped[:, :128], 4)),
        "128 of 6-mers and 128 of gapped words, half the weight each": fit(
            targets, words / np.sqrt(2), scaled(gapped[:, :128], 2)
        ),
        "128 of 6-mers and 256 of gapped words, full weight each": fit(shipped, scaled(gapped, 4)),
        f"{TWO_HEADS}: as shipped, and 256 components of gapped words": {
            cell: mean_score(own[cell], other[cell]) for cell in own
        },
    }


def markdown(table: pd.DataFrame) -> str:
    """The page."""
    lines = [
        "# Designs of the sequence branch",
        "",
        "AUROC of logistic regressions on frozen encoders and components of k-mer use; first the gain over the joined "
        "k-mer peers, then over the shipped design, each with its 95 % cluster-bootstrap interval. Encoders of one "
        "seed, all designs on the same held-out genes. Made by `python experiments/sequence_designs.py`.",
    ]
    for cell in CELLS:
        lines += ["", f"## {cell}", "", "| design | " + " | ".join(TASKS) + " |", "|---|" + "---|" * len(TASKS)]
        own = table[table["cell"] == cell].set_index(["design", "task", "against"])
        for design in table["design"].unique():
            cells = []
            for task in TASKS:
                peers, shipped = own.loc[(design, task, "joined k-mers")], own.loc[(design, task, SHIPPED)]
                cells.append(
                    f"{peers['value']:.3f}; {_gain(peers)}" + (f"; {_gain(shipped)}" if design != SHIPPED else "")
                )
            lines.append(f"| {design} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _gain(row: pd.Series) -> str:
    text = f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
    return f"**{text}**" if row["gain_low"] > 0 or row["gain_high"] < 0 else text


if __name__ == "__main__":
    main()
