"""Any annotation file -> one row per transcript or TSS, with what speaks for it; the format is told by content."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.species import ENSEMBL_GENE

COLUMNS = (
    "gene_id",
    "symbol",
    "biotype",
    "chrom",
    "strand",
    "tss",
    "source",
    "rank",
    "transcript_id",
    "length",
    "coding",
    "tags",
)
# Evidence for a TSS, best first; `promoters.py` says why in this order.
EVIDENCE = ("cage", "mane", "canonical", "appris", "longest", "first")
OTHER = "other"

_ENSEMBL_GENE = re.compile(rf"({ENSEMBL_GENE.pattern})(?:\.\d+)?(?:_PAR_Y)?")


@dataclass(frozen=True)
class TssRow:
    """One transcript or TSS as a reader found it; `tss` is the 0-based first transcribed base."""

    gene_id: str
    symbol: str
    biotype: str
    contig: str
    strand: str
    tss: int
    transcript_id: str = ""
    length: int = 0
    coding: bool = True
    tags: tuple[str, ...] = ()


@dataclass
class Annotation:
    """What an annotation file holds.

    Attributes
    ----------
    path : Path
        The file.
    dialect : str
        The format that was detected, in words.
    rows : DataFrame
        See `read_annotation`.
    contig_names : tuple of str
        As the file spells them.
    ends : dict of str to int
        Largest end or TSS + 1 seen, by canonical contig name.
    contig_lengths : dict of str to int
        Where the file states them (``##sequence-region``), by canonical contig name.
    assembly : str or None
        As the file spells it, where it says so.
    notes : list of str
        What was passed over, counted.
    """

    path: Path
    dialect: str
    rows: pd.DataFrame
    contig_names: tuple[str, ...]
    ends: dict[str, int]
    contig_lengths: dict[str, int] = field(default_factory=dict)
    assembly: str | None = None
    notes: list[str] = field(default_factory=list)


def read_annotation(path: str | Path) -> pd.DataFrame:
    """One row per transcript or TSS.

    Parameters
    ----------
    path : str or Path
        GTF or GFF3 (GENCODE, Ensembl or RefSeq; 1-based closed), BED6 of TSSs, or a tab-separated TSS table with
        columns ``gene_id, chrom, strand`` and one or more ``tss0…`` (0-based) or ``tss1…`` (1-based); plain or gzip.

    Returns
    -------
    DataFrame
        ``gene_id`` (Ensembl without version; ``GeneID:…`` or a name where the file has no Ensembl id), ``symbol``,
        ``biotype`` ('' if not given), ``chrom`` (canonical), ``strand``, ``tss`` (0-based first transcribed base),
        ``source`` (best evidence, one of `EVIDENCE` or 'other'), ``rank`` (its place, 0 is best), ``transcript_id``,
        ``length`` (spliced bases; 0 if unknown), ``coding`` (the transcript itself), ``tags`` (comma-joined evidence).

    Raises
    ------
    InputError
        If the format is not known, or a line (named) is malformed.
    """
    return load_annotation(path).rows


def load_annotation(path: str | Path) -> Annotation:
    """As `read_annotation`, with the dialect, contigs and notes beside the rows."""
    from rarml.reference.annotation_gff import read_gff
    from rarml.reference.annotation_tables import read_bed, read_tss_table

    file = Path(path)
    reader = {"gff": read_gff, "bed": read_bed, "table": read_tss_table}[_sniff(file)]
    return reader(file)


def as_frame(rows: list[TssRow], path: Path) -> pd.DataFrame:
    """Rows as the table that `read_annotation` describes.

    Raises
    ------
    InputError
        If there is none.
    """
    from rarml.reference.contigs import canonical_contig

    if not rows:
        raise InputError("holds no transcript or TSS", where=path, fix="give GTF, GFF3, BED6 of TSSs or a TSS table")
    ranks = [min((EVIDENCE.index(tag) for tag in row.tags), default=len(EVIDENCE)) for row in rows]
    names = (*EVIDENCE, OTHER)
    frame = pd.DataFrame(
        {
            "gene_id": [row.gene_id for row in rows],
            "symbol": [row.symbol for row in rows],
            "biotype": [row.biotype for row in rows],
            "chrom": [canonical_contig(row.contig) for row in rows],
            "strand": [row.strand for row in rows],
            "tss": pd.Series([row.tss for row in rows], dtype="int64"),
            "source": [names[rank] for rank in ranks],
            "rank": pd.Series(ranks, dtype="int64"),
            "transcript_id": [row.transcript_id for row in rows],
            "length": pd.Series([row.length for row in rows], dtype="int64"),
            "coding": [row.coding for row in rows],
            "tags": [",".join(row.tags) for row in rows],
        }
    )
    return frame[list(COLUMNS)]


def gene_key(name: str) -> str:
    """Ensembl gene id without version and ``_PAR_Y``; any other name as it is."""
    found = _ENSEMBL_GENE.fullmatch(name)
    return found[1] if found else name


def largest_ends(frame: pd.DataFrame) -> dict[str, int]:
    """Largest TSS + 1 by contig."""
    return {str(chrom): int(tss) + 1 for chrom, tss in frame.groupby("chrom")["tss"].max().items()}


def _sniff(file: Path) -> str:
    """'gff', 'bed' or 'table' by the first line that is no comment."""
    with open_text(file, kind="annotation file") as handle:
        for number, raw in enumerate(handle, start=1):
            line = raw.rstrip("\r\n")
            if not line.strip() or line.startswith(("##", "#!", "track ", "browser ")):
                continue
            fields = line.lstrip("#").split("\t")
            if len(fields) >= 8 and fields[3].isdigit() and fields[4].isdigit():
                return "gff"
            if len(fields) >= 3 and fields[1].isdigit() and fields[2].isdigit():
                return "bed"
            lower = [name.strip().lower() for name in fields]
            if "gene_id" in lower and any(name.startswith("tss") for name in lower):
                return "table"
            if line.startswith("#"):
                continue
            raise InputError(
                f"is no annotation that rarml knows: the line has {len(fields)} tab-separated columns",
                where=f"{file}:{number}",
                fix="give GTF, GFF3, BED6 of TSSs, or a TSS table with columns gene_id, chrom, strand, tss0",
            )
    raise InputError("holds only comments", where=file, fix="give GTF, GFF3, BED6 of TSSs or a TSS table")
