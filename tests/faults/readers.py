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
import valid_files as valid


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

    (path.parent / "peaks.bed").write_bytes(valid.BED)
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


def _orthologues(path: Path) -> str:
    from rarml.labels.orthologues import read_orthologues

    found = read_orthologues(path)
    return f"{found.columns} {found.human} {sorted(found.shared)} {found.rows}"


def _scores(path: Path) -> str:
    from rarml.workflows.export_scores import read_scores

    return plain(read_scores(path).reset_index(drop=True))


def _tiers(path: Path) -> str:
    from rarml.reference.gene_table import read_tiers

    return plain(read_tiers(path))


@cache
def _names() -> Any:
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import load_atlas

    return load_atlas(shipped_atlas(), columns=[]).names


def _labels(path: Path) -> str:
    from rarml.labels.table import LabelSpec, load_labels

    found = load_labels(LabelSpec(files=(str(path),)), _names())
    return plain(found.table) + plain(found.rows.drop(columns=["file", "line"]))


def _counts(path: Path) -> str:
    from rarml.labels.count_matrix import read_count_table

    found = read_count_table(path, ["s1", "s2"])
    return f"{found.counts.tolist()} {plain(found.genes[['id']])}"


def _samples(path: Path) -> str:
    from rarml.labels.design import read_samples

    return plain(read_samples(path))


def _sequences(path: Path) -> str:
    from rarml.workflows.scan_sources import Tally, fasta_pieces

    tally = Tally()
    return f"{list(fasta_pieces(path, tally, 40))} {tally}"


def _space(path: Path) -> str:
    from rarml.workflows.settings import TrainSettings
    from rarml.workflows.tune_settings import load_tune_settings

    return plain(load_tune_settings(path, TrainSettings()))


def _encoder(path: Path) -> str:
    from rarml.core.settings import load_settings
    from rarml.training.pretrain import EncoderSettings

    return plain(load_settings(path, EncoderSettings))


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
def parquet() -> bytes:
    """The table of scores as Parquet."""
    import io

    buffer = io.BytesIO()
    pd.read_csv(io.BytesIO(valid.SCORES), sep="\t").to_parquet(buffer)
    return buffer.getvalue()


@cache
def workbook() -> bytes:
    """A small Excel table."""
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for row in valid.DESEQ2.decode().splitlines():
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
        Reader("GTF", "genes.gtf", valid.GTF, _annotation),
        Reader("GFF3", "genes.gff3", valid.GFF3, _annotation),
        Reader("BED of TSSs", "tss.bed", valid.TSS_BED, _annotation),
        Reader("TSS table", "tss.tsv", valid.TSS_TABLE, _annotation),
        Reader("BED", "peaks.bed", valid.BED, _peaks),
        Reader("narrowPeak", "x.narrowPeak", valid.PEAKS, _peaks),
        Reader("bigWig", "s.bw", bigwig_bytes(), _bigwig, text=False),
        Reader("FASTA", "g.fa", valid.FASTA, _genome),
        Reader("FASTA, gzip", "g.fa.gz", gzip.compress(valid.FASTA, mtime=0), _genome, text=False),
        Reader("FASTA, bgzip", "b.fa.gz", oracle.bgzip(valid.FASTA, 50), _genome, text=False),
        Reader("FASTA pieces", "pieces.fa", valid.PIECES, _genome),
        Reader("2bit", "g.2bit", oracle.twobit(contigs), _genome, text=False),
        Reader("DESeq2", "deseq2.csv", valid.DESEQ2, _table()),
        Reader("Excel", "deseq2.xlsx", workbook(), _table(), text=False),
        Reader("edgeR", "edger.csv", valid.EDGER, _table()),
        Reader("limma", "limma.csv", valid.LIMMA, _table()),
        Reader("Degust", "degust.csv", valid.DEGUST, _table()),
        Reader("--columns", "own.csv", valid.OWN, _table({"id": "name", "log2fc": "change", "padj": "q"})),
        Reader("statuses", "labels.csv", valid.STATUSES, _statuses),
        Reader("GMT", "sets.gmt", valid.GMT, _sets),
        Reader("gene list", "genes.txt", valid.LIST, _list),
        Reader("expression", "expression.tsv", valid.EXPRESSION, _expression),
        Reader("sample sheet", "tracks.tsv", valid.SHEET, _sheet),
        Reader("gene_info", "gene_info", valid.GENE_INFO, _gene_info),
        Reader("counts", "counts.csv", valid.COUNTS, _counts),
        Reader("samples of counts", "samples.csv", valid.SAMPLES, _samples),
        Reader("any label file", "table.csv", valid.LABELS, _labels),
        Reader("orthologues", "orthologues.csv", valid.ORTHOLOGUES, _orthologues),
        Reader("scores", "scores.tsv", valid.SCORES, _scores),
        Reader("scores, Parquet", "scores.parquet", parquet(), _scores, text=False),
        Reader("tiers", "tiers.tsv", valid.TIERS, _tiers),
        Reader("sequences to scan", "promoters.fa", valid.SEQUENCES, _sequences),
        Reader("search space", "space.yaml", valid.SPACE, _space),
        Reader("encoder settings", "encoder.yaml", valid.ENCODER, _encoder),
        Reader("configuration", "train.yaml", valid.SETTINGS, _settings),
        Reader("reference spec", "ref.yaml", valid.SPEC, _spec),
    ]
    return {reader.name: reader for reader in found}
