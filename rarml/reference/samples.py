"""The sample sheet: which file is which cell and mark, and whether the cells were treated."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pandas as pd

from rarml.core.errors import InputError, did_you_mean
from rarml.core.files import open_text, require_file

COLUMNS = ("cell", "mark", "file", "treated", "accession", "use_signal")
_REQUIRED = ("cell", "mark", "file")
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_sample_sheet(path: str | Path) -> pd.DataFrame:
    """Read a tab- or comma-separated sample sheet with a header line.

    Columns ``cell``, ``mark``, ``file`` (relative to the sheet, absolute, or starting with ``${RARML_DATA}``) are
    required; ``treated`` (yes/no, default no), ``accession`` and ``use_signal`` (yes/no, default yes: no for a file
    whose 4th column is not a signal) are optional; other columns are ignored, as are lines starting with ``#``.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, in the order of the sheet; `file` is a `Path` that exists, the flags are bool.

    Raises
    ------
    InputError
        With ``file:line``: a missing column, file or value, a flag that is neither yes nor no, a file named twice.
    """
    sheet = Path(path)
    rows: list[dict[str, object]] = []
    seen: dict[Path, int] = {}
    with open_text(sheet, kind="sample sheet") as handle:
        lines = [(number, line) for number, line in enumerate(handle, start=1) if line.strip() and line[0] != "#"]
    if not lines:
        raise InputError("holds no sample", where=sheet, fix=f"give columns {', '.join(COLUMNS)}")
    delimiter = "\t" if "\t" in lines[0][1] else ","
    header = _cells(lines[0][1], delimiter, f"{sheet}:{lines[0][0]}")
    for column in _REQUIRED:
        if column not in header:
            fix = f"{did_you_mean(column, header)}; give columns {', '.join(COLUMNS)}"
            raise InputError(f"no column {column!r}", where=f"{sheet}:{lines[0][0]}", fix=fix)
    for number, line in lines[1:]:
        values = _cells(line, delimiter, f"{sheet}:{number}")
        row = _row(dict(zip(header, values, strict=False)), sheet, f"{sheet}:{number}")
        file = row["file"]
        assert isinstance(file, Path)
        if file in seen:
            raise InputError(f"{file.name} is named twice", where=f"{sheet}:{number}", fix=f"see line {seen[file]}")
        seen[file] = number
        rows.append(row)
    if not rows:
        raise InputError("holds no sample", where=sheet, fix="write one line per file below the header")
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _cells(line: str, delimiter: str, where: str) -> list[str]:
    try:
        return [value.strip() for value in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error as error:
        raise InputError(f"not a sample sheet: {error}", where=where, fix="give tab-separated text") from error


def _row(values: dict[str, str], sheet: Path, where: str) -> dict[str, object]:
    for column in _REQUIRED:
        if not values.get(column):
            raise InputError(f"no value in column {column!r}", where=where, fix="fill it in")
    if ":" in values["cell"] or ":" in values["mark"]:
        raise InputError("cell and mark may not hold ':'", where=where, fix="track names are written CELL:MARK")
    named = Path(os.path.expandvars(values["file"]))
    file = named if named.is_absolute() else sheet.parent / named
    try:
        require_file(file, kind="track")
    except InputError as error:
        raise InputError(f"{error.what}: {named}", where=where, fix=error.fix) from error
    return {
        "cell": values["cell"],
        "mark": values["mark"],
        "file": file,
        "treated": _flag(values.get("treated", ""), "treated", False, where),
        "accession": values.get("accession", ""),
        "use_signal": _flag(values.get("use_signal", ""), "use_signal", True, where),
    }


def _flag(text: str, column: str, default: bool, where: str) -> bool:
    if not text:
        return default
    if text.lower() not in _FLAGS:
        raise InputError(f"{column} is {text!r}", where=where, fix="write yes or no")
    return _FLAGS[text.lower()]
