"""Counts and their samples to tables of differential expression, as the label reader takes them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError, SettingsError
from rarml.core.files import require_file, sha256_file
from rarml.labels.count_matrix import CountMatrix, read_count_table
from rarml.labels.count_spec import CountSpec
from rarml.labels.deseq import RESULT_COLUMNS, differential_expression, require_pydeseq2
from rarml.labels.design import Design, choose_samples, read_samples
from rarml.labels.dialects import RawTable

DIALECT = "counts compared with PyDESeq2"
_ROLES = {"log2FoldChange": "log2fc", "padj": "padj", "baseMean": "base_mean"}


@dataclass(frozen=True)
class Compared:
    """Tables of differential expression made from counts.

    Attributes
    ----------
    tables : dict of str to RawTable
        Treated condition -> its table against the reference; ``frame`` has ``lfcSE, stat, pvalue`` too.
    record : dict
        Files with digests, what was compared, samples, version, thresholds; JSON can hold it.
    notes : list of str
        What a user should know.
    """

    tables: dict[str, RawTable]
    record: dict[str, Any]
    notes: list[str]


def read_design(spec: CountSpec, base: Path = Path()) -> tuple[CountMatrix, Design, dict[str, Any]]:
    """The counts and samples that a specification names, checked, and a record of the files.

    Raises
    ------
    RarmlError
        If a file cannot be read, or counts and samples do not fit each other.
    """
    matrix = find(spec.matrix, base, "table of counts")
    record: dict[str, Any] = {"file": matrix.name, "sha256": sha256_file(matrix)}
    if is_h5ad(matrix):
        from rarml.labels.pseudobulk import sum_cells

        if spec.design is not None:
            fix = "leave out the sample sheet; name columns of the cells"
            raise SettingsError("cells carry their own conditions", where=matrix, fix=fix)
        counts, design, of_cells = sum_cells(matrix, spec)
        return counts, design, record | of_cells
    for name in ("replicate", "layer"):
        if getattr(spec, name) is not None:
            raise SettingsError(f"labels.counts.{name} is for .h5ad files", where=matrix, fix="leave it out")
    if spec.design is None:
        fix = "give a table with a row per sample (--design): its name as in the header of the counts, its condition"
        raise SettingsError("counts without a sample sheet", where=matrix, fix=fix)
    sheet = find(spec.design, base, "sample sheet")
    design = choose_samples(read_samples(sheet), spec, sheet)
    counts = read_count_table(matrix, design.samples.index.tolist())
    return counts, design, record | {"design_file": sheet.name, "design_sha256": sha256_file(sheet)}


def compare_counts(spec: CountSpec, base: Path = Path(), *, threads: int | None = None) -> Compared:
    """Differential expression of the counts that a specification names.

    Parameters
    ----------
    spec : CountSpec
        Files and what is compared.
    base : Path
        Folder that relative file names start from.
    threads : int, optional
        Processes at once; the result is the same for any number.

    Raises
    ------
    RarmlError
        As `read_design`; or PyDESeq2 is not installed or cannot fit the counts.
    """
    release = require_pydeseq2()
    counts, design, record = read_design(spec, base)
    tables, heard = differential_expression(counts.counts, design, least_counts=spec.least_counts, threads=threads)
    groups = design.groups()
    tested = int((counts.counts.sum(axis=1) >= spec.least_counts).sum())
    record |= {
        "condition": spec.condition,
        "reference": design.reference,
        "treated": list(design.treated),
        "factors": list(design.factors),
        "formula": design.formula,
        "subset": {column: list(values) for column, values in spec.subset.items()},
        "samples": groups,
        "least_counts": spec.least_counts,
        "genes": len(counts.counts),
        "genes_tested": tested,
        "pydeseq2": release,
    }
    sizes = ", ".join(f"{len(names)} {level}" for level, names in groups.items())
    notes = [
        f"{record['file']}: {len(counts.counts):,} genes × {len(design.samples)} samples ({sizes}); "
        f"{tested:,} genes with {spec.least_counts} counts or more compared with PyDESeq2 {release}, {design.formula}",
        *(f"{record['file']}: {note}" for note in counts.notes),
        *design.notes,
        *heard,
    ]
    path = Path(record["file"])
    raw = {level: _raw(table, counts, path) for level, table in tables.items()}
    return Compared(raw, record, notes)


def table_text(raw: RawTable) -> str:
    """A table of differential expression as tab-separated text that DESeq2's users and `rarml train` read."""
    frame = raw.frame
    table = pd.DataFrame({"gene": frame["id"]})
    if (frame["symbol"] != "").any():
        table["symbol"] = frame["symbol"]
    for name in RESULT_COLUMNS:
        table[name] = frame[_ROLES.get(name, name)]
    return str(table.to_csv(sep="\t", index=False, na_rep="NA", lineterminator="\n"))


def is_h5ad(path: Path) -> bool:
    """Whether a file is HDF5, by its first bytes."""
    with path.open("rb") as probe:
        return probe.read(8) == b"\x89HDF\r\n\x1a\n"


def find(file: str, base: Path, kind: str) -> Path:
    """The file that a specification names: absolute, with variables, or relative to `base`."""
    path = Path(os.path.expandvars(file))
    return require_file(path if path.is_absolute() else base / path, kind=kind)


def parse_subset(items: list[str]) -> Mapping[str, tuple[str, ...]]:
    """``["density=100%", "line=A", "line=B"]`` as column -> values.

    Raises
    ------
    InputError
        If one is not of the form COLUMN=VALUE.
    """
    found: dict[str, tuple[str, ...]] = {}
    for item in items:
        column, sign, value = item.partition("=")
        if not sign or not column.strip() or not value.strip():
            raise InputError(f"subset {item!r} is not of the form COLUMN=VALUE", fix="e.g. density=100%")
        found[column.strip()] = (*found.get(column.strip(), ()), value.strip())
    return found


def _raw(table: pd.DataFrame, counts: CountMatrix, path: Path) -> RawTable:
    frame = counts.genes[["id", "symbol"]].copy()
    for name in RESULT_COLUMNS:
        frame[_ROLES.get(name, name)] = table[name].to_numpy(np.float64)
    frame["line"] = counts.genes["line"].to_numpy()
    columns = {"id": counts.id_name, **{role: name for name, role in _ROLES.items()}}
    return RawTable(frame, DIALECT, columns, [], path, "counts")
