"""Label files of any kind -> one `LabelTable`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError, RarmlError, SettingsError, did_you_mean
from rarml.core.files import open_text, sha256_file
from rarml.labels.agreement import VALUES, join_by_agreement, one_row_per_gene
from rarml.labels.calling import CallingRule, call_rows
from rarml.labels.cells import read_cells
from rarml.labels.dialects import RawTable, read_table
from rarml.labels.from_counts import DIALECT, compare_counts, find
from rarml.labels.gene_sets import GeneSet, is_gmt, read_gene_sets
from rarml.labels.label_table import ROW_COLUMNS, LabelTable, tidy
from rarml.labels.mapping import map_rows
from rarml.labels.spec import Kind, LabelSpec
from rarml.labels.statuses import read_statuses, status_column
from rarml.reference.gene_ids import GeneNames

__all__ = ["CallingRule", "LabelSpec", "LabelTable", "load_labels"]


@dataclass(frozen=True)
class _Part:
    """One file: its rows with ``id, symbol, status, note, line`` and values, and what is recorded of it."""

    rows: pd.DataFrame
    kind: Kind
    record: dict[str, Any]
    notes: list[str]


def load_labels(
    spec: LabelSpec,
    names: GeneNames,
    base: Path = Path(),
    *,
    threads: int | None = None,
    compared: LabelTable | None = None,
) -> LabelTable:
    """Read, map, call and join label files, or tables of differential expression that are made from counts first.

    Parameters
    ----------
    spec : LabelSpec
        Files and rule.
    names : GeneNames
        The names of the annotation's genes.
    base : Path
        Folder that relative file names start from.
    threads : int, optional
        For counts: processes at once; the result is the same for any number.
    compared : LabelTable, optional
        Labels of the same counts under another rule, whose tables are used again.

    Raises
    ------
    RarmlError
        If a file cannot be read, kinds are mixed, no row maps to a gene, or `min_agree` does not fit.
    """
    if spec.files and spec.counts is not None:
        raise SettingsError("labels.files and labels.counts exclude each other", fix="give one of them")
    computed: dict[str, RawTable] = {}
    about: dict[str, Any] = {}
    heard: list[str] = []
    if spec.counts is not None:
        computed, about, heard = _compared(spec, base, threads, compared)
        parts = [_counted(raw, level, about, spec) for level, raw in computed.items()]
    elif spec.files:
        parts = [_read(_find(file, base), spec) for file in spec.files]
    else:
        raise SettingsError("no label file is named", fix="give labels.files")
    kinds = {part.kind for part in parts}
    if len(kinds) > 1:
        raise InputError(f"label files of different kinds: {', '.join(sorted(kinds))}", fix="give files of one kind")
    mapped = [map_rows(part.rows, names) for part in parts]
    tables = [one_row_per_gene(rows[rows["gene_id"].notna()]) for rows in mapped]
    for part, table in zip(parts, tables, strict=True):
        if table.empty:
            example = part.rows["id"].iloc[0]
            fix = "give human symbols, Ensembl, Entrez or HGNC ids; separate the columns of a table by tab or comma"
            raise InputError(f"no row maps to a gene (first: {example!r})", where=part.record["file"], fix=fix)
    min_agree = spec.min_agree if spec.min_agree is not None else min(2, len(tables))
    joined = tables[0] if len(tables) == 1 and min_agree == 1 else join_by_agreement(tables, min_agree)
    symbols = np.array([names.symbols.get(gene) for gene in joined.index], dtype=object)
    table = tidy(joined.assign(symbol=symbols))
    rows = pd.concat([rows.assign(file=part.record["file"]) for rows, part in zip(mapped, parts, strict=True)])
    gene_set = kinds == {"gene_set"}
    outside = int((rows["via"] == "outside").sum())
    notes = [*heard, *(note for part in parts for note in part.notes)]
    if outside:
        notes.append(f"{outside:,} rows name known genes that the annotation does not hold (mostly non-coding)")
    provenance: dict[str, Any] = {
        "kind": parts[0].kind,
        "files": [part.record for part in parts],
        "min_agree": min_agree,
        "dose": spec.dose,
        "time": spec.time,
        "source": spec.source,
        "notes": notes,
        **({"direction": spec.direction} if gene_set else {}),
        **({"rule": spec.rule.model_dump()} if kinds == {"table"} else {}),
        **({"counts": about} if about else {}),
    }
    return LabelTable(table, rows[ROW_COLUMNS].reset_index(drop=True), provenance, gene_set, computed)


def _compared(
    spec: LabelSpec, base: Path, threads: int | None, before: LabelTable | None
) -> tuple[dict[str, RawTable], dict[str, Any], list[str]]:
    """Tables made from counts, what is recorded of them, and notes; those of `before` where there are some."""
    for name in ("columns", "contrast", "gene_set"):
        if getattr(spec, name) is not None:
            raise SettingsError(f"labels.{name} is for label files, not for counts", fix="leave it out")
    if before is not None and before.computed:
        return before.computed, before.provenance["counts"], []
    assert spec.counts is not None
    found = compare_counts(spec.counts, base, threads=threads)
    return found.tables, found.record, found.notes


def _counted(raw: RawTable, level: str, about: Mapping[str, Any], spec: LabelSpec) -> _Part:
    """One treated condition against the reference, called like a table that was read."""
    rows = raw.frame.join(call_rows(raw, spec.rule))
    record = {
        "file": about["file"],
        "sha256": about["sha256"],
        "kind": "table",
        "contrast": f"{level} v {about['reference']}",
        "dialect": f"{DIALECT} {about['pydeseq2']}",
        "columns": raw.columns,
        "base_mean_unit": raw.unit,
        "significant_only": False,
    }
    return _Part(rows, "table", record, [])


def _find(file: str, base: Path) -> Path:
    return find(file, base, "label file")


def _read(path: Path, spec: LabelSpec) -> _Part:
    kind = _kind_of(path, spec) if spec.kind == "auto" else spec.kind
    record: dict[str, Any] = {"file": path.name, "sha256": sha256_file(path), "kind": kind}
    if kind == "gene_set":
        chosen = _choose_set(read_gene_sets(path), spec.gene_set, path)
        return _Part(_set_rows(chosen, spec.direction), kind, {**record, "gene_set": chosen.name}, [])
    if kind == "statuses":
        rows, columns = read_statuses(path, spec.columns)
        return _Part(rows, kind, {**record, "columns": columns}, [])
    raw = read_table(path, spec.columns, spec.contrast)
    rows = raw.frame.join(call_rows(raw, spec.rule))
    record |= {"dialect": raw.dialect, "columns": raw.columns, "base_mean_unit": raw.unit}
    record["significant_only"] = raw.significant_only
    return _Part(rows, kind, record, [raw.line(), *(f"{path.name}: {note}" for note in raw.notes)])


def _kind_of(path: Path, spec: LabelSpec) -> Kind:
    """Tell a gene set, ready statuses and a table of differential expression apart."""
    with path.open("rb") as probe:
        zipped = probe.read(2) == b"PK"
    if not zipped:
        with open_text(path, kind="label file") as handle:
            if is_gmt(handle.read(), path.name):
                return "gene_set"
    try:
        cells = read_cells(path)
    except RarmlError as error:
        # A list of genes has one column; anything else is a fault that the table reader states.
        return "gene_set" if "one column" in error.what and spec.columns is None else "table"
    return "statuses" if status_column(cells) is not None and spec.columns is None else "table"


def _choose_set(sets: list[GeneSet], name: str | None, path: Path) -> GeneSet:
    if name is None:
        if len(sets) == 1:
            return sets[0]
        fix = f"name one as labels.gene_set: {', '.join(one.name for one in sets[:6])}"
        raise InputError(f"holds {len(sets)} gene sets", where=path, fix=fix)
    for one in sets:
        if one.name == name:
            return one
    raise InputError(f"no gene set {name!r}", where=path, fix=did_you_mean(name, [one.name for one in sets]))


def _set_rows(chosen: GeneSet, direction: str) -> pd.DataFrame:
    rows = pd.DataFrame({"id": chosen.genes, "symbol": "", "status": direction, "note": ""}, dtype=object)
    rows[VALUES] = np.nan
    return rows.assign(line=chosen.lines)
