"""Called sites as a folder of Parquet files, one folder per contig: what cluster engines and DuckDB read in parts.

The layout is Hive's: ``sites/chrom=chr1/part-0.parquet``, without the column `chrom`, which the folder's name tells.
`pyarrow.dataset`, polars (``hive_partitioning=True``) and DuckDB (``hive_partitioning = true``) read it as one table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import atomic_folder

if TYPE_CHECKING:
    import pyarrow.parquet as pq

KEY = "chrom"
_LONGEST_NAME = 255  # bytes that common file systems allow


def write_dataset(tables: Iterable[pd.DataFrame], path: str | Path, *, overwrite: bool = False) -> int:
    """Write tables one after another into a folder by contig; it appears only when all are written.

    One file is open at a time. A contig that comes again later gets another part.

    Parameters
    ----------
    tables : iterable of DataFrame
        With a column `chrom`; contigs may change within a table.
    path : str or Path
        Folder to write.
    overwrite : bool
        Replace an existing folder once the new one is whole.

    Returns
    -------
    int
        Number of rows.

    Raises
    ------
    InputError
        If the folder exists and `overwrite` is false, or the name of a contig is too long for a folder.
    """
    rows, parts = 0, dict[str, int]()
    with atomic_folder(path, overwrite=overwrite) as folder:
        writer: pq.ParquetWriter | None = None
        current: str | None = None
        try:
            for contig, run in _runs(tables):
                if writer is None or contig != current:
                    if writer is not None:
                        writer.close()
                    current, parts[contig] = contig, parts.get(contig, -1) + 1
                    writer = _open(_file(folder, contig, parts[contig]), run)
                _write(writer, run)
                rows += len(run)
        finally:
            if writer is not None:
                writer.close()
    return rows


def _runs(tables: Iterable[pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Stretches of rows of one contig, in order."""
    for table in tables:
        if table.empty:
            continue
        names = table[KEY].to_numpy(dtype=object)
        begins = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
        content = table.drop(columns=KEY)
        for begin, end in zip(begins, np.append(begins[1:], len(names)), strict=True):
            yield str(names[begin]), content.iloc[begin:end]


def _file(folder: Path, contig: str, part: int) -> Path:
    """The file of one part; readers undo the percent signs of characters that a name must not have."""
    name = f"{KEY}={quote(contig, safe='')}"
    if len(name) > _LONGEST_NAME:
        raise InputError(
            f"the name of a sequence is too long for a folder: {contig[:60]!r}…",
            where=folder,
            fix="shorten it, or write one file without --by-contig",
        )
    (folder / name).mkdir(exist_ok=True)
    return folder / name / f"part-{part}.parquet"


def _open(file: Path, table: pd.DataFrame) -> pq.ParquetWriter:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.Schema.from_pandas(table, preserve_index=False).remove_metadata()
    # a text column that is empty in all of these rows is a text column still, so that the parts fit together
    for number, field in enumerate(schema):
        if pa.types.is_null(field.type):
            schema = schema.set(number, field.with_type(pa.string()))
    return pq.ParquetWriter(file, schema, compression="zstd")


def _write(writer: pq.ParquetWriter, table: pd.DataFrame) -> None:
    import pyarrow as pa

    writer.write_table(pa.Table.from_pandas(table, schema=writer.schema, preserve_index=False))
