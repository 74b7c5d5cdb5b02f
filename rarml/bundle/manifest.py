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
    """Content of `bundle.json`.

    Attributes
    ----------
    format_version : int
        `FORMAT_VERSION` of the rarml that wrote it.
    name, cell_type, description : str
        What the model is called, its treated cells in words, and a sentence about it.
    experimental : bool
        Not to be relied on: trained on a list without a background.
    positive_unlabelled : bool
        Genes that are not listed counted as unlabelled.
    classes : list of str
        Of ``up``, ``down`` and ``unresponsive``.
    prevalence : dict of str to float
        Share of each class among the training genes, at which probabilities hold.
    context : Context
        The untreated cells that stand in for the treated ones (``stand_in``, ``chromatin``, ``note``).
    assembly : str
        Of the atlas that it was trained on.
    atlas_digest : str
        SHA-256 of that atlas' genes and values.
    encoder_digest : str or None
        SHA-256 of the promoter encoders behind the block ``sequence``.
    components_digest : str or None
        SHA-256 of the samples that bear each co-expression component.
    columns, baseline_columns : list of str
        Features that the model, and its covariate baseline, read, in order.
    blocks : list of str
        Kinds of evidence.
    seed : int
        Root of all random streams.
    threads : int
        Threads that each fit ran on: always 1, so that the last digits do not depend on the machine.
    settings : dict
        The resolved training configuration.
    labels : dict
        Where the labels came from: files with digests, dialect, thresholds, dose, time, source.
    counts : dict of str to int
        Rows read and mapped, genes by status, eligible genes by class.
    metrics : list of dict
        Held-out metrics by task, with intervals and those of the covariate baseline.
    importance : dict of str to float
        Share of the trees' gain by kind of evidence.
    branches : list of dict
        What each branch of the stack is worth alone.
    stack_weights : dict
        Weight of each branch by class.
    evaluation : dict
        Further tables of the report: baselines, matched pairs, expression deciles, controls, coverage, enrichment.
    audit : list of dict
        The checks of the leakage audit, with their outcome.
    versions : dict of str to str
        Of Python and the libraries that wrote it.
    files : dict of str to str
        SHA-256 of every other file, by its path in the folder.
    """

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
