"""Every reader of user files: the name its file has, a small valid content, and how it is called."""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

GTF = (
    b'chr1\tHAVANA\tgene\t1000\t2000\t.\t+\t.\tgene_id "ENSG00000000001.1"; gene_name "AAA1"; '
    b'gene_type "protein_coding";\n'
    b'chr1\tHAVANA\ttranscript\t1000\t2000\t.\t+\t.\tgene_id "ENSG00000000001.1"; transcript_id "T1"; '
    b'transcript_type "protein_coding";\n'
    b'chr2\tHAVANA\tgene\t5000\t9000\t.\t-\t.\tgene_id "ENSG00000000002.1"; gene_name "BBB2"; '
    b'gene_type "protein_coding";\n'
    b'chr2\tHAVANA\ttranscript\t5000\t9000\t.\t-\t.\tgene_id "ENSG00000000002.1"; transcript_id "T2"; '
    b'transcript_type "protein_coding";\n'
)
GFF3 = (
    b"##gff-version 3\n"
    b"chr1\tx\tgene\t1000\t2000\t.\t+\t.\tID=g1;gene_id=ENSG00000000001;gene_name=AAA1\n"
    b"chr1\tx\tmRNA\t1000\t2000\t.\t+\t.\tID=t1;Parent=g1\n"
    b"chr2\tx\tgene\t5000\t9000\t.\t-\t.\tID=g2;gene_id=ENSG00000000002;gene_name=BBB2\n"
    b"chr2\tx\tmRNA\t5000\t9000\t.\t-\t.\tID=t2;Parent=g2\n"
)
TSS_BED = b"chr1\t999\t1000\tENSG00000000001\t0\t+\nchr2\t8999\t9000\tENSG00000000002\t0\t-\n"
TSS_TABLE = b"gene_id\tchrom\tstrand\ttss1\nENSG00000000001\tchr1\t+\t1000\nENSG00000000002\tchr2\t-\t9000\n"
PEAKS = b"chr1\t900\t1100\tp1\t100\t.\t6.5\t-1\t-1\t50\nchr2\t8900\t9100\tp2\t100\t.\t3.25\t-1\t-1\t50\n"
BED = b"chr1\t900\t1100\nchr2\t8900\t9100\n"
FASTA = b">chr1\n" + b"ACGTACGTAC\n" * 6 + b">chr2\n" + b"TTTTGGGGCC\n" * 6
PIECES = b">chr1:100-120\nACGTACGTACGTACGTACGT\n>chr2:50-60\nTTTTGGGGCC\n"
DESEQ2 = (
    b"gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj\nAAA1,500,2.5,0.1,1,1e-8,1e-6\nBBB2,400,0.01,0.1,1,0.9,0.95\n"
)
EDGER = b"gene,logFC,logCPM,LR,PValue,FDR\nAAA1,2.5,5.0,9,1e-8,1e-6\nBBB2,0.01,6.0,1,0.9,0.95\n"
LIMMA = b"gene,logFC,AveExpr,t,P.Value,adj.P.Val,B\nAAA1,2.5,5.0,9,1e-8,1e-6,2\nBBB2,0.01,6.0,1,0.9,0.95,-2\n"
DEGUST = b"gene,control,ATRA,FDR,AveExpr\nAAA1,0,2.5,1e-6,5\nBBB2,0,0.01,0.95,6\n"
OWN = b"name,change,q\nAAA1,2.5,1e-6\nBBB2,0.01,0.95\n"
STATUSES = b"gene,status\nAAA1,up\nBBB2,unresponsive\n"
GMT = b"SET1\tfirst\tAAA1\tBBB2\nSET2\tsecond\tCCC3\n"
LIST = b"AAA1\nBBB2\nCCC3\n"
EXPRESSION = b"gene_id\tcellA\tcellB\nENSG00000000001\t1.5\t2\nENSG00000000002\t0\t3\n"
SHEET = b"cell\tmark\tfile\nMCF-7\tATAC\tpeaks.bed\n"
GENE_INFO = (
    b"#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\tchromosome\tmap_location\tdescription\ttype_of_gene\n"
    b"9606\t1\tAAA1\t-\tOLD1\tEnsembl:ENSG00000000001\t1\t1p\tx\tprotein-coding\n"
)
SETTINGS = b"name: toy\nbootstrap: 20\nmodel:\n  n_folds: 3\n"
SPEC = b"assembly: GRCh38\nannotation: genes.gtf\n"


@dataclass(frozen=True)
class Reader:
    """A public reader with a valid file."""

    name: str
    file: str
    valid: bytes
    read: Callable[[Path], Any]
    text: bool = True


def plain(value: Any) -> str:
    """A result as text, to tell whether two are the same."""
    if isinstance(value, pd.DataFrame):
        return str(value.to_csv())
    return str(value)


def _annotation(path: Path) -> str:
    from rarml.reference.annotation import read_annotation

    return plain(read_annotation(path).sort_values("transcript_id", ignore_index=True))


def _peaks(path: Path) -> str:
    from rarml.reference.peaks import read_peaks

    return plain(read_peaks(path))


def _genome(path: Path) -> str:
    from rarml.reference.genome import open_genome

    genome = open_genome(path)
    return f"{genome.contigs} {genome.fetch('chr1', 0, 130)} {genome.fetch('chr2', 0, 70)}"


def _table(columns: dict[str, str] | None = None) -> Callable[[Path], str]:
    def read(path: Path) -> str:
        from rarml.labels.dialects import read_table

        return plain(read_table(path, columns).frame.drop(columns="line"))

    return read


def _statuses(path: Path) -> str:
    from rarml.labels.statuses import read_statuses

    return plain(read_statuses(path)[0].drop(columns="line"))


def _sets(path: Path) -> str:
    from rarml.labels.gene_sets import read_gene_sets

    return plain([(one.name, one.genes) for one in read_gene_sets(path)])


def _list(path: Path) -> str:
    from rarml.labels.gene_sets import read_gene_list

    return plain(read_gene_list(path))


def _expression(path: Path) -> str:
    from rarml.reference.expression import read_expression

    return plain(read_expression(path))


def _sheet(path: Path) -> str:
    from rarml.reference.samples import read_sample_sheet

    (path.parent / "peaks.bed").write_bytes(BED)
    return plain(read_sample_sheet(path).drop(columns="file"))


def _gene_info(path: Path) -> str:
    from rarml.reference.gene_info import read_gene_info

    return plain(read_gene_info(path))


def _settings(path: Path) -> str:
    from rarml.core.settings import load_settings
    from rarml.workflows.settings import TrainSettings

    return plain(load_settings(path, TrainSettings))


def _spec(path: Path) -> str:
    from rarml.reference.spec import load_reference_spec

    spec = load_reference_spec(path)
    return f"{spec.choices()} {Path(spec.annotation).name}"


def _bigwig(path: Path) -> str:
    from rarml.reference.bigwig import bigwig_mean

    promoters = pd.DataFrame({"chrom": ["chr1", "chr2"], "strand": ["+", "-"], "tss": [1000, 9000]})
    return plain(bigwig_mean(path, promoters, reach=100)[0].tolist())


@cache
def genome_oracle() -> Any:
    """The writers of 2bit and bgzip from the genome tests."""
    place = Path(__file__).parents[1] / "reference" / "test_genome.py"
    spec = importlib.util.spec_from_file_location("genome_files", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def bigwig_bytes() -> bytes:
    """A small bigWig."""
    import tempfile

    import pybigtools

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.bw"
        writer = pybigtools.open(str(path), "w")
        values = [("chr1", 900, 1100, 2.0), ("chr2", 8900, 9100, 4.0)]
        writer.write({"chr1": 20_000, "chr2": 20_000}, iter(values))
        return path.read_bytes()


@cache
def workbook() -> bytes:
    """A small Excel table."""
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for row in DESEQ2.decode().splitlines():
        book.active.append([_plain_cell(cell) for cell in row.split(",")])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _plain_cell(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


@cache
def readers() -> dict[str, Reader]:
    """All readers by name."""
    oracle = genome_oracle()
    contigs = {"chr1": "ACGTACGTAC" * 6, "chr2": "TTTTGGGGCC" * 6}
    found = [
        Reader("GTF", "genes.gtf", GTF, _annotation),
        Reader("GFF3", "genes.gff3", GFF3, _annotation),
        Reader("BED of TSSs", "tss.bed", TSS_BED, _annotation),
        Reader("TSS table", "tss.tsv", TSS_TABLE, _annotation),
        Reader("BED", "peaks.bed", BED, _peaks),
        Reader("narrowPeak", "x.narrowPeak", PEAKS, _peaks),
        Reader("bigWig", "s.bw", bigwig_bytes(), _bigwig, text=False),
        Reader("FASTA", "g.fa", FASTA, _genome),
        Reader("FASTA, gzip", "g.fa.gz", gzip.compress(FASTA, mtime=0), _genome, text=False),
        Reader("FASTA, bgzip", "b.fa.gz", oracle.bgzip(FASTA, 50), _genome, text=False),
        Reader("FASTA pieces", "pieces.fa", PIECES, _genome),
        Reader("2bit", "g.2bit", oracle.twobit(contigs), _genome, text=False),
        Reader("DESeq2", "deseq2.csv", DESEQ2, _table()),
        Reader("Excel", "deseq2.xlsx", workbook(), _table(), text=False),
        Reader("edgeR", "edger.csv", EDGER, _table()),
        Reader("limma", "limma.csv", LIMMA, _table()),
        Reader("Degust", "degust.csv", DEGUST, _table()),
        Reader("--columns", "own.csv", OWN, _table({"id": "name", "log2fc": "change", "padj": "q"})),
        Reader("statuses", "labels.csv", STATUSES, _statuses),
        Reader("GMT", "sets.gmt", GMT, _sets),
        Reader("gene list", "genes.txt", LIST, _list),
        Reader("expression", "expression.tsv", EXPRESSION, _expression),
        Reader("sample sheet", "tracks.tsv", SHEET, _sheet),
        Reader("gene_info", "gene_info", GENE_INFO, _gene_info),
        Reader("configuration", "train.yaml", SETTINGS, _settings),
        Reader("reference spec", "ref.yaml", SPEC, _spec),
    ]
    return {reader.name: reader for reader in found}
