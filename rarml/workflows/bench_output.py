"""The files of a bench sheet: TSV, FASTA, GenBank, BED and a page that says what each is."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from rarml.core.files import atomic_folder
from rarml.explain.assay_window import PromoterWindow
from rarml.workflows.bench import BenchSheet
from rarml.workflows.bench_assays import site_name
from rarml.workflows.bench_controls import NEGATIVE_ROLE

FILES = {
    "genes.tsv": "the genes, and why each is here",
    "chip_qpcr.tsv": "primer pairs: an amplicon over each RARE and a control of the same promoter (kind)",
    "inserts.tsv": "luciferase inserts, wild type and with both half-sites changed, 5' to 3' along the gene",
    "guides.tsv": "CRISPRi protospacers (20 bases, PAM NGG) in -50..+300 of the TSS, or over a RARE",
    "left_out.tsv": "what could not be designed, and why",
    "oligos.fa": "primers and protospacers, 5' to 3'",
    "inserts.fa": "inserts with their tails, as to be ordered",
    "promoters.gb": "promoter windows along the gene, annotated (1-based inside the record)",
    "inserts.gb": "inserts, annotated",
    "bench.bed": "everything in the genome (0-based, half-open)",
}


def write_bench(sheet: BenchSheet, out: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write a bench sheet into a new folder; the paths of its files."""
    tables = sheet.tables
    with atomic_folder(out, overwrite=overwrite) as folder:
        frames = {"genes": sheet.genes, **{name: pd.DataFrame(rows) for name, rows in vars(tables).items()}}
        frames["left_out"] = frames["left_out"].reindex(columns=["symbol", "assay", "reason"])
        for name, frame in frames.items():
            frame.to_csv(folder / f"{name}.tsv", sep="\t", index=False)
        oligos = [(f"{row['name']}_{way}", row[way]) for row in tables.chip_qpcr for way in ("forward", "reverse")] + [
            (row["name"], row["protospacer"]) for row in tables.guides
        ]
        _fasta(folder / "oligos.fa", oligos)
        _fasta(folder / "inserts.fa", [(row["name"], row["to_order"]) for row in tables.inserts])
        _genbank(folder / "promoters.gb", [_promoter(sheet, window) for window in sheet.windows])
        _genbank(folder / "inserts.gb", [_insert(row, sheet.settings.tails) for row in tables.inserts])
        _bed(folder / "bench.bed", sheet)
        (folder / "bench.md").write_text(_page(sheet), encoding="utf-8")
    return [Path(out) / name for name in (*FILES, "bench.md")]


def _fasta(file: Path, records: list[tuple[str, str]]) -> None:
    file.write_text("".join(f">{name}\n{text}\n" for name, text in records), encoding="utf-8")


def _bed(file: Path, sheet: BenchSheet) -> None:
    rows: list[tuple[Any, ...]] = []
    for row in [*sheet.tables.chip_qpcr, *sheet.tables.guides]:
        rows.append((row["chrom"], row["start"], row["end"], row["name"], 0, row["strand"]))
    for row in sheet.tables.chip_qpcr:
        for way in ("forward", "reverse"):
            place = (row["chrom"], row[f"{way}_start"], row[f"{way}_end"])
            rows.append((*place, f"{row['name']}_{way}", 0, row[f"{way}_strand"]))
    for row in sheet.tables.inserts:
        if row["kind"] == "wt":
            rows.append((row["chrom"], row["start"], row["end"], f"{row['element']}_insert", 0, row["strand"]))
    for window in sheet.windows:
        for site in sheet.targets[window.name]:
            start, end = window.genome(site.start, site.end)
            name = site_name(window, site)
            rows.append((window.chrom, start, end, name, 0, window.genome_strand(site.strand)))
    file.write_text("".join("\t".join(map(str, row)) + "\n" for row in sorted(set(rows))), encoding="utf-8")


def _promoter(sheet: BenchSheet, window: PromoterWindow) -> Any:
    place = f"{window.chrom}:{window.start + 1}-{window.end}, {window.strand} strand, {sheet.reference.assembly}"
    record = _record(window.name, window.text, f"{window.symbol} promoter, {place}")
    _mark(record, window.tss_place, window.tss_place + 1, 1, "misc_feature", f"TSS {window.symbol}")
    for site in sheet.targets[window.name]:
        side = {"+": 1, "-": -1, ".": 0}[site.strand]
        _mark(record, site.start, site.end, side, "protein_bind", site_name(window, site))
    for row in sheet.tables.chip_qpcr:
        if (row["gene_id"], row["tss"]) == (window.gene_id, window.tss):
            for way in ("forward", "reverse"):
                start, end = _inside(window, row[f"{way}_start"], row[f"{way}_end"])
                _mark(record, start, end, 1 if way == "forward" else -1, "primer_bind", f"{row['name']}_{way}")
    for row in sheet.tables.guides:
        if (row["gene_id"], row["tss"]) == (window.gene_id, window.tss):
            side = 1 if row["strand"] == window.strand else -1
            _mark(record, *_inside(window, row["start"], row["end"]), side, "misc_feature", row["name"])
    return record


def _inside(window: PromoterWindow, start: int, end: int) -> tuple[int, int]:
    """A stretch of the genome in the window (both half-open)."""
    if window.strand == "-":
        return window.end - end, window.end - start
    return start - window.start, end - window.start


def _insert(row: dict[str, Any], tails: tuple[str, str]) -> Any:
    record = _record(row["name"], row["to_order"], f"{row['element']} {row['kind']} reporter insert")
    first = len(tails[0])
    if tails[0]:
        _mark(record, 0, first, 1, "misc_feature", "5' tail")
    if tails[1]:
        _mark(record, len(row["to_order"]) - len(tails[1]), len(row["to_order"]), 1, "misc_feature", "3' tail")
    kind = "protein_bind" if row["kind"] == "wt" else "misc_difference"
    label = row["element"] if row["kind"] == "wt" else f"{row['element']}, both half-sites changed: {row['changes']}"
    _mark(record, first + row["element_start"], first + row["element_end"], 1, kind, label)
    return record


def _record(name: str, text: str, description: str) -> Any:
    from Bio.Seq import Seq
    from Bio.SeqRecord import SeqRecord

    short = "".join(letter if letter.isalnum() or letter in "_-." else "_" for letter in name)
    annotations: dict[str, Any] = {"molecule_type": "DNA", "organism": "Homo sapiens"}
    return SeqRecord(Seq(text), id=short, name=short, description=description, annotations=annotations)


def _mark(record: Any, start: int, end: int, strand: int, kind: str, label: str) -> None:
    from Bio.SeqFeature import SeqFeature, SimpleLocation

    place = SimpleLocation(start, end, strand or None)
    record.features.append(SeqFeature(place, type=kind, qualifiers={"label": [label]}))


def _genbank(file: Path, records: list[Any]) -> None:
    from Bio import BiopythonWarning, SeqIO

    with file.open("w", encoding="utf-8") as handle, warnings.catch_warnings():
        # a name of more than 16 letters widens the LOCUS line; readers of today take that
        warnings.simplefilter("ignore", BiopythonWarning)
        SeqIO.write(records, handle, "genbank")


def _negatives(sheet: BenchSheet) -> str:
    """Where the matched negatives come from, or why there are none."""
    if (sheet.genes["role"] == NEGATIVE_ROLE).any():
        return (
            "Matched negatives were measured as unresponsive in the model's own data and are near a candidate in "
            "expression, GC, CpG and promoter class."
        )
    return (
        "No matched negatives: they need --model and a candidate of that model that has a flat gene like it, "
        "and are left out with --no-controls."
    )


def _page(sheet: BenchSheet) -> str:
    tables = sheet.tables
    roles = ", ".join(f"{n} {role}" for role, n in sheet.genes["role"].value_counts(sort=False).items())
    lines = [
        "# Bench sheet",
        "",
        f"{roles}; {sheet.reference.assembly}. {len(tables.chip_qpcr)} amplicons, {len(tables.inserts)} inserts, "
        f"{len(tables.guides)} guides; {len(tables.left_out)} left out, with the reason in left_out.tsv.",
        "",
        "All of it is a candidate designed in silico; nothing here was tried. Specificity was not checked beyond the "
        "promoters of this reference: run genome-wide in-silico PCR and off-target searches before you order. The "
        "genome's SNPs were not looked at.",
        "",
        _negatives(sheet),
        "",
        *(f"- `{name}`: {said}" for name, said in FILES.items()),
        "",
        "Coordinates in TSV and BED are 0-based and half-open; add 1 to `start` for a genome browser. "
        "`forward_other_promoters` counts the other genes whose promoter window holds the last 15 bases of the primer; "
        "`other_promoters` the whole protospacer (with any PAM), `seed_other_promoters` its last 12 bases with NGG; "
        "exact matches, both strands. Guides are listed along the promoter, not ranked by activity. "
        "The window -50..+300 is that of Gilbert 2014 (doi:10.1016/j.cell.2014.09.029).",
        "Of an insert, `cut_by` names which of KpnI, XhoI, NheI and HindIII cut it; `changes` counts from the "
        "insert's first base. A mutant holds no called pair (p <= 1e-4) on a half-site of the element, no single "
        "half-site (p <= 1e-3) in it, and no new element.",
        "",
    ]
    return "\n".join(lines)
