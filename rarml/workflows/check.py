"""Say what a file is, what was detected in it, and whether it would work here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from rarml.bundle.load import load_bundle
from rarml.bundle.manifest import MANIFEST_NAME
from rarml.bundle.registry import shipped_atlas
from rarml.core.errors import InputError, RarmlError
from rarml.core.files import open_text, require_file
from rarml.core.settings import load_settings
from rarml.features.atlas import load_atlas
from rarml.labels.cells import plain, read_cells
from rarml.labels.dialects import DIALECTS, read_table
from rarml.labels.from_counts import is_h5ad
from rarml.labels.gene_sets import is_gmt, read_gene_list, read_gene_sets
from rarml.labels.pseudobulk import describe_cells
from rarml.labels.spec import LabelSpec
from rarml.labels.table import load_labels
from rarml.reference.annotation import load_annotation
from rarml.reference.contigs import check_lengths, contig_overlap
from rarml.reference.gene_names import GeneNames
from rarml.reference.genome import open_genome
from rarml.reference.spec import load_reference_spec
from rarml.reference.tracks import read_peaks
from rarml.workflows.check_counts import describe_counts, describe_samples
from rarml.workflows.settings import TrainSettings

_PROBED_LINES = 50
_INTERVAL_ENDINGS = (".bed", ".narrowpeak", ".broadpeak", ".gappedpeak")


def check_file(path: str | Path, *, atlas: str | Path | None = None) -> list[str]:
    """Lines of text: first what the file is, then what was found in it.

    Raises
    ------
    RarmlError
        If the file cannot be read as what it seems to be.
    """
    file = Path(path)
    if file.is_dir():
        return _folder(file)
    require_file(file)
    if is_h5ad(file):
        return describe_cells(file)
    folder = Path(atlas) if atlas is not None else shipped_atlas()
    return _checker(file)(file, folder)


def _checker(file: Path) -> Callable[[Path, Path], list[str]]:
    """The reader that fits a file, by its name and its first lines."""
    name = file.name.lower().removesuffix(".gz")
    if name.endswith((".yaml", ".yml")):
        return _settings
    if name.endswith(".2bit"):
        return _sequence
    if name.endswith((".xlsx", ".xls")):
        return _table
    lines = _first_lines(file)
    if name.endswith(_INTERVAL_ENDINGS):
        return _intervals
    if lines[0].startswith(">"):
        return _sequence
    if is_gmt("\n".join(lines), file.name):
        return _gene_set
    body = [line for line in lines if not line.startswith(("#", "track", "browser"))]
    fields = body[0].split("\t") if body else []
    if len(fields) == 9 and fields[3].isdigit() and fields[4].isdigit():
        return _annotation
    if len(fields) >= 3 and fields[1].isdigit() and fields[2].isdigit():
        return _intervals
    if all(len(line.split("\t")) == 1 and "," not in line for line in body):
        return _names
    return _table


def _folder(folder: Path) -> list[str]:
    if (folder / MANIFEST_NAME).is_file():
        manifest = load_bundle(folder).manifest
        return [f"rarml model {manifest.name} ({manifest.cell_type}), all files match their digests"]
    try:
        found = load_atlas(folder)
    except InputError as error:
        raise InputError(
            "is a folder, but neither a model, nor an atlas, nor a reference", where=folder, fix="name a file in it"
        ) from error
    lines = [f"feature atlas of {len(found.genes):,} genes, {found.manifest['assembly']}, digest {found.digest[:12]}"]
    blocks = found.describe().to_dict(orient="records")
    return lines + [f"{row['block']}: {row['columns']} columns, {row['genes']:,} genes" for row in blocks]


def _settings(file: Path, atlas: Path) -> list[str]:
    text = file.read_text(encoding="utf-8", errors="replace")
    if "annotation:" in text:
        load_reference_spec(file)
        return ["settings of a reference, every key known"]
    settings = load_settings(file, TrainSettings)
    return [f"settings of the model {settings.name!r} ({settings.cell_type}), every key known"]


def _table(file: Path, atlas: Path) -> list[str]:
    names = load_atlas(atlas, columns=[]).names
    try:
        raw = read_table(file)
    except RarmlError as table_fault:
        if _has_statistics(file):
            raise
        for reader in (_ready_labels, _samples, _counts, _names):
            try:
                return reader(file, atlas)
            except RarmlError:
                continue
        raise table_fault from None
    labels = load_labels(LabelSpec(files=(str(file.resolve()),)), names)
    counts = labels.counts()
    columns = ", ".join(f"{role} = {column or '(unnamed column)'}" for role, column in raw.columns.items())
    return [
        f"{raw.dialect} table of differential expression, {counts['read']:,} rows",
        f"columns: {columns}",
        f"genes: {_mapped(counts)}",
        _called(counts),
        *(note for note in labels.provenance["notes"][1:]),
    ]


def _ready_labels(file: Path, atlas: Path) -> list[str]:
    labels = load_labels(LabelSpec(files=(str(file.resolve()),), kind="statuses"), load_atlas(atlas, columns=[]).names)
    counts = labels.counts()
    return [f"table of ready labels, {counts['read']:,} rows", f"genes: {_mapped(counts)}", _called(counts)]


def _counts(file: Path, atlas: Path) -> list[str]:
    lines = describe_counts(file, atlas)
    if lines is None:
        raise InputError("is no table of counts", where=file)
    return lines


def _samples(file: Path, atlas: Path) -> list[str]:
    lines = describe_samples(file)
    if lines is None:
        raise InputError("is no sample sheet", where=file)
    return lines


def _called(counts: dict[str, int]) -> str:
    return "called: " + ", ".join(f"{counts[name]:,} {name}" for name in ("up", "down", "unresponsive", "untested"))


def _has_statistics(file: Path) -> bool:
    """Whether the header names a fold change or an adjusted p-value: then it is no gene list."""
    if file.suffix.lower() == ".xlsx":
        header = read_cells(file).header
    else:
        header = re.split(r"[\t,;|]", next((line for line in _first_lines(file) if not line.startswith("#")), ""))
    known = {name for dialect in DIALECTS for name in (*dialect.log2fc, *dialect.padj)}
    return any(plain(name) in known for name in header)


def _names(file: Path, atlas: Path) -> list[str]:
    found = read_gene_list(file)
    resolved = load_atlas(atlas, columns=[]).names.resolve(found)
    if not (resolved["status"] == "mapped").any():
        raise InputError(
            f"is nothing that rarml reads: none of its {len(found):,} words names a gene",
            where=file,
            fix="give a table, gene list, GMT, BED, FASTA, annotation, configuration, model or atlas",
        )
    return [f"list of {len(found):,} gene names", f"genes: {_resolved(resolved['status'].value_counts().to_dict())}"]


def _gene_set(file: Path, atlas: Path) -> list[str]:
    names: GeneNames = load_atlas(atlas, columns=[]).names
    sets = read_gene_sets(file)
    lines = [f"GMT with {len(sets):,} gene sets"]
    for one in sets[:5]:
        lines.append(f"{one.name}: {_resolved(names.resolve(list(one.genes))['status'].value_counts().to_dict())}")
    return lines


def _sequence(file: Path, atlas: Path) -> list[str]:
    genome = open_genome(file)
    lines = [f"sequence, {len(genome.contigs):,} contigs or records"]
    try:
        lines.append(_overlap(file, list(genome.contigs), atlas))
    except InputError:
        return [*lines, "no record is named like a contig: fit for rarml scan, but not as a genome"]
    try:
        genome.check_assembly(_assembly(atlas))
    except InputError as fault:
        lines.append(f"{fault.what} ({fault.fix}): fit for rarml scan, but not as a genome")
    return lines


def _intervals(file: Path, atlas: Path) -> list[str]:
    peaks = read_peaks(file)
    signal = "with" if peaks["signal"].notna().any() else "without"
    width = int((peaks["end"] - peaks["start"]).median())
    contigs = list(dict.fromkeys(peaks["chrom"]))
    _check_ends(peaks["chrom"], peaks["end"], file, atlas)
    return [
        f"intervals (BED-like), {len(peaks):,} rows, median width {width:,} bp, {signal} a signal",
        _overlap(file, contigs, atlas),
    ]


def _annotation(file: Path, atlas: Path) -> list[str]:
    found = load_annotation(file)
    genes = found.rows["gene_id"].nunique()
    contigs = list(dict.fromkeys(found.rows["chrom"]))
    _check_ends(found.rows["chrom"], found.rows["tss"], file, atlas)
    return [
        f"annotation ({found.dialect}), {len(found.rows):,} transcripts of {genes:,} genes",
        _overlap(file, contigs, atlas),
    ]


def _check_ends(chrom: pd.Series, end: pd.Series, file: Path, atlas: Path) -> None:
    """Raise if a position lies past the end of its contig in the atlas' assembly."""
    largest = end.groupby(chrom).max()
    check_lengths({str(name): int(value) for name, value in largest.items()}, _assembly(atlas), file, exact=False)


def _assembly(atlas: Path) -> str:
    return str(load_atlas(atlas, columns=[]).manifest["assembly"])


def _overlap(file: Path, contigs: list[str], atlas: Path) -> str:
    known = sorted(load_atlas(atlas, columns=[]).genes["chrom"].unique())
    return contig_overlap(file.name, contigs, known).line()


def _mapped(counts: dict[str, int]) -> str:
    kinds = ("mapped", "ambiguous", "unmapped", "duplicated")
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in kinds)


def _resolved(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{counts.get(kind, 0):,} {kind}" for kind in ("mapped", "ambiguous", "unmapped"))


def _first_lines(file: Path) -> list[str]:
    lines: list[str] = []
    with open_text(file) as handle:
        for line in handle:
            if line.strip():
                lines.append(line.rstrip("\n"))
            if len(lines) == _PROBED_LINES:
                break
    if not lines:
        raise InputError("holds nothing but blank lines", where=file, fix="give a file with content")
    return lines
