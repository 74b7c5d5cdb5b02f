"""Ready label tables: a gene and its status, called by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from rarml.core.errors import InputError, did_you_mean
from rarml.labels.calling import STATUSES
from rarml.labels.cells import Cells, find_column, read_cells
from rarml.labels.identifiers import id_column, symbol_column

_STATUS_NAMES = ("status", "label", "class", "response", "call")


def status_column(cells: Cells) -> str | None:
    """The column of statuses: a known name whose values are all statuses."""
    found = find_column(cells.header, _STATUS_NAMES)
    return found if found is not None and set(cells.column(found)) <= set(STATUSES) else None


def read_statuses(path: str | Path, columns: Mapping[str, str] | None = None) -> tuple[pd.DataFrame, dict[str, str]]:
    """Read a ready label table.

    Parameters
    ----------
    path : path
        CSV, TSV (plain or gzip) or xlsx with a column of genes and one named status, label, class, response or
        call.
    columns : mapping, optional
        ``id`` and ``status`` -> column name, where they are called otherwise.

    Returns
    -------
    frame : DataFrame
        ``id, symbol, status, log2fc, padj, base_mean`` (NaN), ``line``, ``note``.
    columns : dict of str to str
        Columns used.

    Raises
    ------
    InputError
        With ``file:line`` for a status that is not one of `STATUSES`.
    """
    cells = read_cells(path)
    given = dict(columns or {})
    for role, name in given.items():
        if name not in cells.header:
            raise InputError(f"no column {name!r} (given for {role})", where=path, fix=did_you_mean(name, cells.header))
    status = given.get("status") or find_column(cells.header, _STATUS_NAMES)
    identifier = given.get("id", id_column(cells))
    if status is None or identifier is None:
        what = "genes" if identifier is None else "statuses"
        fix = f"name it 'gene' and 'status', or with columns; found: {', '.join(cells.header)}"
        raise InputError(f"no column of {what}", where=f"{cells.path}:1", fix=fix)
    symbol = symbol_column(cells, identifier)
    values = [value.lower() for value in cells.column(status)]
    wrong = next((row for row, value in enumerate(values) if value not in STATUSES), None)
    if wrong is not None:
        fix = did_you_mean(values[wrong], STATUSES)
        raise InputError(f"unknown status {values[wrong]!r}", where=cells.where(wrong), fix=fix)
    frame = pd.DataFrame({"id": cells.column(identifier)}, dtype=object)
    frame["symbol"] = cells.column(symbol) if symbol is not None else ""
    frame["status"] = pd.Series(values, dtype=object)
    for name in ("log2fc", "padj", "base_mean"):
        frame[name] = np.nan
    frame["line"], frame["note"] = cells.lines, ""
    return frame, {"id": identifier, "status": status}
