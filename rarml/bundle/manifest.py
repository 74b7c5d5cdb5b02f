"""What `bundle.json` holds: the model's identity, context, provenance, metrics and the digest of every other file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rarml.core.errors import BundleError, InputError
from rarml.core.files import read_json
from rarml.core.members import require_plain
from rarml.core.plain_text import CONTROLS
from rarml.core.settings import Settings

FORMAT_VERSION = 3
MANIFEST_NAME = "bundle.json"


class Context(Settings):
    """The untreated cells that stand in for the treated ones.

    Attributes
    ----------
    stand_in : tuple of str
        Expression samples whose level is the baseline expression.
    chromatin : tuple of str or None
        Cells whose chromatin is used; None means all.
    note : str
        Said wherever a stand-in is a proxy, i.e. not the treated cell itself.
    """

    stand_in: tuple[str, ...] = ()
    chromatin: tuple[str, ...] | None = None
    note: str = ""


class BundleManifest(Settings):
    """Content of `bundle.json`; paths in `files` are relative to the bundle folder."""

    format_version: int
    name: str
    cell_type: str
    description: str
    experimental: bool
    positive_unlabelled: bool
    classes: list[str]
    prevalence: dict[str, float]
    context: Context
    assembly: str
    atlas_digest: str
    encoder_digest: str | None
    components_digest: str | None
    columns: list[str]
    baseline_columns: list[str]
    blocks: list[str]
    seed: int
    threads: int
    settings: dict[str, Any]
    labels: dict[str, Any]
    counts: dict[str, int]
    metrics: list[dict[str, Any]]
    importance: dict[str, float]
    branches: list[dict[str, Any]]
    stack_weights: dict[str, dict[str, float]]
    evaluation: dict[str, list[dict[str, Any]]]
    audit: list[dict[str, Any]]
    versions: dict[str, str]
    files: dict[str, str]


def read_manifest(folder: Path) -> BundleManifest:
    """Read and check `bundle.json`.

    Raises
    ------
    BundleError
        If it is missing, not JSON, of another format version, or a field is missing or wrong.
    """
    file = folder / MANIFEST_NAME
    if not file.is_file():
        raise BundleError("is not a rarml model: it has no bundle.json", where=folder, fix="see rarml models list")
    try:
        content = read_json(require_plain(file))
    except InputError as error:
        raise BundleError(f"cannot be read: {error.what}", where=error.where, fix="restore the model folder") from error
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise BundleError(
            f"has format version {version}, this rarml reads {FORMAT_VERSION}",
            where=file,
            fix="train the model again, or use the rarml version that wrote it",
        )
    try:
        manifest = BundleManifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BundleError(f"field {key!r}: {first['msg']}", where=file, fix="restore the model folder") from error
    shown = [manifest.name, manifest.cell_type, manifest.description, *manifest.classes, *manifest.versions.values()]
    if any(CONTROLS.search(text) for text in shown):  # they would be written to the terminal
        raise BundleError("a name holds control letters", where=file, fix="restore the model folder")
    if not 2 <= len(manifest.classes) == len(set(manifest.classes)) or not manifest.files:
        raise BundleError("names no classes or no files", where=file, fix="restore the model folder")
    return manifest
