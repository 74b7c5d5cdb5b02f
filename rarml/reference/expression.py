"""Expression tables (genes x samples, linear TPM or nTPM) of untreated cells and tissues."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.gene_names import GeneNames

_TEXT_COLUMNS = frozenset({"symbol", "gene name", "gene_name", "description", "gene symbol", "name", "gene_symbol"})
_LONG_SAMPLE = ("Cell line", "Tissue", "Immune cell", "Sample")
_LONG_VALUE = ("nTPM", "NX", "TPM")
_LONGEST_HEADER = 10_000_000
_MISSING = frozenset({"", "na", "nan", "."})


def read_expression(path: str | Path) -> pd.DataFrame:
    """Read an expression table, tab or comma separated, plain or gzip.

    Wide tables have gene ids in the first column and one column per sample (a symbol or description column is
    passed over; GCT is understood). Long tables are those of the Human Protein Atlas: ``Gene, Gene name, Cell
    line (or Tissue), …, nTPM``.

    Returns
    -------
    DataFrame
        Index ``gene_id`` (as written: map it with `map_expression`), one float32 column per sample; a missing
        value stays NaN.

    Raises
    ------
    InputError
        With ``file:line``: no sample column, a sample named twice, a value that is no number, negative
        (log-transformed) or infinite, a row of another length.
    """
    with open_text(path, kind="expression table") as handle:
        lines = handle.read().splitlines()
    first = 2 if lines and lines[0].startswith("#1.") else 0  # GCT: version, then the dimensions
    if len(lines) < first + 2:
        raise InputError("holds no gene", where=path, fix="give genes in rows and samples in columns")
    delimiter = "\t" if "\t" in lines[first] else ","
    if len(lines[first]) > _LONGEST_HEADER:
        raise InputError("the header is absurdly long", where=f"{path}:{first + 1}", fix="is it a text table?")
    header = [name.strip() for name in lines[first].replace('"', "").split(delimiter)]
    if len(header) < 2:
        fix = "separate columns by tab or comma; genes in rows, samples in columns"
        raise InputError("has one column only", where=f"{path}:{first + 1}", fix=fix)
    reader = csv.reader(lines[first + 1 :], delimiter=delimiter)
    try:
        body = list(enumerate(reader, start=first + 2))
    except csv.Error as error:
        where = f"{path}:{first + 1 + reader.line_num}"
        raise InputError(f"not a table: {error}", where=where, fix="is a quotation mark left open?") from error
    if reader.line_num != len(body):
        raise InputError("a quotation mark is closed on another line than it opens", where=path, fix="remove it")
    rows = [(number, row) for number, row in body if row]
    if not rows:
        raise InputError("holds no gene", where=path, fix="give genes in rows and samples in columns")
    if len(rows[0][1]) == len(header) + 1:  # R's write.table leaves the name of the first column out
        header = ["gene_id", *header]
    for number, row in rows:
        if len(row) != len(header):
            raise InputError(f"{len(row)} columns, the header has {len(header)}", where=f"{path}:{number}")
    if header[0] == "Gene" and any(name in header for name in _LONG_SAMPLE):
        return _pivot(header, rows, path)
    return _wide(header, rows, path)


def map_expression(table: pd.DataFrame, names: GeneNames) -> tuple[pd.DataFrame, dict[str, int]]:
    """Bring a table to the annotation's genes.

    Rows that are one gene are added up (TPM of parts of a gene add); genes that are not in the annotation are
    left out.

    Returns
    -------
    table : DataFrame
        Index ``gene_id``, sorted; float32.
    counts : dict of str to int
        ``read, mapped, ambiguous, unmapped, duplicated`` rows.
    """
    found = names.resolve(table.index)
    mapped = (found["status"] == "mapped").to_numpy()
    genes = found.loc[mapped, "gene_id"]
    counts = {
        "read": len(table),
        "mapped": int(mapped.sum()),
        "ambiguous": int((found["status"] == "ambiguous").sum()),
        "unmapped": int((found["status"] == "unmapped").sum()),
        "duplicated": int(genes.duplicated().sum()),
    }
    kept = table[mapped].set_axis(pd.Index(genes, name="gene_id"))
    if counts["duplicated"]:
        kept = kept.groupby(level=0).sum(min_count=1)
    return kept.sort_index().astype(np.float32), counts


def _wide(header: list[str], rows: list[tuple[int, list[str]]], path: str | Path) -> pd.DataFrame:
    places = [place for place, name in enumerate(header) if place and name.lower() not in _TEXT_COLUMNS]
    samples = [header[place] for place in places]
    if not samples:
        raise InputError("has no sample column", where=path, fix="give one column per sample")
    twice = next((name for place, name in enumerate(samples) if name in samples[:place]), None)
    if twice is not None:
        raise InputError(f"sample {twice!r} stands twice in the header", where=path, fix="give each its own name")
    values = np.empty((len(rows), len(places)), dtype=np.float32)
    for place, (number, row) in enumerate(rows):
        values[place] = _numbers([row[column] for column in places], samples, f"{path}:{number}")
    return pd.DataFrame(values, index=pd.Index([row[0].strip() for _, row in rows], name="gene_id"), columns=samples)


def _pivot(header: list[str], rows: list[tuple[int, list[str]]], path: str | Path) -> pd.DataFrame:
    sample = header.index(next(name for name in _LONG_SAMPLE if name in header))
    value = next((header.index(name) for name in _LONG_VALUE if name in header), None)
    if value is None:
        raise InputError("has no value column", where=path, fix=f"one of {', '.join(_LONG_VALUE)} is needed")
    numbers = [_numbers([row[value]], [row[sample]], f"{path}:{line}")[0] for line, row in rows]
    long = pd.DataFrame({"gene_id": [row[0] for _, row in rows], "sample": [row[sample] for _, row in rows]})
    twice = np.flatnonzero(long.duplicated())
    if len(twice):
        line, row = rows[twice[0]]
        raise InputError(f"{row[0]} in {row[sample]} stands twice", where=f"{path}:{line}", fix="keep one of them")
    long["value"] = np.array(numbers, dtype=np.float32)
    table = long.pivot(index="gene_id", columns="sample", values="value")  # noqa: PD010 - no values are combined
    table.columns.name = None
    return table[list(dict.fromkeys(long["sample"]))]


def _numbers(texts: list[str], samples: list[str], where: str) -> np.ndarray:
    try:
        values = np.array(texts, dtype=np.float64)
    except ValueError:
        values = np.array([_number(text, sample, where) for text, sample in zip(texts, samples, strict=True)])
    wrong = np.flatnonzero((values < 0) | np.isinf(values))
    if len(wrong):
        what = f"value {texts[wrong[0]]} of sample {samples[wrong[0]]!r} is negative or infinite"
        raise InputError(what, where=where, fix="give linear values (TPM, nTPM), not logarithms")
    return values


def _number(text: str, sample: str, where: str) -> float:
    if text.strip().lower() in _MISSING:
        return float("nan")
    try:
        return float(text)
    except ValueError as error:
        what = f"value {text!r} of sample {sample!r} is no number"
        raise InputError(what, where=where, fix="give numbers, or leave it empty") from error
