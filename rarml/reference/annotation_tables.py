"""Transcription starts from a BED file or from a table with one or more TSS columns."""

from __future__ import annotations

import re
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.annotation import Annotation, TssRow, as_frame, gene_key, largest_ends
from rarml.reference.positions import position_of
from rarml.reference.species import is_ensembl_gene

_MISSING = frozenset({"", ".", "-", "na", "nan", "none", "null"})
# Words in the name of a TSS column that say what speaks for it.
_WORDS = (("cage", "cage"), ("mane", "mane"), ("canonical", "canonical"), ("appris", "appris"), ("longest", "longest"))


def read_bed(path: Path) -> Annotation:
    """BED6 of transcription starts or of transcripts: the TSS is the first base on the given strand.

    The name column holds the gene: an Ensembl id or a symbol, up to the first ``|``. Names such as ``RARB_2`` (EPDnew:
    symbol and number of the promoter) lose the number.
    """
    rows: list[TssRow] = []
    names: set[str] = set()
    with open_text(path, kind="BED file") as handle:
        for number, raw in enumerate(handle, start=1):
            line = raw.rstrip("\r\n")
            if not line.strip() or line.startswith(("#", "track", "browser")):
                continue
            fields = line.split("\t")
            where = f"{path}:{number}"
            if len(fields) < 6 or fields[5] not in ("+", "-"):
                raise InputError(
                    "a TSS needs a gene (column 4) and a strand (column 6, + or -)", where=where, fix="give BED6"
                )
            start, end = _position(fields[1], where), _position(fields[2], where)
            if end <= start:
                raise InputError(f"the interval {start}-{end} is empty", where=where, fix="BED is 0-based half-open")
            gene = re.sub(r"_\d+$", "", gene_key(fields[3].split("|")[0].strip()))
            if not gene:
                raise InputError("the gene (column 4) is empty", where=where)
            names.add(fields[0])
            symbol = "" if is_ensembl_gene(gene) else gene
            tags = ("cage",) if "cage" in fields[3].lower().split("|") else ()
            tss = start if fields[5] == "+" else end - 1
            rows.append(TssRow(gene, symbol, "", fields[0], fields[5], tss, fields[3], tags=tags))
    frame = as_frame(rows, path)
    return Annotation(path, "BED of transcription starts", frame, tuple(sorted(names)), largest_ends(frame))


def read_tss_table(path: Path) -> Annotation:
    """A tab-separated table with a header: ``gene_id, chrom, strand``, perhaps ``symbol`` and ``biotype``, and TSSs.

    Each column whose name begins with ``tss0`` (0-based) or ``tss1`` (1-based) is one TSS per gene; a plain ``tss`` is
    read as 0-based. The name tells what speaks for it (cage, mane, canonical, appris, longest); a column without such a
    word is the gene's annotated start. Empty cells and NA are no TSS.
    """
    rows: list[TssRow] = []
    names: set[str] = set()
    without: int = 0
    with open_text(path, kind="TSS table") as handle:
        header, first_line = _header(handle, path)
        starts = _tss_columns(header, path)
        place = {name: header.index(name) for name in ("gene_id", "chrom", "strand")}
        extra = {name: header.index(name) if name in header else -1 for name in ("symbol", "biotype")}
        for number, raw in enumerate(handle, start=first_line + 1):
            fields = raw.rstrip("\r\n").split("\t")
            if fields == [""]:
                continue
            where = f"{path}:{number}"
            if len(fields) != len(header):
                raise InputError(f"has {len(fields)} columns, the header {len(header)}", where=where)
            strand = fields[place["strand"]]
            if strand not in ("+", "-"):
                raise InputError(f"strand is {strand!r}", where=where, fix="write + or -")
            gene, contig = gene_key(fields[place["gene_id"]].strip()), fields[place["chrom"]]
            if not gene:
                raise InputError("gene_id is empty", where=where)
            symbol, biotype = (fields[at] if at >= 0 else "" for at in extra.values())
            names.add(contig)
            here = [item for item in starts if fields[item[0]].strip().lower() not in _MISSING]
            without += not here
            for at, offset, tag, label in here:
                tss = _position(fields[at], where) - offset
                if tss < 0:
                    raise InputError(f"{label} is 0, positions of tss1 columns begin at 1", where=where)
                rows.append(TssRow(gene, symbol, biotype, contig, strand, tss, label, tags=(tag,)))
    frame = as_frame(rows, path)
    dialect = f"TSS table ({', '.join(label for *_, label in starts)})"
    notes = [f"{without} genes of the table have no TSS at all"] if without else []
    return Annotation(path, dialect, frame, tuple(sorted(names)), largest_ends(frame), notes=notes)


def _header(handle: object, path: Path) -> tuple[list[str], int]:
    for number, raw in enumerate(handle, start=1):  # type: ignore[arg-type, var-annotated]
        fields = [name.strip().lower() for name in raw.rstrip("\r\n").lstrip("#").split("\t")]
        if "gene_id" not in fields:
            continue
        missing = [name for name in ("chrom", "strand") if name not in fields]
        if missing:
            raise InputError(f"column {missing[0]!r} is missing", where=f"{path}:{number}", fix="add it to the table")
        return fields, number
    raise InputError("has no header with gene_id", where=path)


def _tss_columns(header: list[str], path: Path) -> list[tuple[int, int, str, str]]:
    """Place, offset to 0-based, evidence and label of each TSS column."""
    found = []
    for at, name in enumerate(header):
        if not name.startswith("tss"):
            continue
        tag = next((tag for word, tag in _WORDS if word in name), "first")
        label = re.sub(r"^tss[01]?_?", "", name) or "tss"
        found.append((at, int(name.startswith("tss1")), tag, label))
    if not found:
        raise InputError("has no TSS column", where=path, fix="name one tss0 (0-based) or tss1 (1-based)")
    return found


def _position(text: str, where: str) -> int:
    found = position_of(text.strip().removesuffix(".0"))
    if found is None:
        raise InputError(f"{text[:60]!r} is no position", where=where, fix="write a whole number of bases")
    return found
