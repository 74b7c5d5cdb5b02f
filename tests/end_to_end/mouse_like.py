"""A small genome that looks like a mouse's: contigs, ids and symbols of GRCm39, bases made up, RAREs planted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

# the four Hox contigs of mouse (chr2, 6, 11, 15), those of human that are none here (chr7, chr17), and others
CONTIGS = ("1", "2", "5", "6", "7", "11", "15", "17", "19", "X")
PER_CONTIG = 40
STEP, FIRST = 2_000, 5_000
UP, DOWN = 400, 300
DR5 = "AGGTCATTTGCAGGTCA"
PLANTED_AT = 60  # bases downstream of the TSS, in the gene's direction
HOX = {("6", 3): "Hoxa1", ("11", 3): "Hoxb1", ("15", 3): "Hoxc4", ("2", 3): "Hoxd1"}


@dataclass(frozen=True)
class Gene:
    """A made-up gene; `tss` is 0-based, `start` the + strand place of its planted DR5, or None."""

    gene_id: str
    symbol: str
    chrom: str
    strand: str
    tss: int
    start: int | None


def write_mouse(folder: Path) -> list[Gene]:
    """Write ``genome.fa``, ``genes.gtf``, ``expression.tsv``, ``reference.yaml`` and ``labels.csv``; the genes."""
    rng = np.random.default_rng(39)
    genome, gtf, genes = [], [], []
    gtf.append("##description: evidence-based annotation of the mouse genome (GRCm39), version M37 (Ensembl 114)")
    length = FIRST + PER_CONTIG * STEP
    for contig in CONTIGS:
        bases = list("".join(rng.choice(list("ACGT"), length, p=[0.27, 0.23, 0.23, 0.27])))
        for number in range(PER_CONTIG):
            count = len(genes)
            strand = "+-"[count % 2]
            tss = FIRST + number * STEP
            planted = count % 4 == 0
            start = None
            if planted:
                start = tss + PLANTED_AT if strand == "+" else tss - PLANTED_AT - len(DR5) + 1
                bases[start : start + len(DR5)] = DR5 if strand == "+" else _reverse(DR5)
            gene = f"ENSMUSG{count + 1:011d}"
            symbol = HOX.get((contig, number), f"Abc{count}q")
            one, two = (tss + 1, tss + 900) if strand == "+" else (tss - 898, tss + 1)
            words = f'gene_id "{gene}.3"; gene_type "protein_coding"; gene_name "{symbol}"'
            gtf.append(f"chr{contig}\tHAVANA\tgene\t{one}\t{two}\t.\t{strand}\t.\t{words};")
            more = f'{words}; transcript_id "ENSMUST{count + 1:011d}.1"; transcript_type "protein_coding"; tag "basic";'
            gtf.append(f"chr{contig}\tHAVANA\ttranscript\t{one}\t{two}\t.\t{strand}\t.\t{more}")
            genes.append(Gene(gene, symbol, f"chr{contig}", strand, tss, start))
        genome += [f">chr{contig}:0-{length}", "".join(bases)]
    table = ["id\tes_cell\tlimb"]
    table += ["\t".join([gene.gene_id, *(f"{level:.2f}" for level in 1 + rng.exponential(20, 2))]) for gene in genes]
    labels = ["gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj"]
    for count, gene in enumerate(genes):
        change, padj = (2.0, 1e-8) if gene.start is not None else (-2.0, 1e-8) if count % 4 == 1 else (0.02, 0.95)
        labels.append(f"{gene.gene_id}.3,500,{change},0.1,1,{padj / 2},{padj}")
    spec = [
        "assembly: mm39", "genome: genome.fa", "annotation: genes.gtf", "expression: expression.tsv",
        f"window: [{UP}, {DOWN}]",
    ]  # fmt: skip
    files = {"genome.fa": genome, "genes.gtf": gtf, "expression.tsv": table, "reference.yaml": spec}
    for name, lines in {**files, "labels.csv": labels}.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    return genes


def _reverse(bases: str) -> str:
    return bases[::-1].translate(str.maketrans("ACGT", "TGCA"))
