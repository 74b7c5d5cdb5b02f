"""The `Reference`: a folder that is built once, checked by digests and memory-mapped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import read_json, sha256_file
from rarml.core.members import member, require_plain
from rarml.core.parquet import parquet_faults, read_parquet
from rarml.core.steady import steady
from rarml.core.swap import recover
from rarml.reference.gene_ids import GeneNames
from rarml.reference.reference_check import REBUILD as _REBUILD
from rarml.reference.reference_check import check_manifest, check_parts
from rarml.reference.sequences import PromoterSequences
from rarml.reference.tracks import TrackSummary

FORMAT_VERSION = 1
MANIFEST_NAME = "manifest.json"
KIND = "rarml reference"


@dataclass(frozen=True)
class Reference:
    """Everything about genes that does not depend on labels.

    Attributes
    ----------
    path : Path
        Folder; absent parts are None.
    manifest : dict
        ``assembly, window, settings, inputs`` (name and sha256 each), ``digest`` (of inputs and settings), ``files``
        (sha256 each), ``counts, dropped, lines, soft_masked``.
    genes : DataFrame
        Index ``gene_id``; ``symbol, chrom, strand, tss`` (0-based, of the primary promoter), ``tss_source``,
        ``n_promoters, tier`` ('A', 'B' or ''), ``has_sequence`` (half of a promoter window's bases are known).
    promoters : DataFrame
        RangeIndex, one row per promoter, sorted by gene, the primary first: ``gene_id, chrom, strand, tss, source,
        is_primary, transcript_id, n_merged, start, end`` (window, 0-based half-open), ``bases_known``.
    names : GeneNames
        Resolves identifiers.
    sequences : PromoterSequences or None
        Row i belongs to row i of `promoters`.
    tracks : TrackSummary or None
        Row i of its metrics belongs to row i of `promoters`.
    expression : DataFrame or None
        Index ``gene_id``, one float32 column per untreated sample.
    cpg_islands : DataFrame or None
        ``chrom, start, end`` (0-based half-open).
    """

    path: Path
    manifest: dict[str, Any]
    genes: pd.DataFrame
    promoters: pd.DataFrame
    names: GeneNames
    sequences: PromoterSequences | None
    tracks: TrackSummary | None
    expression: pd.DataFrame | None
    cpg_islands: pd.DataFrame | None

    @property
    def window(self) -> tuple[int, int]:
        """Bases upstream of the TSS and from it on."""
        up, down = self.manifest["window"]
        return int(up), int(down)

    @property
    def assembly(self) -> str:
        """Canonical name, see `rarml.reference.contigs.canonical_assembly`."""
        return str(self.manifest["assembly"])

    @property
    def digest(self) -> str:
        """SHA-256 of all inputs' content and all settings."""
        return str(self.manifest["digest"])

    @property
    def lines(self) -> list[str]:
        """The report of the build, a line each."""
        return list(self.manifest["lines"])

    @classmethod
    def open(cls, path: str | Path, *, verify: bool = True) -> Reference:
        """Open a folder that `build_reference` wrote.

        Parameters
        ----------
        path : str or Path
            The folder.
        verify : bool
            Compare every file with its digest first (about 0.2 s for 100 MB).

        Raises
        ------
        InputError
            If it is no reference, of another format version, or a file (named) is missing or changed. One that is
            rebuilt meanwhile is read again; one that was opened stays as it was, whatever then stands in its place
            (tables are in memory, and a memory map keeps the file it was made of).
        """
        folder = Path(path)
        recover(folder)
        return steady(folder / MANIFEST_NAME, lambda: cls._open(folder, verify=verify))

    @classmethod
    def _open(cls, folder: Path, *, verify: bool) -> Reference:
        manifest = read_reference_manifest(folder)
        files = manifest["files"]
        if verify:
            verify_files(folder, files)
        reference = cls(
            folder,
            manifest,
            _table(folder, "genes.parquet", index="gene_id"),
            _table(folder, "promoters.parquet"),
            GeneNames.read(folder / "names.parquet"),
            PromoterSequences.open(folder / "sequences", tuple(manifest["window"])) if manifest["sequence"] else None,
            _tracks(folder, files) if "tracks/tracks.parquet" in files else None,
            _table(folder, "expression.parquet", index="gene_id") if "expression.parquet" in files else None,
            _table(folder, "cpg_islands.parquet") if "cpg_islands.parquet" in files else None,
        )
        check_parts(reference)
        return reference


def read_reference_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a reference folder.

    Raises
    ------
    InputError
        If there is none, or it is of another format version.
    """
    if not is_reference(folder):
        raise InputError("is no rarml reference", where=folder, fix="make one with rarml reference build")
    file = folder / MANIFEST_NAME
    manifest: dict[str, Any] = read_json(require_plain(file))
    if manifest.get("format_version") != FORMAT_VERSION:
        raise InputError(
            f"has format version {manifest.get('format_version')}, this rarml reads {FORMAT_VERSION}",
            where=file,
            fix=_REBUILD,
        )
    check_manifest(manifest, str(file))
    return manifest


def is_reference(folder: Path) -> bool:
    """Whether the folder holds the manifest of a reference, of whatever version."""
    try:
        manifest = read_json(folder / MANIFEST_NAME)
    except InputError:
        return False
    return isinstance(manifest, dict) and manifest.get("kind") == KIND


def verify_files(folder: Path, files: dict[str, str]) -> None:
    """Hold every file against its SHA-256.

    Raises
    ------
    InputError
        Naming the first file that is missing or changed.
    """
    for name, digest in sorted(files.items()):
        if not (folder / name).exists():
            raise InputError("is missing", where=folder / name, fix=_REBUILD)
        file = member(folder, name, digest)
        if sha256_file(file) != digest:
            raise InputError("has changed since it was written", where=file, fix=_REBUILD)


def digest_folder(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder but the manifest, by relative name."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != MANIFEST_NAME)
    return {file.relative_to(folder).as_posix(): sha256_file(file) for file in files}


def write_table(table: pd.DataFrame, file: Path) -> None:
    """Write Parquet; the same table gives the same bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    plain = table.copy(deep=False)
    plain.attrs = {}  # would be stored, and may hold what cannot be
    plain.to_parquet(file, compression="zstd", index=plain.index.name is not None)


def write_tracks(tracks: TrackSummary, folder: Path) -> None:
    """Write a track summary into a new folder."""
    write_table(tracks.tracks, folder / "tracks.parquet")
    write_table(tracks.open_chromatin, folder / "open_chromatin.parquet")
    for name, values in tracks.metrics.items():
        np.save(folder / f"{name}.npy", values, allow_pickle=False)


def _tracks(folder: Path, files: dict[str, str]) -> TrackSummary:
    inner = folder / "tracks"
    metrics = {}
    for name in sorted(name for name in files if name.startswith("tracks/") and name.endswith(".npy")):
        file = folder / name
        try:
            metrics[file.stem] = np.load(file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise InputError("is missing or damaged", where=file, fix=_REBUILD) from error
    return TrackSummary(_table(inner, "tracks.parquet"), metrics, _table(inner, "open_chromatin.parquet"))


def _table(folder: Path, name: str, index: str | None = None) -> pd.DataFrame:
    try:
        table = read_parquet(folder / name).reset_index(drop=False).drop(columns="index", errors="ignore")
        return table if index is None else table.set_index(index)
    except parquet_faults() as error:
        raise InputError(f"cannot be read: {str(error)[:200]}", where=folder / name, fix=_REBUILD) from error
