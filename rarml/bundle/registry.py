"""Where shipped models and the feature atlas lie, and how a name becomes a folder."""

from __future__ import annotations

from pathlib import Path

from rarml.bundle.manifest import MANIFEST_NAME
from rarml.core.errors import BundleError, did_you_mean
from rarml.core.shipped import models_folder

__all__ = ["find_model", "list_models", "models_folder", "shipped_atlas"]


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
