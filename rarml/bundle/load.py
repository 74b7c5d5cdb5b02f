"""Open a bundle folder: every file is checked against its digest before it is read, and nothing in it is executed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rarml.bundle.manifest import MANIFEST_NAME, BundleManifest, read_manifest
from rarml.core.errors import BundleError
from rarml.core.files import sha256_file
from rarml.core.members import matches, member
from rarml.core.parquet import parquet_faults, read_parquet
from rarml.core.steady import steady
from rarml.core.swap import recover

if TYPE_CHECKING:
    import pandas as pd

PREDICTIONS = "predictions.parquet"
LABELS = "labels.parquet"


@dataclass(frozen=True)
class Bundle:
    """A verified model folder.

    Attributes
    ----------
    path : Path
        The folder.
    manifest : BundleManifest
        The content of its `bundle.json`.
    """

    path: Path
    manifest: BundleManifest

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    def read(self, name: str) -> bytes:
        """Bytes of one file of the bundle."""
        if name not in self.manifest.files:
            raise BundleError(f"has no file {name!r}", where=self.path, fix="restore the model folder")
        content = (self.path / name).read_bytes()
        if not matches(content, self.manifest.files[name]):  # checked on opening too; it may have changed since
            where = self.path / name
            raise BundleError("was changed since the model was opened", where=where, fix="restore the model folder")
        return content

    def parts(self, prefix: str) -> dict[str, bytes]:
        """Bytes of all files under the folder `prefix`, by name within it."""
        names = [name for name in self.manifest.files if name.startswith(f"{prefix}/")]
        return {name.removeprefix(f"{prefix}/"): self.read(name) for name in names}

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Predictions for every gene of the atlas, indexed by gene_id (see `rarml.workflows.train`)."""
        return _read_parquet(self, PREDICTIONS, {f"p_{name}": "f" for name in self.manifest.classes})

    @cached_property
    def labels(self) -> pd.DataFrame:
        """Called status, eligibility and fold per gene, indexed by gene_id."""
        return _read_parquet(self, LABELS, {"fold": "iu"})


def load_bundle(path: str | Path) -> Bundle:
    """Open a model folder and check every file against the digests in its manifest.

    Raises
    ------
    BundleError
        If the folder is no bundle, or a file is missing, changed, a link, or outside the folder. Files that the
        manifest does not list are never read.
    """
    folder = Path(path)
    recover(folder)
    return steady(folder / MANIFEST_NAME, lambda: _load(folder))


def _load(folder: Path) -> Bundle:
    manifest = read_manifest(folder)
    for name, digest in manifest.files.items():
        file = member(folder, name, digest)
        if sha256_file(file) != digest:
            raise BundleError("was changed since the model was written", where=file, fix="restore the model folder")
    return Bundle(folder, manifest)


def _read_parquet(bundle: Bundle, name: str, columns: dict[str, str]) -> pd.DataFrame:
    """A table of genes with at least `columns`, each of one of the NumPy kinds given by letter."""
    where, fix = bundle.path / name, "restore the model folder"
    try:
        table = read_parquet(io.BytesIO(bundle.read(name)))
    except parquet_faults() as error:
        raise BundleError(f"is no readable table: {str(error)[:120]}", where=where, fix=fix) from error
    for column, kinds in columns.items():
        if column not in table.columns or table[column].dtype.kind not in kinds:
            raise BundleError(f"has no numbers in column {column!r}", where=where, fix=fix)
    if table.index.name != "gene_id" or not table.index.is_unique:
        raise BundleError("is not one row per gene", where=where, fix=fix)
    return table
