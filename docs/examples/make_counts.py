"""Make up the counts that docs/how-to/from-counts.md trains on; the same files each time.

    python docs/examples/make_counts.py

Twelve samples: vehicle and ATRA, in two batches, and two of another treatment. 1,500 genes that MCF-7 cells express and
that have a promoter sequence. Which of them respond is drawn at random; genes with a promoter poor in CpG respond more
often, so that there is something to learn, and those that are expressed in few cells rise more often than they fall. No
measured count or label is in it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import rarml as ra

HERE = Path(__file__).parent
GENES = 1_500
BATCH_SD, NOISE = 0.3, 0.05


def main(folder: Path = HERE) -> None:
    """Write counts.tsv and samples.tsv."""
    rng = np.random.default_rng(9)
    genes = chosen_genes(rng)
    features = (
        ra.GeneFeatures(["composition", "expression"], ["MCF7"]).set_output(transform="pandas").fit_transform(genes)
    )
    poor = -ranks(features["composition:cpg_oe"].to_numpy())
    narrow = ranks(features["expression:breadth"].to_numpy()) < 0
    drawn = rng.random(GENES) < 0.6 * np.clip(poor, 0, None) ** 2 + 0.02
    rises = rng.random(GENES) < np.where(narrow, 0.8, 0.3)
    change = np.where(drawn, np.where(rises, 1.0, -1.0) * rng.uniform(1.2, 3.0, GENES), 0.0)

    samples = [(f"{kind}_{n}", kind, f"b{1 + n % 2}") for kind in ("vehicle", "ATRA") for n in range(1, 6)]
    samples += [(f"TGFb_{n}", "TGFb", f"b{1 + n % 2}") for n in (1, 2)]
    base = rng.lognormal(5.5, 1.2, GENES)
    batch = {"b1": np.zeros(GENES), "b2": rng.normal(0, BATCH_SD, GENES)}
    columns = []
    for _, kind, where in samples:
        mean = base * 2 ** (batch[where] + change * (kind == "ATRA")) * rng.uniform(0.7, 1.4)
        columns.append(rng.poisson(rng.gamma(1 / NOISE, mean * NOISE)))
    rows = np.column_stack(columns)
    header = "\t".join(["gene", *(name for name, _, _ in samples)])
    lines = ["\t".join([gene, *map(str, counts)]) for gene, counts in zip(genes, rows, strict=True)]
    (folder / "counts.tsv").write_text("\n".join([header, *lines]) + "\n")
    sheet = ["sample\tcondition\tbatch", *("\t".join(row) for row in samples)]
    (folder / "samples.tsv").write_text("\n".join(sheet) + "\n")


def chosen_genes(rng: np.random.Generator) -> list[str]:
    """Genes that the shipped MCF-7 model could train on, in order."""
    labels = ra.load_model("mcf-7").labels
    return sorted(rng.choice(labels.index[labels["eligibility"] == "eligible"].to_numpy(), GENES, replace=False))


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from -1 to 1; missing values 0."""
    found = np.argsort(np.argsort(values)) / (len(values) - 1) * 2 - 1
    return np.where(np.isfinite(values), found, 0.0)


if __name__ == "__main__":
    main()
