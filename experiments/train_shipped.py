"""Rebuild everything under models/ from the real data: promoter encoders, feature atlas and the four cell-type models.

    python experiments/train_shipped.py [--work DIR] [--threads N] [--pretrain]

The encoders take half an hour on two cores; those there are kept unless --pretrain is given or they are of another
reference.

Two runs give the same bytes on one machine. The reference (which holds sequence and copies of peaks) stays in --work
and is never committed; the atlas holds computed values only.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from common import CELL_TYPES, REPO, config, real_data

from rarml.core.settings import load_settings
from rarml.features.atlas import build_atlas, write_atlas
from rarml.features.sequence_encoder import read_encoder_manifest
from rarml.reference.build import build_reference
from rarml.reference.spec import load_reference_spec
from rarml.reference.store import Reference
from rarml.training.pretrain import EncoderSettings
from rarml.workflows.pretrain import mean_accuracy, pretrain
from rarml.workflows.train import train
from rarml.workflows.train_inputs import train_inputs

MODELS = REPO / "models"
ENCODER = MODELS / "encoder"
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
    parser.add_argument("--pretrain", action="store_true", help="train the promoter encoders anew")
    parser.add_argument("--only", nargs="*", default=CELL_TYPES, help="train only these models, on the atlas there is")
    arguments = parser.parse_args()
    real_data()
    began = time.perf_counter()

    def say(text: str) -> None:
        print(f"[{time.perf_counter() - began:5.0f} s] {text}", flush=True)

    if tuple(arguments.only) == CELL_TYPES:
        reference = build_reference(load_reference_spec(REPO / "configs" / "reference-hg38.yaml"), arguments.work)
        say("reference built")
        if arguments.pretrain or not encoders_fit(reference):
            settings = load_settings(REPO / "configs" / "encoder.yaml", EncoderSettings)
            found = pretrain(reference, ENCODER, settings, threads=arguments.threads, overwrite=True)
            say(f"encoders trained\n{mean_accuracy(found.accuracy).round(3)}")
        write_atlas(build_atlas(reference, levels=LEVELS, encoder=ENCODER), MODELS / "atlas", overwrite=True)
        say("atlas written")
    for name in arguments.only:
        labels, settings = train_inputs([], config=config(name), atlas=MODELS / "atlas")
        made = train(labels, settings, MODELS / name, atlas=MODELS / "atlas", overwrite=True, threads=arguments.threads)
        say(f"{name}: {made.counts}")


def encoders_fit(reference: Reference) -> bool:
    """Whether the encoders there are were trained on this reference."""
    if not (ENCODER / "manifest.json").is_file():
        return False
    return read_encoder_manifest(ENCODER)["reference_digest"] == reference.digest


if __name__ == "__main__":
    main()
