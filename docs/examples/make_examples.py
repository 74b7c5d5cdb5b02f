"""Write the made-up inputs of the documentation's pages beside this script.

    python docs/examples/make_examples.py

Nothing here was measured. Gene ids of the table and expression levels behind it are those of the shipped atlas; every
fold change, p-value, base and peak is drawn at random from a seed. The known targets and the gene list are names alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

HERE = Path(__file__).resolve().parent
ATLAS = HERE.parents[1] / "models" / "atlas"
SEED = 2026

EXPRESSED_GENES, TABLE_GENES = 12_000, 8_000
LEVEL, TAU, PATTERN = "expression:level:A549", "expression:tau", "coexpression:c03"
FROM_ATLAS = {"expression": [LEVEL, TAU], "coexpression": [PATTERN]}
# Balmer & Blomhoff 2002 and 10.1186/s12864-021-07451-2: respond in most cells that were tried
CORE = ("CYP26A1", "CYP26B1", "DHRS3", "RARB", "HIC1", "HOXA1", "HOXA2", "HOXB1", "HOXB2")
MORE_KNOWN = ("CRABP2", "STRA6", "RBP1", "TGM2", "CDX1", "RARA", "RARG", "HOXA3", "HOXB4", "MEIS1", "RET")
# two of the names get no answer: an alias of several genes, and a gene that a spreadsheet took for a date
LIST = (*CORE[:5], "HOXA1", "STRA6", "CRABP2", "TGM2", "ICAM1", "MYC", "GAPDH", "ACTB", "TIG1", "1-Mar")

TOY_CONTIGS = ("chr1", "chr3", "chr5", "chr9", "chr10", "chr12", "chr20", "chrX")
TOY_PER_CONTIG = 40
TOY_START, TOY_STEP, TOY_FIRST = 1_000_000, 400, 250
DR5 = "AGGTCATTTGCAGGTCA"


def write(folder: Path = HERE) -> list[Path]:
    """Write every file to `folder`; their paths."""
    root = np.random.default_rng(SEED)
    table_rng, toy_rng, scan_rng = root.spawn(3)
    files = {
        "made-up-deseq2.csv": deseq2_table(table_rng),
        "genes.txt": "\n".join(LIST) + "\n",
        "known-targets.txt": "\n".join(
            ["# Names alone, from reviews of retinoic acid targets", *CORE, *MORE_KNOWN, ""]
        ),
        "made-up-promoters.fa": scan_me(scan_rng),
        **toy_reference(toy_rng),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in files]


def deseq2_table(rng: np.random.Generator) -> str:
    """A DESeq2 result of cells like A549 whose chance to respond depends on how a gene is expressed."""
    genes = pd.read_parquet(ATLAS / "genes.parquet", columns=["gene_id", "symbol"])
    for block, names in FROM_ATLAS.items():
        values = pd.read_parquet(ATLAS / f"{block}.parquet", columns=["gene_row", *names]).set_index("gene_row")
        genes = genes.join(values, how="inner")
    known = genes["symbol"].isin(CORE)
    expressed = genes[LEVEL].where(~known, np.inf).nlargest(EXPRESSED_GENES).index
    rest = rng.permutation(expressed.difference(genes.index[known]))[: TABLE_GENES - known.sum()]
    genes = genes.loc[np.sort([*genes.index[known], *rest])]

    core = genes["symbol"].isin(CORE).to_numpy()
    level, tau, pattern = (_standard(genes[name].to_numpy(float)) for name in (LEVEL, TAU, PATTERN))
    up_odds, down_odds = np.exp(-3.2 + 1.0 * tau), np.exp(-3.4 + 1.0 * pattern)
    total = 1 + up_odds + down_odds
    drawn = rng.random(len(genes))
    true = np.where(drawn < up_odds / total, 1, np.where(drawn < (up_odds + down_odds) / total, -1, 0))
    true[core] = 1
    size = 1 + rng.gamma(2.0, 0.5, len(genes))
    effect = np.where(true == 0, rng.normal(0, 0.06, len(genes)), true * size)

    mean = np.exp(rng.normal(0, 0.4, len(genes))) * 40 * 2 ** (1.6 * level)
    error = np.sqrt(0.008 + 2.2 / mean)
    estimate = effect + rng.normal(0, error)
    wald = estimate / error
    pvalue = 2 * stats.norm.sf(np.abs(wald))
    # DESeq2 gives no adjusted p-value to genes of low count
    tested = mean >= np.quantile(mean, 0.04)
    padj = np.full(len(genes), np.nan)
    padj[tested] = stats.false_discovery_control(pvalue[tested])
    lines = ["gene_id,baseMean,log2FoldChange,lfcSE,pvalue,padj"]
    for gene, *numbers in zip(genes["gene_id"], mean, estimate, error, pvalue, padj, strict=True):
        lines.append(",".join([gene, *("NA" if np.isnan(number) else f"{number:.3g}" for number in numbers)]))
    return "\n".join(lines) + "\n"


def scan_me(rng: np.random.Generator) -> str:
    """Three made-up promoters: one DR5, one DR2 on the other strand in lower case (a repeat), and nothing planted."""
    records = []
    for name, site, at in (("dr5_at_300", DR5, 300), ("dr2_in_repeat", "tgacctnntgacct".replace("n", "g"), 150)):
        bases = _bases(rng, 600)
        records.append((name, bases[:at] + site + bases[at + len(site) :]))
    records.append(("nothing_planted", _bases(rng, 600)))
    return "".join(f">{name}\n{_wrap(bases)}" for name, bases in records)


def toy_reference(rng: np.random.Generator) -> dict[str, str]:
    """A toy genome with genes, expression, peaks and labels, and the settings to build a reference from them."""
    fasta, gtf, levels = [], ["#!genome-build GRCh38.p14"], ["gene_id\tcells_a\tcells_b\tcells_c"]
    peaks, regions = [], []
    labels = ["gene_id,baseMean,log2FoldChange,lfcSE,pvalue,padj"]
    for contig in TOY_CONTIGS:
        length = TOY_FIRST + TOY_PER_CONTIG * TOY_STEP
        bases = _bases(rng, length)
        for number in range(TOY_PER_CONTIG):
            count = len(levels)
            gene, strand = f"ENSG{90_000_000_000 + count}", "+-"[count % 2]
            inside = TOY_FIRST + number * TOY_STEP
            tss = TOY_START + inside
            state = rng.choice([1, -1, 0], p=[0.25, 0.2, 0.55])
            if state == 1 and rng.random() < 0.5:
                at = inside - 60
                bases = bases[:at] + DR5 + bases[at + len(DR5) :]
                regions.append(f"{contig}\t{tss - 100}\t{tss + 50}\tTOY{count}")
            if rng.random() < (0.8 if state else 0.2):
                peaks.append(f"{contig}\t{tss - 80}\t{tss + 80}\tpeak{count}\t{rng.uniform(5, 50):.1f}")
            first, last = (tss + 1, tss + 120) if strand == "+" else (tss - 118, tss + 1)
            gtf.append(
                f"{contig}\ttoy\ttranscript\t{first}\t{last}\t.\t{strand}\t.\t"
                f'gene_id "{gene}"; transcript_id "T{count}"; gene_name "TOY{count}"; gene_type "protein_coding";'
            )
            levels.append("\t".join([gene, *(f"{level:.1f}" for level in 1 + rng.exponential(20, 3))]))
            change = rng.normal(2.0 * state, 0.05)
            pvalue, padj = (1e-9, 1e-8) if state else (0.8, 0.95)
            labels.append(f"{gene},400,{change:.3f},0.1,{pvalue},{padj}")
        fasta.append(f">{contig}:{TOY_START}-{TOY_START + length}\n{_wrap(bases)}")
    spec = [
        "# A toy reference: made-up bases, genes, peaks and levels. configs/reference-hg38.yaml explains every key.",
        "assembly: GRCh38", "genome: toy-genome.fa", "annotation: toy-genes.gtf", "tracks: toy-tracks.tsv",
        "expression: toy-expression.tsv", "window: [200, 100]",
    ]  # fmt: skip
    sheet = ["cell\tmark\tfile\ttreated", "cells_a\tATAC\ttoy-peaks.bed\tno"]
    return {
        "toy-genome.fa": "".join(fasta),
        **{
            name: "\n".join(lines) + "\n"
            for name, lines in {
                "toy-genes.gtf": gtf, "toy-expression.tsv": levels, "toy-peaks.bed": peaks, "toy-tracks.tsv": sheet,
                "toy-regions.bed": regions, "toy-deseq2.csv": labels, "toy-reference.yaml": spec,
            }.items()
        },
    }  # fmt: skip


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean 0, standard deviation 1, missing values 0."""
    return np.nan_to_num((values - np.nanmean(values)) / np.nanstd(values))


def _bases(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list("ACGT"), length, p=[0.27, 0.23, 0.23, 0.27]))


def _wrap(bases: str) -> str:
    return "".join(bases[start : start + 80] + "\n" for start in range(0, len(bases), 80))


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
