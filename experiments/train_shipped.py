"""Rebuild everything under models/ from the real data: the feature atlas and the four cell-type models.

    python experiments/train_shipped.py [--work DIR] [--threads N]

Two runs give the same bytes on one machine. The reference (which holds sequence and copies of peaks) stays in --work
and is never committed; the atlas holds computed values only.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from common import CELL_TYPES, REPO, config, real_data

from rarml.features.atlas import build_atlas, write_atlas
from rarml.reference.build import build_reference
from rarml.reference.spec import load_reference_spec
from rarml.workflows.train import train
from rarml.workflows.train_inputs import train_inputs

MODELS = REPO / "models"
# Levels of single samples that ship: lines in which retinoid responses are studied, and those our models stand on.
LEVELS = (
    "A549", "AF22", "HEK 293", "HL-60", "HaCaT", "HeLa", "Hep G2", "K-562", "MCF7", "NB-4", "NTERA-2", "SH-SY5Y",
    "SK-BR-3", "T-47d", "THP-1", "U-937", "U-87 MG", "cerebral cortex", "monocytes",
)  # fmt: skip


def main() -> None:
    """Build the reference, write the atlas, train the models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=REPO / "build" / "reference-hg38", help="where the reference goes")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--only", nargs="*", default=CELL_TYPES, help="train only these models, on the atlas there is")
    arguments = parser.parse_args()
    real_data()
    began = time.perf_counter()

    def say(text: str) -> None:
        print(f"[{time.perf_counter() - began:5.0f} s] {text}", flush=True)

    if tuple(arguments.only) == CELL_TYPES:
        reference = build_reference(load_reference_spec(REPO / "configs" / "reference-hg38.yaml"), arguments.work)
        say("reference built")
        write_atlas(build_atlas(reference, levels=LEVELS), MODELS / "atlas", overwrite=True)
        say("atlas written")
    for name in arguments.only:
        labels, settings = train_inputs([], config=config(name), atlas=MODELS / "atlas")
        made = train(labels, settings, MODELS / name, atlas=MODELS / "atlas", overwrite=True, threads=arguments.threads)
        say(f"{name}: {made.counts}")


if __name__ == "__main__":
    main()
