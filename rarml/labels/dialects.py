"""Differential-expression tables, read in their native dialects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rarml.core.errors import InputError
from rarml.labels.cells import read_cells
from rarml.labels.detection import detect
from rarml.labels.known_dialects import DIALECTS, Dialect, Unit
from rarml.labels.numbers import parse_numbers

__all__ = ["DIALECTS", "Dialect", "RawTable", "Unit", "read_table"]

_SIGNIFICANT_ONLY = 0.1
_FEW = 100


@dataclass(frozen=True)
class RawTable:
    """A table of differential expression as the program wrote it.

    Attributes
    ----------
    frame : DataFrame
        One row per input row: ``id``, ``symbol`` ('' if the table has none), ``log2fc, padj, base_mean`` (float64,
        NaN where missing), ``line`` (1-based line of the file).
    dialect : str
        Which program wrote it.
    columns : dict of str to str
        Role -> name of the column used.
    notes : list of str
        What a user should know.
    path : Path
        The file.
    unit : {'counts', 'log2_mean', 'mean_log2', 'unknown'}
        Scale of ``base_mean`` (`known_dialects.Unit`).
    significant_only : bool
        No row is tested and not significant, so that no gene can be called unresponsive.
    """

    frame: pd.DataFrame
    dialect: str
    columns: dict[str, str]
    notes: list[str]
    path: Path
    unit: Unit
    significant_only: bool = False

    def line(self) -> str:
        """One line of text: dialect, rows and columns used."""
        used = ", ".join(f"{role} = {name or '(unnamed)'}" for role, name in self.columns.items())
        return f"{self.path.name}: {self.dialect}, {len(self.frame):,} rows; {used}"


def read_table(path: str | Path, columns: Mapping[str, str] | None = None, contrast: str | None = None) -> RawTable:
    """Read a table of differential expression; the dialect is detected from its column names.

    Parameters
    ----------
    path : path
        CSV, TSV (plain or gzip) or xlsx.
    columns : mapping, optional
        Role (``id, symbol, log2fc, padj, base_mean``) -> column name, for a table of no known dialect or to
        overrule detection.
    contrast : str, optional
        Of a Degust table with several conditions, the one whose log2 fold change is meant.

    Raises
    ------
    InputError
        For everything that `cells.read_cells` refuses, a column that is missing (with a suggestion), or a value
        that is no number or no p-value (with ``file:line``).
    """
    cells = read_cells(path)
    found = detect(cells, columns or {}, contrast)
    for role, name in found.columns.items():
        if cells.header.count(name) > 1:
            raise InputError(f"column {name!r} ({role}) stands twice", where=f"{cells.path}:1", fix="rename one")
    frame, notes = parse_numbers(cells, found.columns)
    significant_only = bool(
        (frame["padj"] < _SIGNIFICANT_ONLY).sum() and not (frame["padj"] >= _SIGNIFICANT_ONLY).any()
    )
    if significant_only:
        notes.append(_why_no_background(frame))
    elif len(frame) > _FEW and not (frame["log2fc"] < 0).any():
        notes.append("no log2 fold change is negative: is it a linear fold change?")
    return RawTable(
        frame, found.dialect, found.columns, cells.notes + found.notes + notes, cells.path, found.unit, significant_only
    )


def _why_no_background(frame: pd.DataFrame) -> str:
    absent = int(frame["padj"].isna().sum())
    if absent:
        return (
            f"no unresponsive genes can be called: {absent:,} rows have no values, and all others are significant; "
            "whether a row without values was tested cannot be told"
        )
    return "no unresponsive genes can be called: the table lists significant genes only"
