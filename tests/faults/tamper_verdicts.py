"""Every kind of folder or file that is passed around, how it is tampered with, and what came of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tampering import MARK, Tamper, bundle_cases, copy_of, open_bundle
from tampering_atlas import atlas_cases, open_atlas
from tampering_encoder import encoder_cases, encoder_folder, open_encoder
from tampering_other import open_settings, open_study_at, study_cases, yaml_cases
from tampering_reference import open_reference, reference_cases, reference_folder
from verdicts import GOOD

from rarml.core.errors import RarmlError


@dataclass(frozen=True)
class Kind:
    """A kind of folder or file: its cases, an untouched copy at a path, and how rarml opens it."""

    name: str
    cases: dict[str, Tamper]
    fresh: Callable[[Path], object]
    open: Callable[[Path, str], object]


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name."""

    def nothing(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)

    found = [
        Kind("model", bundle_cases(), lambda path: copy_of("nb4", path), lambda path, _: open_bundle(path / "nb4")),
        Kind("atlas", atlas_cases(), lambda path: copy_of("atlas", path), lambda path, _: open_atlas(path / "atlas")),
        Kind("encoder", encoder_cases(), encoder_folder, lambda path, _: open_encoder(path)),
        Kind("reference", reference_cases(), reference_folder, lambda path, _: open_reference(path)),
        Kind("configuration", yaml_cases(), nothing, lambda path, _: open_settings(path)),
        Kind("study", study_cases(), nothing, open_study_at),
    ]
    return {kind.name: kind for kind in found}


def prepare(kind: Kind, name: str, folder: Path, untouched: Path | None = None) -> Path:
    """Write the tampered copy of a case; the path that is to be opened."""
    path = folder / ("study.journal" if kind.name == "study" else kind.name)
    if kind.name in ("model", "atlas"):
        kind.cases[name](copy_of({"model": "nb4"}.get(kind.name, kind.name), path))
        return path
    if untouched is not None:
        shutil.copytree(untouched, path)
    else:
        kind.fresh(path)
    kind.cases[name](path)
    return path


def tamper_verdict(kind: Kind, name: str, folder: Path, untouched: Path | None = None) -> str:
    """`GOOD` where the case is refused with a reason and runs nothing; else what went wrong."""
    path = prepare(kind, name, folder, untouched)
    try:
        kind.open(path, name)
        said = "accepted"
    except RarmlError as error:
        said = GOOD if error.what else "refused without a reason"
    except Exception as error:
        said = f"traceback: {type(error).__name__}: {str(error)[:200]}"
    if Path(MARK).exists():
        Path(MARK).unlink()
        return "ran"
    return said
