"""Reading peak files: BED3+, narrowPeak, broadPeak and gappedPeak, plain or gzip."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.contigs import canonical_contig
from rarml.reference.positions import MOST, position_of

_COLUMNS = ["chrom", "start", "end", "signal"]
_NO_DATA = ("#", "track", "browser")
_POSITION_SHARE = 0.99


def read_peaks(path: str | Path) -> pd.DataFrame:
    """Peaks of one file, as written (not merged, not sorted).

    The signal is signalValue of narrowPeak and broadPeak (column 7) and gappedPeak (column 13), a number in
    column 4, else the score in column 5. Of several values ("6.2;5.6") it is the first. A column that holds
    positions inside the peaks (summits) is no signal.

    Returns
    -------
    DataFrame
        ``chrom`` (canonical name), ``start``, ``end`` (int64, 0-based half-open), ``signal`` (float32, NaN if
        the file has none). ``attrs['contigs']``: contig names as the file spells them.

    Raises
    ------
    InputError
        With ``file:line`` for a line that is not an interval.
    """
    with open_text(path, kind="peak file") as handle:
        skipped, first = _first_line(handle, path)
        separator = "\t" if "\t" in first else r"\s+"
        fields = first.split("\t") if separator == "\t" else first.split()
        column = _signal_column(fields, path)
        rest = io.StringIO(first.rstrip("\r\n") + "\n" + handle.read())
    wanted = [0, 1, 2] if column is None else [0, 1, 2, column]
    try:
        raw = pd.read_csv(
            rest,
            sep=separator,
            header=None,
            usecols=wanted,
            dtype={0: str, 1: np.int64, 2: np.int64, column or 3: str},
            comment="#",
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,  # a name that begins with a quotation mark must not swallow the lines below it
        )
        if raw.isna().to_numpy().any():
            raise ValueError("a line is too short")
    except (ValueError, OverflowError) as error:  # pandas' ParserError is a ValueError
        raise _fault(path, skipped, column) or InputError(f"not a peak file: {error}", where=path) from error
    frame = pd.DataFrame({"chrom": raw[0], "start": raw[1], "end": raw[2]})
    absurd = (frame["start"] < 0) | (frame["end"] < frame["start"]) | (frame["end"] > MOST) | (frame["chrom"] == "")
    wrong = np.flatnonzero(absurd)
    if len(wrong):
        raise _fault(path, skipped, column) or InputError("a peak ends before it starts", where=path)
    frame["signal"] = _signal(raw[column], frame, path, skipped, column) if column is not None else np.float32(np.nan)
    spelt = frame["chrom"].unique().tolist()
    frame["chrom"] = frame["chrom"].map({name: canonical_contig(name) for name in spelt})
    frame.attrs["contigs"] = spelt
    return frame[_COLUMNS]


def _first_line(handle: IO[str], path: str | Path) -> tuple[int, str]:
    """(lines before it, first line that holds data)."""
    for number, line in enumerate(handle):
        if line.strip() and not line.startswith(_NO_DATA):
            if len(line.split()) < 3:
                fix = "give BED: chrom, start, end, … separated by tabs"
                raise InputError("not a peak file: fewer than 3 columns", where=f"{path}:{number + 1}", fix=fix)
            return number, line
    raise InputError("holds no peak", where=path, fix="give BED: chrom, start, end, … separated by tabs")


def _signal_column(fields: list[str], path: str | Path) -> int | None:
    """Zero-based column that holds the signal, told from the file's name and its first line."""
    name, count = Path(path).name.lower(), len(fields)
    if "gappedpeak" in name and count >= 13:
        return 12
    if ("narrowpeak" in name or "broadpeak" in name) and count >= 7:
        return 6
    # ENCODE calls narrowPeak files .bed: column 7 is then a signal, not BED9's thickStart (a whole number).
    if count in (9, 10) and "," not in fields[8] and _number(fields[6]) is not None and not fields[6].isdigit():
        return 6
    if count >= 4 and _number(fields[3]) is not None:
        return 3
    return 4 if count >= 5 and _number(fields[4]) is not None else None


def _number(text: str) -> float | None:
    try:
        return float(text.split(";")[0])
    except ValueError:
        return None


def _signal(column: pd.Series, frame: pd.DataFrame, path: str | Path, skipped: int, place: int) -> np.ndarray:
    text = column.astype(str)
    if text.str.contains(";", regex=False).any():
        text = text.str.split(";").str[0]
    values = pd.to_numeric(text.where(text.str.strip() != ".", "nan"), errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(np.isnan(values) & ~text.str.lower().isin([".", "na", "nan"]).to_numpy())
    if len(bad):
        raise _fault(path, skipped, place) or InputError(f"signal is no number: {text[bad[0]]}", where=path)
    inside = (values >= frame["start"]) & (values <= frame["end"])
    if inside.mean() >= _POSITION_SHARE:
        values = np.full(len(values), np.nan)
    return np.where(np.isfinite(values), values, np.nan).astype(np.float32)


def _fault(path: str | Path, skipped: int, column: int | None) -> InputError | None:
    """The first line that is wrong, found by reading the file again slowly."""
    with open_text(path, kind="peak file") as handle:
        for number, line in enumerate(handle, start=1):
            if number <= skipped or not line.strip() or line.startswith("#"):
                continue
            fields = line.rstrip("\r\n").split("\t") if "\t" in line else line.split()
            what = _wrong(fields, column)
            if what:
                return InputError(what, where=f"{path}:{number}", fix="give BED: chrom, start, end, … as numbers")
    return None


def _wrong(fields: list[str], column: int | None) -> str | None:
    if len(fields) < max(3, (column or 0) + 1):
        return f"{len(fields)} columns, at least {max(3, (column or 0) + 1)} expected"
    if not fields[0].strip():
        return "the contig's name is empty"
    start, end = fields[1].strip()[:40], fields[2].strip()[:40]
    first, last = position_of(start.removeprefix("-")), position_of(end.removeprefix("-"))
    if first is None or last is None:
        return f"start and end are not whole numbers: {start!r}, {end!r}"
    if start.startswith("-") or end.startswith("-") or last < first:
        return f"not an interval: {start} to {end}"
    if column is not None and _number(fields[column]) is None and fields[column].lower() not in (".", "na", "nan"):
        return f"signal is no number: {fields[column][:60]!r}"
    return None
