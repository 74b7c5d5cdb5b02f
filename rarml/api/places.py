"""Which atlas is meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rarml.bundle.registry import shipped_atlas
from rarml.features.atlas import Atlas, load_atlas


def atlas_place(atlas: str | Path | None) -> Path:
    """The folder named, or the shipped atlas."""
    return Path(atlas) if atlas is not None else shipped_atlas()


def open_atlas(atlas: str | Path | None, columns: Sequence[str] | None = None) -> Atlas:
    """The atlas named, or the shipped one, with the feature columns named (all by default)."""
    return load_atlas(atlas_place(atlas), columns=columns)
