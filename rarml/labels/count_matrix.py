"""A table of raw counts: genes in rows, samples in columns; whole numbers or an error that names the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError, did_you_mean
from rarml.labels.cells import Cells, read_cells
from rarml.labels.identifiers import id_column, symbol_column
from rarml.labels.numbers import MISSING, to_float

_MOST = 2**53
"""Counts above this are no whole numbers in double precision."""
_NAMED = 5
RAW = "give raw counts (not CPM, TPM, FPKM or log values; estimated counts of salmon or RSEM: round them first)"


@dataclass(frozen=True)
class CountMatrix:
    """Raw counts.

    Attributes
    ----------
    genes : DataFrame
        One row per gene as it came: ``id, symbol`` ('' if there is none), ``line`` (1-based line of the file).
    counts : ndarray of int64
        Genes x samples.
    samples : tuple of str
        Names of the columns.
    id_name : str
        Name of the column of genes.
    notes : tuple of str
        What a user should know.
    """

    genes: pd.DataFrame
    counts: NDArray[np.int64]
    samples: tuple[str, ...]
    id_name: str = ""
    notes: tuple[str, ...] = field(default=())


def read_count_table(path: str | Path, samples: Sequence[str], id_name: str | None = None) -> CountMatrix:
    """Read the columns of a table of counts that are samples.

    Parameters
    ----------
    path : path
        CSV, TSV (plain or gzip) or xlsx.
    samples : sequence of str
        Columns wanted, in this order.
    id_name : str, optional
        Column of genes; found by its name, else the first column.

    Raises
    ------
    InputError
        For everything that `cells.read_cells` refuses; a sample that is no column or stands twice; a count that is
        missing, negative or no whole number (with ``file:line`` and sample); a sample without a count.
    """
    cells = read_cells(path)
    identifier = _id_column(cells, samples, id_name)
    lost = [name for name in samples if name not in cells.header]
    if lost:
        others = [name for name in cells.header if name and name != identifier]
        what = f"no column for {_some(lost)}, which the sample sheet names"
        raise InputError(what, where=f"{cells.path}:1", fix=did_you_mean(lost[0], others))
    for name in samples:
        if cells.header.count(name) > 1:
            raise InputError(f"sample {name!r} stands twice", where=f"{cells.path}:1", fix="rename one of the columns")
    counts = np.column_stack([_counts(cells, name) for name in samples])
    empty = [name for name, total in zip(samples, counts.sum(axis=0), strict=True) if total == 0]
    if empty:
        raise InputError(f"{_some(empty)}: no count above 0", where=cells.path, fix="leave the sample out of the sheet")
    genes = pd.DataFrame({"id": cells.column(identifier)}, dtype=object)
    symbol = symbol_column(cells, identifier)
    genes["symbol"] = cells.column(symbol) if symbol is not None and symbol not in samples else ""
    genes["line"] = cells.lines
    return CountMatrix(genes, counts, tuple(samples), identifier, tuple(_notes(cells, samples, identifier, symbol)))


def whole_columns(cells: Cells) -> list[str]:
    """Columns that hold whole numbers from 0 only, not all 0 and not counting the rows: what samples look like."""
    found = []
    for place, name in enumerate(cells.header):
        values = [row[place] for row in cells.rows]
        if all(_is_whole(text) for text in values) and any(int(text) for text in values) and len(set(values)) > 1:
            found.append(name)
    identifier = id_column(cells)
    return [name for name in found if name and name != identifier]


def _id_column(cells: Cells, samples: Sequence[str], given: str | None) -> str:
    if given is not None:
        if given not in cells.header:
            fix = did_you_mean(given, [name for name in cells.header if name])
            raise InputError(f"no column {given!r} (given for id)", where=f"{cells.path}:1", fix=fix)
        return given
    named = id_column(cells)
    chosen = named if named is not None and named not in samples else cells.header[0]
    if chosen in samples:
        raise InputError("no column of genes", where=f"{cells.path}:1", fix="name the first column 'gene'")
    return chosen


def _counts(cells: Cells, sample: str) -> NDArray[np.int64]:
    """The counts of one sample; ``5.0`` is 5."""
    texts = cells.column(sample)
    if all(_is_whole(text) for text in texts):
        return np.array([int(text) for text in texts], dtype=np.int64)
    values = np.empty(len(texts), dtype=np.int64)
    for row, text in enumerate(texts):
        value = to_float(text)
        if value is None or not abs(value) < _MOST:
            what = "is missing" if text.lower() in MISSING else f"{text!r} is no number"
            fix = "write 0 where nothing was counted" if text.lower() in MISSING else RAW
            raise InputError(f"count of sample {sample!r} {what}", where=cells.where(row), fix=fix)
        if value < 0:
            raise InputError(f"count of sample {sample!r} is negative: {text}", where=cells.where(row), fix=RAW)
        if value != int(value):
            what = f"count of sample {sample!r} is no whole number: {text}"
            raise InputError(what, where=cells.where(row), fix=RAW)
        values[row] = int(value)
    return values


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _notes(cells: Cells, samples: Sequence[str], identifier: str, symbol: str | None) -> list[str]:
    used = {*samples, identifier, symbol}
    others = [name for name in cells.header if name and name not in used]
    notes = list(cells.notes)
    if others:
        one = len(others) == 1
        notes.append(
            f"{len(others)} column{'' if one else 's'} not among the samples used {'is' if one else 'are'} "
            f"passed over: {_some(others)}"
        )
    return notes


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"
