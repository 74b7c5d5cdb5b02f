"""Where shipped models and the feature atlas lie, and how a name becomes a folder."""

from __future__ import annotations

import os
from pathlib import Path

from rarml.bundle.manifest import MANIFEST_NAME
from rarml.core.errors import BundleError, did_you_mean

_PACKAGE = Path(__file__).resolve().parents[1]


def models_folder() -> Path:
    """The folder of shipped models: ``RARML_MODELS``, else inside the package, else beside it in a checkout.

    Raises
    ------
    BundleError
        If none of them exists.
    """
    named = os.environ.get("RARML_MODELS")
    candidates = [Path(named)] if named else [_PACKAGE / "shipped", _PACKAGE.parent / "models"]
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise BundleError("no folder of models found", where=candidates[0], fix="set RARML_MODELS to one")


def shipped_atlas() -> Path:
    """The folder of the shipped feature atlas."""
    return models_folder() / "atlas"


def list_models(folder: str | Path | None = None) -> list[Path]:
    """Model folders inside `folder` (the shipped ones by default), sorted by name."""
    root = Path(folder) if folder is not None else models_folder()
    return sorted(path.parent for path in root.glob(f"*/{MANIFEST_NAME}"))


def find_model(name: str | Path) -> Path:
    """The folder of a model given by path or by the name of a shipped one.

    Raises
    ------
    BundleError
        If it is neither, with the nearest shipped name.
    """
    path = Path(name)
    if (path / MANIFEST_NAME).is_file():
        return path
    shipped = {folder.name.lower(): folder for folder in list_models()}
    found = shipped.get(str(name).lower())
    if found is not None:
        return found
    if path.is_dir():
        raise BundleError("is not a rarml model: it has no bundle.json", where=path, fix="see rarml models list")
    raise BundleError(f"no model {str(name)!r}", fix=did_you_mean(str(name).lower(), shipped))
