"""Specificity controls: what the models know of retinoic acid, and what they would know of anything.

    python experiments/controls.py [--reference build/reference-hg38] [--seeds 5] [--stack-seeds 5] [--parts a b c d e]

a  RARE block and 6-mers of real v dinucleotide-shuffled promoters
b  RAREs at their spacings v the same half-sites at other spacings
c  partner motifs v motifs of unrelated factors, alike in length and information
d  another perturbation: TGF-β on the same MCF-7 cells, PML-RARA in U-937
e  direction: up v down

Label permutation has its own experiment. Needs a built reference with sequence, the shared data (labels and JASPAR
motifs) and, for d, the tables of `controls_deseq.py`. Folds are whole chromosomes, no model trains on a relative of a
held-out gene, intervals are 95 % cluster bootstraps over the groups of genes. Held-out tables are kept in
experiments/predictions (`kept_predictions.py`) and features in build/controls, so that a stopped run goes on. Writes
results/controls.json and .md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from common import REPO, RESULTS, real_data
from controls_common import CELLS, RESAMPLES, plain, reference_path
from controls_fits import DOSES, computed_labels
from controls_perturbation import directions, method_check, overlap, pml_rara, ranking, specificity
from controls_report import markdown
from controls_sequence import feature_controls, kmer_controls
from controls_spacing import spacing_controls, spacing_enrichment
from held_out import atlas, cell_data

from rarml.core.files import read_json, write_json, write_text

PARTS = ("a", "b", "c", "d", "e")


def main() -> None:
    """Run the parts asked for; the results of others are taken from the last run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=reference_path, default=str(REPO / "build" / "reference-hg38"))
    parser.add_argument("--seeds", type=int, default=5, help="shuffles, spacings, unrelated sets and model seeds")
    parser.add_argument("--stack-seeds", type=int, default=5, help="model seeds of the stacks in d and e")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    motifs = real_data() / "motifs" / "JASPAR2022_vertebrates.pfm"
    file = RESULTS / "controls.json"
    found = read_json(file) if file.exists() else {}
    found["settings"] = {
        "seeds": arguments.seeds,
        "stack_seeds": arguments.stack_seeds,
        "bootstrap": RESAMPLES,
        "atlas": atlas().digest[:12],
    }
    parts: dict[str, Callable[[], None]] = {
        "a": lambda: sequence_parts(found, arguments.reference, motifs, arguments.seeds),
        "b": lambda: spacing_parts(found, arguments.reference, arguments.seeds),
        "d": lambda: perturbation_parts(found, arguments.stack_seeds),
        "e": lambda: found.update(direction=directions(arguments.stack_seeds, CELLS[:3])),
    }
    wanted = set(arguments.parts)
    for name, run in parts.items():
        if name in wanted or (name == "a" and "c" in wanted):
            run()
            write_json(file, plain(found))
    write_text(RESULTS / "controls.md", markdown(read_json(file)))
    print(f"wrote {RESULTS / 'controls.md'}")


def sequence_parts(found: dict[str, object], reference: Path, motifs: Path, seeds: int) -> None:
    """Parts a and c, which share their fits of the covariates."""
    found["features"] = [row for cell in CELLS for row in feature_controls(cell, reference, motifs, seeds)]
    found["kmers"] = [row for cell in CELLS[:3] for row in kmer_controls(cell, reference)]


def spacing_parts(found: dict[str, object], reference: Path, seeds: int) -> None:
    """Part b."""
    both = [spacing_controls(cell, reference, seeds) for cell in CELLS]
    found["spacing"] = [row for value, _ in both for row in value]
    found["spacing_pairs"] = [row for _, pairs in both for row in pairs]
    odds = [spacing_enrichment(cell, reference) for cell in CELLS]
    found["enrichment"] = [row for value, _ in odds for row in value]
    found["enrichment_ranks"] = [row for _, ranks in odds for row in ranks]


def perturbation_parts(found: dict[str, object], seeds: int) -> None:
    """Part d."""
    found["method_check"] = method_check()
    found["overlap"] = overlap()
    status = cell_data("mcf-7")[0].status
    changes = pd.concat(
        [computed_labels(name).table["log2fc"].reindex(status.index) for name in DOSES], axis=1
    ).dropna()
    found["log2fc_correlation"] = float(np.corrcoef(changes.to_numpy(), rowvar=False)[0, 1])
    found["ranking"] = ranking(seeds)
    found["specificity"] = specificity(seeds)
    found["pml_rara"] = pml_rara(seeds)


if __name__ == "__main__":
    main()
