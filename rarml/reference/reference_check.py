"""Is a reference folder what its manifest says? Parts, columns, types and lengths must fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api import types

from rarml.core.errors import InputError

if TYPE_CHECKING:
    from rarml.reference.store import Reference

REBUILD = "build the reference again with rarml reference build --overwrite"
_LONGEST_WINDOW = 10_000_000
_ALWAYS = ("genes.parquet", "promoters.parquet", "names.parquet")
_SEQUENCES = ("sequences/bases.npy", "sequences/unknown.npy", "sequences/soft.npy")
_TRACKS = ("tracks/tracks.parquet", "tracks/open_chromatin.parquet")
_TEXT, _WHOLE, _TRUTH = "text", "whole numbers", "truth values"
_GENES = {
    "symbol": _TEXT, "chrom": _TEXT, "strand": _TEXT, "tss": _WHOLE, "tss_source": _TEXT, "n_promoters": _WHOLE,
    "tier": _TEXT, "has_sequence": _TRUTH,
}  # fmt: skip
_PROMOTERS = {
    "gene_id": _TEXT, "chrom": _TEXT, "strand": _TEXT, "tss": _WHOLE, "source": _TEXT, "is_primary": _TRUTH,
    "transcript_id": _TEXT, "n_merged": _WHOLE, "start": _WHOLE, "end": _WHOLE, "bases_known": _WHOLE,
}  # fmt: skip
_SPANS = {"chrom": _TEXT, "start": _WHOLE, "end": _WHOLE}


def check_manifest(manifest: dict[str, Any], where: str) -> None:
    """Raise `InputError` unless the manifest holds what opening a reference relies on, of the right kinds."""
    files, window = manifest.get("files"), manifest.get("window")
    if not isinstance(files, dict):
        raise InputError("is damaged: it lists no files", where=where, fix=REBUILD)
    whole = isinstance(window, list) and len(window) == 2 and all(type(edge) is int for edge in window)
    if not whole or not all(0 <= edge <= _LONGEST_WINDOW for edge in window or []) or not sum(window or []):
        raise InputError(f"is damaged: its window is {str(window)[:60]}", where=where, fix=REBUILD)
    for key, kind in (("assembly", str), ("digest", str), ("sequence", bool), ("settings", dict), ("lines", list)):
        if not isinstance(manifest.get(key), kind):
            raise InputError(f"is damaged: it lacks {key!r}", where=where, fix=REBUILD)
    needed = [*_ALWAYS, *(_SEQUENCES if manifest["sequence"] else ())]
    needed += _TRACKS if any(name.startswith("tracks/") for name in files) else ()
    for name in needed:
        if name not in files:
            raise InputError(f"is damaged: it does not list {name!r}", where=where, fix=REBUILD)


def check_parts(reference: Reference) -> None:
    """Raise `InputError`, naming the file, unless the parts of an opened reference have the shapes that fit."""

    def fail(name: str, what: str) -> None:
        raise InputError(f"does not fit the reference: {what}", where=reference.path / name, fix=REBUILD)

    def columns(name: str, table: pd.DataFrame, wanted: dict[str, str]) -> None:
        for column, kind in wanted.items():
            if column not in table.columns:
                fail(name, f"it has no column {column!r}")
            if not _is(table[column], kind):
                fail(name, f"column {column!r} does not hold {kind}")

    genes, promoters = reference.genes, reference.promoters
    columns("genes.parquet", genes, _GENES)
    columns("promoters.parquet", promoters, _PROMOTERS)
    if not genes.index.is_unique:
        fail("genes.parquet", "a gene stands in it twice")
    if set(promoters["gene_id"]) != set(genes.index) or int(promoters["is_primary"].sum()) != len(genes):
        fail("promoters.parquet", "its genes are not those of genes.parquet, with one primary promoter each")
    n = len(promoters)
    if reference.sequences is not None and set(reference.sequences.rows) != {n}:
        fail(_SEQUENCES[0], f"it has rows for {min(reference.sequences.rows):,} promoters, there are {n:,}")
    if reference.tracks is not None:
        columns(_TRACKS[1], reference.tracks.open_chromatin, _SPANS)
        columns(_TRACKS[0], reference.tracks.tracks, {"track": _TEXT, "cell": _TEXT, "mark": _TEXT})
        for name, values in reference.tracks.metrics.items():
            if values.shape != (n, len(reference.tracks.tracks)) or values.dtype != np.float32:
                fail(f"tracks/{name}.npy", f"it is of shape {values.shape} and type {values.dtype}")
    if reference.expression is not None and not all(map(types.is_float_dtype, reference.expression.dtypes)):
        fail("expression.parquet", "a level is no number")
    if reference.cpg_islands is not None:
        columns("cpg_islands.parquet", reference.cpg_islands, _SPANS)


def _is(values: pd.Series, kind: str) -> bool:
    if not values.notna().any() and (kind == _TEXT or values.empty):
        return True  # a column of nothing has any type
    if kind == _WHOLE:
        return types.is_integer_dtype(values)
    if kind == _TRUTH:
        return types.is_bool_dtype(values)
    return types.is_string_dtype(values)
