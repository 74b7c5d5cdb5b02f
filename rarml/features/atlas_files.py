"""The atlas on disk: a manifest with the SHA-256 of every file, and Parquet. Loading executes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rarml.core.errors import BundleError, InputError, did_you_mean
from rarml.core.files import atomic_folder, read_json, sha256_file, write_json
from rarml.core.members import MEND, member, require_plain
from rarml.core.parquet import parquet_faults
from rarml.core.steady import state_of, steady, unchanged
from rarml.core.swap import recover
from rarml.features.atlas_table import FORMAT, FORMAT_VERSION, Atlas
from rarml.features.compact import ROW, read_values, write_parquet, write_values
from rarml.features.registry import block_of, check_blocks
from rarml.reference.gene_names import GeneNames

MANIFEST = "manifest.json"
_GENES, _NAMES, _SITES = "genes.parquet", "names.parquet", "sites.parquet"
_FEW_TEXTS = 5000


def write_atlas(atlas: Atlas, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write an atlas folder; the same atlas gives the same bytes with one version of pyarrow.

    Raises
    ------
    InputError
        If `path` exists and `overwrite` is false.
    """
    with atomic_folder(path, overwrite=overwrite) as folder:
        _write_table(atlas.genes.reset_index(), folder / _GENES)
        atlas.names.write(folder / _NAMES)
        sites = atlas.sites
        rows = atlas.genes.index.get_indexer(pd.Index(sites["gene_id"])).astype(np.int32)
        _write_table(sites.drop(columns="gene_id").assign(**{ROW: rows}), folder / _SITES)
        for block in atlas.manifest["blocks"]:
            own = [name for name in atlas.features.columns if block_of(name) == block]
            write_values(atlas.features[own], folder / f"{block}.parquet")
        files = {file.name: sha256_file(file) for file in sorted(folder.iterdir())}
        write_json(folder / MANIFEST, {**atlas.manifest, "files": files})
    return Path(path)


def load_atlas(path: str | Path, columns: Sequence[str] | None = None) -> Atlas:
    """Read an atlas.

    Parameters
    ----------
    path : path
        An atlas folder, or a reference folder that holds one as ``atlas/``.
    columns : sequence of str, optional
        Feature columns to read, in the order wanted; all if None. Reading few is faster.

    Raises
    ------
    InputError
        If there is no atlas at `path`, or it lacks a column (with a suggestion).
    BundleError
        If it is of another format version, or a file is missing or not as it was written; the file is named. One that
        is replaced meanwhile is read again; `Atlas.names` and `Atlas.sites`, which are read when first asked for, are
        an `InputError` if it was replaced since.
    """
    recover(Path(path))
    folder = find_atlas(path)
    return steady(folder / MANIFEST, lambda: _load(folder, columns))


def _load(folder: Path, columns: Sequence[str] | None) -> Atlas:
    opened = state_of(folder / MANIFEST)
    manifest = _checked_manifest(folder)
    try:
        genes = _read_table(folder / _GENES).set_index("gene_id")
        if not genes.index.is_unique or not all(isinstance(gene, str) for gene in genes.index):
            raise ValueError("genes.parquet is not one row per gene")
        features = _read_features(folder, manifest, genes.index, None if columns is None else list(columns))
    except parquet_faults() as error:
        # a table that fits its digest and is none: the folder was made to look like an atlas
        raise BundleError(f"holds no readable tables: {str(error)[:120]}", where=folder, fix=MEND) from error
    return Atlas(
        folder,
        manifest,
        genes,
        features,
        lambda: unchanged(folder / MANIFEST, opened, lambda: GeneNames.read(folder / _NAMES)),
        lambda: unchanged(folder / MANIFEST, opened, lambda: _read_sites(folder / _SITES, genes.index)),
    )


def find_atlas(path: str | Path) -> Path:
    """The atlas folder at `path` or in ``path/atlas``; an `InputError` if there is none."""
    start = Path(path)
    for folder in (start, start / "atlas"):
        if (folder / MANIFEST).is_file():
            manifest = read_json(require_plain(folder / MANIFEST))
            if isinstance(manifest, dict) and manifest.get("format") == FORMAT:
                return folder
    raise InputError(
        "holds no feature atlas", where=start, fix="give a folder made by `rarml reference build`, or models/atlas"
    )


def atlas_columns(path: str | Path) -> list[str]:
    """All feature columns of the atlas at `path`, without reading a value."""
    folder = find_atlas(path)
    return [name for names in _stored_columns(folder, _checked_manifest(folder)).values() for name in names]


def _checked_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = read_json(require_plain(folder / MANIFEST))
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise BundleError(
            f"atlas format version {version}, this rarml reads {FORMAT_VERSION}",
            where=folder,
            fix="build the atlas again, or install the rarml that wrote it",
        )
    for key in ("blocks", "files"):
        if not isinstance(manifest.get(key), dict):
            raise BundleError(f"is damaged: it lacks {key!r}", where=folder / MANIFEST, fix=MEND)
    for name in manifest["blocks"]:
        if not name.isidentifier():
            raise BundleError(f"names a file outside its folder: {name[:80]!r}", where=folder / MANIFEST, fix=MEND)
    expected = {_GENES, _NAMES, _SITES, *(f"{block}.parquet" for block in manifest["blocks"])}
    for name in sorted(expected | set(manifest["files"])):
        if not (folder / name).exists():
            raise BundleError("is missing from the atlas", where=folder / name, fix="copy the whole folder again")
        file = member(folder, name, manifest["files"].get(name))
        if sha256_file(file) != manifest["files"].get(name):
            raise BundleError("has changed since it was written", where=file, fix="copy the whole folder again")
    # JSON is written with sorted keys; the blocks have an order of their own.
    manifest["blocks"] = {
        name: manifest["blocks"][name] for name in check_blocks(manifest["blocks"], where=str(folder))
    }
    return manifest


def _stored_columns(folder: Path, manifest: dict[str, Any]) -> dict[str, list[str]]:
    return {
        block: [name for name in pq.read_schema(folder / f"{block}.parquet").names if name != ROW]
        for block in manifest["blocks"]
    }


def _read_features(folder: Path, manifest: dict[str, Any], genes: pd.Index, columns: list[str] | None) -> pd.DataFrame:
    stored = _stored_columns(folder, manifest)
    known = [name for names in stored.values() for name in names]
    wanted = known if columns is None else columns
    here = set(known)
    for name in wanted:
        if name not in here:
            raise InputError(f"no feature column {name!r}", where=folder, fix=did_you_mean(name, known))
    asked = set(wanted)
    parts = []
    for block, names in stored.items():
        chosen = [name for name in names if name in asked]
        if chosen:
            parts.append(read_values(folder / f"{block}.parquet", genes, chosen))
    whole = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=genes)
    return whole if list(whole.columns) == wanted else whole[wanted]


def _read_sites(file: Path, genes: pd.Index) -> pd.DataFrame:
    try:
        sites = _read_table(file)
        rows = sites.pop(ROW).to_numpy(dtype=np.int64)
        if len(rows) and rows.min() < 0:
            raise ValueError("a row number is negative")
        sites.insert(0, "gene_id", genes.to_numpy(dtype=object)[rows])
    except parquet_faults() as error:
        raise BundleError(f"is no readable table of sites: {str(error)[:120]}", where=file, fix=MEND) from error
    return sites


def _write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of texts, whole numbers, truth values and rounded floats, each in its smallest encoding."""
    fields, dictionary, encoding = {}, [], {}
    for name in map(str, frame.columns):
        values = frame[name]
        if pd.api.types.is_bool_dtype(values):
            fields[name] = pa.array(values, pa.bool_(), from_pandas=True)
        elif pd.api.types.is_integer_dtype(values):
            fields[name], encoding[name] = pa.array(values.to_numpy(dtype=np.int64)), "DELTA_BINARY_PACKED"
        elif pd.api.types.is_float_dtype(values):
            fields[name], encoding[name] = pa.array(values.to_numpy(dtype=np.float32)), "BYTE_STREAM_SPLIT"
        else:
            fields[name] = pa.array(values.astype(object), pa.string(), from_pandas=True)
            if values.nunique() <= _FEW_TEXTS:
                dictionary.append(name)
            else:
                encoding[name] = "DELTA_BYTE_ARRAY"
    write_parquet(pa.table(fields), path, dictionary, encoding)


def _read_table(path: Path) -> pd.DataFrame:
    table = pq.read_table(path)
    return pd.DataFrame({name: _column(table[name]) for name in table.column_names})


def _column(column: pa.ChunkedArray) -> Any:
    if pa.types.is_string(column.type):
        return pd.Series(column.to_pylist(), dtype=None if column.null_count < len(column) else object)
    if pa.types.is_boolean(column.type) and column.null_count:
        return pd.array(column.to_pylist(), dtype="boolean")
    return column.to_numpy()
