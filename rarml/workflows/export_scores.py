"""A table of earlier scores, read back: every value is held to what `rarml score` writes before it is exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.files import require_file
from rarml.core.parquet import parquet_faults, read_parquet
from rarml.workflows.score import CLASSES

TEXT = ("gene_id", "symbol", "model", "cell_type", "call", "flags", "measured", "rare_type")
PROBABILITIES = (*(f"p_{name}{end}" for name in CLASSES for end in ("", "_low", "_high")), "rare_pvalue")
WHOLE = ("rank", "rare_tss_distance", "rare_count")
NUMBERS = (*PROBABILITIES, "gain", *WHOLE)
_NEEDED = ("gene_id", "symbol", "model", "call", "flags", "p_up", "p_unresponsive")
_MISSING = frozenset({"", "na", "nan", "none", "<na>"})
_FARTHEST = 1 << 31
_FIX = "give a folder that rarml score --out wrote"


def read_scores(path: str | Path) -> pd.DataFrame:
    """Read ``scores.parquet`` or ``scores.tsv``.

    Returns
    -------
    DataFrame
        The file's rows in order; of its columns `TEXT` and ``query`` as texts ('' where missing), `NUMBERS` as float64
        (NaN where missing).

    Raises
    ------
    InputError
        If it is no table, a needed column is missing or any stands twice, or a value (named with its row) is no number,
        no probability or no whole number where one belongs.
    """
    file = require_file(path, kind="table of scores")
    cells = _parquet(file) if file.suffix.lower() == ".parquet" else _tsv(file)
    if cells.empty:
        raise InputError("has no rows", where=file, fix=_FIX)
    twice = cells.columns[cells.columns.duplicated()]
    if len(twice):
        raise InputError(f"column {twice[0]!r} stands twice", where=file, fix=_FIX)
    lacking = [name for name in _NEEDED if name not in cells.columns]
    if lacking:
        raise InputError(f"has no column {lacking[0]!r}: it is no table of scores", where=file, fix=_FIX)
    odd = next((name for name in (*TEXT, *NUMBERS, "query") if name in cells and not _plain(cells[name])), None)
    if odd is not None:
        raise InputError(f"column {odd!r} holds what is neither text nor number", where=file, fix=_FIX)
    found = pd.DataFrame(
        {name: texts(cells[name]) for name in (*TEXT, "query") if name in cells}
        | {name: _checked(cells[name], file) for name in NUMBERS if name in cells}
    )
    if ((found["model"] == "") & (found["gene_id"] != "")).any():
        raise InputError("holds answers of no model: the column 'model' is empty", where=file, fix=_FIX)
    return found


def _parquet(file: Path) -> pd.DataFrame:
    try:
        return read_parquet(file).reset_index(drop=True)
    except parquet_faults() as error:
        raise InputError(f"is no readable table: {str(error)[:120]}", where=file, fix=_FIX) from error


def _plain(column: pd.Series) -> bool:
    """Whether a column holds texts and numbers alone, not bytes or lists."""
    return column.dtype != object or bool(column.dropna().map(lambda value: isinstance(value, str | int | float)).all())


def _tsv(file: Path) -> pd.DataFrame:
    from rarml.labels.cells import read_cells

    cells = read_cells(file)
    return pd.DataFrame(cells.rows, columns=cells.header, index=cells.lines, dtype=object)


def texts(column: pd.Series) -> pd.Series:
    """The column as texts, '' where it holds nothing."""
    return column.astype(object).where(column.notna(), "").astype(str)


def numbers(column: pd.Series) -> NDArray[np.float64]:
    """The column as float64, NaN where it holds no number."""
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _checked(column: pd.Series, file: Path) -> NDArray[np.float64]:
    """The column as float64, NaN where it holds nothing; a value that does not belong there is an error."""
    name = str(column.name)
    shown = texts(column)
    empty = shown.str.lower().isin(_MISSING)
    values = numbers(shown.mask(empty, "nan"))
    wrong = ~np.isfinite(values)
    if name in PROBABILITIES:
        wrong |= (values < 0) | (values > 1)
        kind = "probability"
    elif name in WHOLE:
        wrong |= (np.abs(values) > _FARTHEST) | (values != np.rint(values))
        kind = "whole number"
    else:
        kind = "number"
    wrong &= ~empty.to_numpy()
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        place = f"{file}:{shown.index[row]}" if file.suffix.lower() != ".parquet" else f"{file}, row {row + 1}"
        raise InputError(f"{name} {shown.iloc[row][:40]!r} is no {kind}", where=place, fix=_FIX)
    return values
