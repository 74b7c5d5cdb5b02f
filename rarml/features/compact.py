"""Small, deterministic Parquet: values rounded to what they are worth, rows that say nothing left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray

ROW = "gene_row"
KEPT_BITS = 8
"""Bits kept after the leading one: values are within 0.2 % of what was computed, closer than three decimal digits."""
_FEW_VALUES = 24
_LEVEL = 19


def round_significant(values: ArrayLike, bits: int = KEPT_BITS) -> NDArray[np.float32]:
    """Round float32 values to `bits` binary digits after the leading one (to even on ties).

    Powers of two, NaN, 0 and whole numbers up to ``2 ** (bits + 1)`` stay exact; the relative error is at most
    ``2 ** -(bits + 1)``. Rounding twice changes nothing.
    """
    table = np.array(values, dtype=np.float32)  # always a copy
    raw = table.view(np.uint32)
    drop = np.uint32(23 - bits)
    last = (raw >> drop) & np.uint32(1)
    rounded = (raw + (np.uint32(1) << (drop - np.uint32(1))) - np.uint32(1) + last) >> drop << drop
    table.view(np.uint32)[...] = np.where(np.isfinite(table), rounded, raw)
    return table


def write_values(frame: pd.DataFrame, path: Path) -> None:
    """Write float32 columns for the rows that hold any value, with their row numbers in `ROW`.

    Columns of few distinct values are stored as a dictionary; the others split by byte, so that the bytes that
    rounding cleared cost nothing. The same values give the same bytes with one version of pyarrow.
    """
    values = frame.to_numpy(dtype=np.float32)
    rows = np.flatnonzero(~np.isnan(values).all(axis=1)).astype(np.int32)
    values = values[rows]
    columns = {str(name): pa.array(values[:, number]) for number, name in enumerate(frame.columns)}
    few = [name for name, column in columns.items() if len(column.unique()) <= _FEW_VALUES]
    encoding = {name: "BYTE_STREAM_SPLIT" for name in columns if name not in set(few)}
    write_parquet(pa.table({ROW: pa.array(rows), **columns}), path, few, {ROW: "DELTA_BINARY_PACKED", **encoding})


def read_values(path: Path, genes: pd.Index, columns: list[str] | None = None) -> pd.DataFrame:
    """Read what `write_values` wrote, one row per gene of `genes`; only `columns` if given."""
    wanted = None if columns is None else [ROW, *columns]
    table = pq.read_table(path, columns=wanted, memory_map=True)
    names = [name for name in table.column_names if name != ROW] if columns is None else columns
    rows = table[ROW].to_numpy()
    if len(rows) and (rows.min() < 0 or rows.max() >= len(genes) or len(np.unique(rows)) != len(rows)):
        raise ValueError(f"{path.name} is of other rows than the genes")
    values = np.full((len(names), len(genes)), np.nan, dtype=np.float32)
    for number, name in enumerate(names):
        values[number, rows] = table[name].to_numpy()
    return pd.DataFrame(values.T, index=genes, columns=names, copy=False)


def write_parquet(table: pa.Table, path: Path, dictionary: list[str], encoding: dict[str, str]) -> None:
    """Write one row group with zstd, no statistics, no time stamps, no pandas metadata."""
    pq.write_table(
        table,
        path,
        row_group_size=max(1, len(table)),
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=dictionary or False,
        column_encoding=encoding or None,
        write_statistics=False,
        store_schema=False,
        data_page_size=1 << 24,
    )
