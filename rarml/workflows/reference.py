"""`rarml reference build`: from a YAML file to a reference folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from rarml.features.atlas import build_atlas, load_atlas, write_atlas
from rarml.reference.build import build_reference
from rarml.reference.spec import load_reference_spec
from rarml.reference.store import MANIFEST_NAME, Reference


@dataclass(frozen=True)
class ReferenceResult:
    """The reference, whether an earlier one was still right, and the report.

    Attributes
    ----------
    reference : Reference
    reused : bool
        True if nothing had changed and nothing was built.
    seconds : float
        Wall time.
    lines : list of str
        What was used and left out, for the terminal.
    """

    reference: Reference
    reused: bool
    seconds: float
    lines: list[str]


def build(spec_path: str | Path, out: str | Path, overwrite: bool = False) -> ReferenceResult:
    """Build the reference that a YAML file describes into the folder `out`, unless it is there already.

    Raises
    ------
    RarmlError
        For a fault in the YAML file or an input, or if `out` holds something else.
    """
    began = time.perf_counter()
    manifest = Path(out) / MANIFEST_NAME
    earlier = manifest.stat().st_mtime_ns if manifest.is_file() else None
    reference = build_reference(load_reference_spec(spec_path), out, overwrite=overwrite)
    reused = earlier is not None and manifest.stat().st_mtime_ns == earlier
    atlas = _atlas(reference, Path(out) / "atlas")
    seconds = time.perf_counter() - began
    head = f"{out}: nothing has changed, kept as it is" if reused else f"{out}: built in {seconds:.0f} s"
    return ReferenceResult(reference, reused, seconds, [head, *reference.lines, atlas])


def _atlas(reference: Reference, folder: Path) -> str:
    """Write the feature atlas into the reference folder unless it is there and of this very reference."""
    if (folder / "manifest.json").is_file():
        earlier = load_atlas(folder, columns=[])
        if earlier.manifest["reference_digest"] == reference.manifest["digest"]:
            return f"atlas: {len(earlier.genes):,} genes, kept as it is"
    atlas = build_atlas(reference)
    write_atlas(atlas, folder, overwrite=True)
    blocks = ", ".join(f"{row['block']} {row['columns']}" for row in atlas.describe().to_dict(orient="records"))
    return f"atlas: {len(atlas.genes):,} genes, columns: {blocks}"
