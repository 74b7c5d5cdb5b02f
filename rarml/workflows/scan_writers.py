"""A table of sites on disk: BED6+, TSV, GFF3 or Parquet, told by the name of the file."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import atomic_file
from rarml.core.lock import output_lock
from rarml.workflows.scan_dataset import write_dataset

FORMATS = {".bed": "BED6+", ".tsv": "TSV", ".gff3": "GFF3", ".gff": "GFF3", ".parquet": "Parquet"}
_BED_FIRST = ["chrom", "start", "end", "element_name", "bed_score", "strand"]


def format_of(path: str | Path) -> str:
    """'BED6+', 'TSV', 'GFF3' or 'Parquet', by suffix (``.gz`` may follow the text formats)."""
    name = Path(path).name.lower()
    stem = name.removesuffix(".gz")
    kind = FORMATS.get(Path(stem).suffix)
    if kind is None or (kind == "Parquet" and name.endswith(".gz")):
        raise InputError(
            "unknown output format", where=path, fix="end the name in .bed, .tsv, .gff3 (each may have .gz) or .parquet"
        )
    return kind


def require_format(path: str | Path, *, by_contig: bool = False) -> str:
    """`format_of`, and an `InputError` where parts by contig are asked of a format that has none."""
    kind = format_of(path)
    if by_contig and kind != "Parquet":
        raise InputError(f"{kind} is not written by contig", where=path, fix="end the name in .parquet")
    return kind


def write_sites(
    tables: Iterable[pd.DataFrame], path: str | Path, *, overwrite: bool = False, by_contig: bool = False
) -> int:
    """Write tables one after another; the file appears only when all are written. Returns the number of rows.

    BED and TSV are 0-based half-open with a header line (BED: ``#chrom``), GFF3 is 1-based closed. With `by_contig` a
    folder of Parquet files takes the place of the file (`rarml.workflows.scan_dataset`).
    """
    target = Path(path)
    kind = require_format(target, by_contig=by_contig)
    if by_contig:
        return write_dataset(tables, target, overwrite=overwrite)
    if target.exists() and not overwrite:
        raise InputError("exists already", where=target, fix="choose another --out, or replace it with --overwrite")
    with output_lock(target), atomic_file(target) as temporary:
        if kind == "Parquet":
            return _write_parquet(tables, temporary)
        if target.name.endswith(".gz"):
            # no name and no time in the gzip header: the same sites give the same bytes
            with temporary.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
                import io

                with io.TextIOWrapper(packed, encoding="utf-8", newline="") as handle:
                    return _write_text(tables, handle, kind)
        with temporary.open("w", encoding="utf-8", newline="") as handle:
            return _write_text(tables, handle, kind)


def _write_text(tables: Iterable[pd.DataFrame], handle: IO[str], kind: str) -> int:
    rows = 0
    for table in tables:
        if kind == "GFF3":
            if not rows:
                handle.write("##gff-version 3\n")
            handle.writelines(_gff_lines(table))
        else:
            shown = _bed_table(table) if kind == "BED6+" else table
            shown.to_csv(
                handle, sep="\t", index=False, header=not rows, float_format="%.4g", lineterminator="\n", na_rep="NA"
            )
        rows += len(table)
    if not rows and kind == "GFF3":
        handle.write("##gff-version 3\n")
    return rows


def _bed_table(table: pd.DataFrame) -> pd.DataFrame:
    """Name is the element, score is -100 log10 p (at most 1000); then all other columns."""
    points = np.minimum(1000, np.rint(-100 * np.log10(np.maximum(table["pvalue"], 1e-300)))).astype(int)
    shown = table.assign(bed_score=points)
    shown = shown[_BED_FIRST + [column for column in table.columns if column not in _BED_FIRST]]
    return shown.rename(columns={"chrom": "#chrom", "element_name": "name", "bed_score": "score_1000"})


def _gff_lines(table: pd.DataFrame) -> Iterable[str]:
    extra = [name for name in table.columns if name not in ("chrom", "start", "end", "strand", "score")]
    for row in table.to_dict("records"):
        pairs = [f"Name={row['type']}"]
        pairs += [f"{name}={_gff_text(row[name])}" for name in extra if name != "type" and _gff_text(row[name])]
        place = (row["chrom"], "rarml", "TF_binding_site", str(row["start"] + 1), str(row["end"]))
        yield "\t".join((*place, f"{row['score']:.2f}", row["strand"], ".", ";".join(pairs))) + "\n"


def _gff_text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.4g}"
    text = "" if value is None or value is pd.NA else str(value)
    return text.replace("%", "%25").replace(";", "%3B").replace("=", "%3D").replace("&", "%26").replace(",", "%2C")


def _write_parquet(tables: Iterable[pd.DataFrame], path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows, writer = 0, None
    try:
        for table in tables:
            content = pa.Table.from_pandas(table, preserve_index=False)
            content = content.replace_schema_metadata(None)
            if writer is None:
                writer = pq.ParquetWriter(path, content.schema, compression="zstd")
            writer.write_table(content.cast(writer.schema))
            rows += len(table)
    finally:
        if writer is not None:
            writer.close()
    return rows
