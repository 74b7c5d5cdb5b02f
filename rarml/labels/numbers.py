"""Cells of a table of differential expression as numbers; faults name file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.labels.cells import Cells

MISSING = frozenset({"", "na", "nan", "n/a", "#n/a", "null", "none", ".", "-"})
_DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+(?:[eE][-+]?\d+)?$")


def to_float(text: str) -> float | None:
    """A number (also ``1,5`` with a decimal comma, ``Inf``), or None."""
    if "_" in text or not text.isascii():  # Python reads 1_000 and other scripts' digits; no table means them
        return None
    try:
        return float(text)
    except ValueError:
        return float(text.replace(",", ".")) if _DECIMAL_COMMA.match(text) else None


def parse_numbers(cells: Cells, columns: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """The frame of a `RawTable`, and notes on missing and infinite values.

    Raises
    ------
    InputError
        With ``file:line``: a value that is no number, or an adjusted p-value outside 0 to 1.
    """
    frame = pd.DataFrame({"id": cells.column(columns["id"])}, dtype=object)
    frame["symbol"] = cells.column(columns["symbol"]) if "symbol" in columns else ""
    notes: list[str] = []
    for role in ("log2fc", "padj", "base_mean"):
        name = columns.get(role)
        frame[role] = np.nan if name is None else _column(cells, name, role)
    outside = np.flatnonzero((frame["padj"] < 0) | (frame["padj"] > 1))
    if len(outside):
        what = f"padj {frame['padj'].iloc[outside[0]]:g} is not between 0 and 1"
        raise InputError(what, where=cells.where(int(outside[0])), fix=f"is {columns['padj']!r} an adjusted p-value?")
    for role, what in (("padj", "adjusted p-value"), ("log2fc", "log2 fold change")):
        absent = int(frame[role].isna().sum())
        if absent == len(frame):
            raise InputError(f"column {columns[role]!r} holds no {what}", where=cells.path, fix="give another column")
        if absent:
            notes.append(f"{absent:,} rows without {what}")
    infinite = int(np.isinf(frame["log2fc"]).sum())
    if infinite:
        notes.append(f"{infinite:,} rows with an infinite log2 fold change (called ambiguous)")
    frame["line"] = cells.lines
    return frame, notes


def _column(cells: Cells, name: str, role: str) -> np.ndarray:
    values = np.full(len(cells.rows), np.nan)
    for row, text in enumerate(cells.column(name)):
        if text.lower() in MISSING:
            continue
        value = to_float(text)
        if value is None:
            what = f"{role} {text!r} in column {name!r} is no number"
            raise InputError(what, where=cells.where(row), fix="give a number or leave it empty")
        values[row] = value
    return values
