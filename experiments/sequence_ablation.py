"""What parts of the promoter encoder matter: one set of chromosomes left out, parts changed one at a time.

    python experiments/sequence_ablation.py [--reference build/reference-hg38] [--fold 5] [--epochs 4]

Half the epochs of the shipped encoders. Judged by the correlation with what was measured in untreated cells on the
left-out chromosomes; no response label is used, so choices made here leak nothing. Finished variants are kept in
build/sequence-model. Writes results/sequence_ablation.json and .md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from common import REPO, RESULTS
from joblib import Parallel, delayed

from rarml.core.files import write_json, write_text
from rarml.core.parallel import thread_count
from rarml.reference.store import Reference
from rarml.training.pretrain import EncoderSettings, PromoterData, pretrain_fold
from rarml.workflows.pretrain import promoter_data

WORK = REPO / "build" / "sequence-model"
VARIANTS: dict[str, tuple[dict, dict]] = {
    "as shipped": ({}, {}),
    "first layer begins with RARE and partner motifs": ({"known_motifs": True}, {}),
    "one strand, as transcribed": ({}, {"both_strands": False, "reverse": 0.0}),
    "no shifts": ({}, {"shift": 0}),
    "32 filters": ({}, {"n_filters": 32}),
    "no residual layers": ({}, {"dilations": ()}),
}
GROUPS = ("chromatin", "level", "coexpression", "expression")


def main() -> None:
    """Run all variants and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=REPO / "build" / "reference-hg38")
    parser.add_argument("--fold", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=4)
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    data = promoter_data(Reference.open(arguments.reference), EncoderSettings())
    tasks = (delayed(variant)(data, name, arguments.fold, arguments.epochs) for name in VARIANTS)
    rows = pd.DataFrame(Parallel(thread_count())(tasks))
    write_json(RESULTS / "sequence_ablation.json", rows.round(4).to_dict(orient="records"))
    write_text(RESULTS / "sequence_ablation.md", markdown(rows, arguments.epochs))
    print(markdown(rows, arguments.epochs))


def variant(data: PromoterData, name: str, fold: int, epochs: int) -> dict:
    """Mean correlation per group of targets of one variant."""
    file = WORK / f"ablation-{name.replace(' ', '-')}-{fold}-{epochs}.tsv"
    if not file.is_file():
        whole, network = VARIANTS[name]
        settings = EncoderSettings.model_validate({**whole, "network": {"epochs": epochs, **network}})
        _, accuracy = pretrain_fold(data, fold, settings, threads=1)
        accuracy.to_csv(file, sep="\t", index=False)
    accuracy = pd.read_csv(file, sep="\t")
    mean = accuracy.groupby(accuracy["target"].str.partition(":")[0])[["network", "kmers", "joined"]].mean()
    row: dict = {"variant": name, "fold": fold}
    for group in GROUPS:
        row |= {f"{group} network": mean.loc[group, "network"], f"{group} joined": mean.loc[group, "joined"]}
        row |= {f"{group} kmers": mean.loc[group, "kmers"]}
    return row


def markdown(rows: pd.DataFrame, epochs: int) -> str:
    """The table as a page."""
    lines = [
        "# What parts of the promoter encoder matter",
        "",
        "Mean Pearson correlation with what was measured in untreated cells on one set of left-out chromosomes, after "
        f"{epochs} epochs: network alone / joined with the k-mer model. One run each: small differences say nothing. "
        "Made by `python experiments/sequence_ablation.py`.",
        "",
        "| variant | " + " | ".join(GROUPS) + " |",
        "|---|" + "---|" * len(GROUPS),
    ]
    first = rows.iloc[0]
    lines.append("| k-mer model alone | " + " | ".join(f"{first[f'{group} kmers']:.3f}" for group in GROUPS) + " |")
    for row in rows.to_dict(orient="records"):
        cells = [f"{row[f'{group} network']:.3f} / {row[f'{group} joined']:.3f}" for group in GROUPS]
        lines.append(f"| {row['variant']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
