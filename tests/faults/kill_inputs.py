"""Small made-up inputs on which each of the four commands runs for a second or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np

GENES = 480
QUICK = """context: {stand_in: [SH-SY5Y], chromatin: [SK-N-SH]}
blocks: [composition, expression]
model: {n_folds: 3, gradient: {n_rounds: 5, learning_rate: 0.3}}
bootstrap: 20
evaluation: {controls: false}
"""
OTHER = QUICK.replace("n_rounds: 5", "n_rounds: 4")
SPACE = "n_trials: 4\nspace:\n  model.gradient.max_depth: {type: int, low: 1, high: 4}\n"


def make_inputs(folder: Path) -> None:
    """Write ``atlas`` (a thousand genes of the shipped one), ``de.csv``, settings, and the sources of a reference."""
    folder.mkdir(parents=True, exist_ok=True)
    _atlas(folder)
    (folder / "quick.yaml").write_text(QUICK)
    (folder / "other.yaml").write_text(OTHER)
    (folder / "space.yaml").write_text(SPACE)
    _reference(folder)


def _atlas(folder: Path) -> None:
    from dataclasses import replace

    import pandas as pd

    from rarml.bundle.registry import models_folder, shipped_atlas
    from rarml.features.atlas import load_atlas, write_atlas

    labels = pd.read_parquet(models_folder() / "sh-sy5y" / "labels.parquet")
    genes = labels.index[(labels["eligibility"] == "eligible").to_numpy()]
    genes = genes[:: len(genes) // GENES][:GENES]
    whole = load_atlas(shipped_atlas())
    chosen = whole.genes.index.isin(genes)
    sites = whole.sites[whole.sites["gene_id"].isin(genes)].reset_index(drop=True)
    small = replace(
        whole,
        genes=whole.genes[chosen],
        features=whole.features[chosen],
        read_names=lambda: whole.names,
        read_sites=lambda: sites,
    )
    write_atlas(small, folder / "atlas")
    rows = ["gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj"]
    for number, gene in enumerate(genes):
        change = {0: 2.0, 4: -2.0}.get(number % 8, 0.05)
        padj = 1e-6 if number % 4 == 0 else 0.9
        rows.append(f"{gene},{500 + number % 50},{change},0.1,1,{padj / 2},{padj}")
    (folder / "de.csv").write_text("\n".join(rows) + "\n")
    (folder / "genes.txt").write_text("\n".join(genes[:40]) + "\n")
    (folder / "fewer.txt").write_text("\n".join(genes[:20]) + "\n")


def _reference(folder: Path) -> None:
    """The sources of 210 genes on 3 chromosomes, windows of 112 bases."""
    rng = np.random.default_rng(0)
    genome, genes, levels, peaks = [], [], ["id\tA\tB\tC"], []
    for chrom in ("1", "2", "3"):
        genome += [f">chr{chrom}:0-15000", "".join(rng.choice(list("ACGT"), 15_000))]
        for start in range(200, 14_200, 200):
            gene = f"ENSG{len(genes):011d}"
            genes.append(
                f'{chrom}\thavana\ttranscript\t{start}\t{start + 150}\t.\t+\t.\tgene_id "{gene}"; '
                f'transcript_id "T{gene}"; gene_name "G{len(genes)}"; gene_biotype "protein_coding";'
            )
            levels.append("\t".join([gene, *(f"{level:.2f}" for level in rng.exponential(10, 3))]))
            if rng.random() < 0.5:
                peaks.append(f"{chrom}\t{start - 20}\t{start + 20}\t{rng.random():.2f}")
    settings = "annotation: a.gtf\ngenome: g.fa\ntracks: sheet.tsv\nexpression: e.tsv\nwindow: [64, 48]"
    files = {
        "a.gtf": ["#!genome-build GRCh38.p14", *genes],
        "g.fa": genome,
        "e.tsv": levels,
        "peaks.bed": peaks,
        "sheet.tsv": ["cell\tmark\tfile", "K562\tATAC\tpeaks.bed"],
        "spec.yaml": [settings],
        "spec-other.yaml": [settings.replace("48", "40")],
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n")
