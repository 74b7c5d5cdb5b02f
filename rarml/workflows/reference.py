"""`rarml reference build`: from a YAML file to a reference folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rarml.core.lock import output_lock
from rarml.core.swap import recover
from rarml.features.atlas import build_atlas, load_atlas, write_atlas
from rarml.features.sequence_block import encoder_digest, fits
from rarml.reference.build import build_reference
from rarml.reference.spec import load_reference_spec
from rarml.reference.store import Reference


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


def build(
    spec_path: str | Path, out: str | Path, overwrite: bool = False, *, encoder: Path | None = None
) -> ReferenceResult:
    """Build the reference that a YAML file describes into the folder `out`, unless it is there already.

    The promoter encoders in the folder `encoder` (the shipped ones by default) fill block `sequence` of its atlas.

    Raises
    ------
    RarmlError
        For a fault in the YAML file or an input, or if `out` holds something else or another run writes to it.
    """
    began = time.perf_counter()
    built: list[str] = []

    def complete(new: Reference) -> None:
        built.append(_atlas(new, new.path / "atlas", encoder))

    with output_lock(out):
        recover(Path(out))
        reference = build_reference(load_reference_spec(spec_path), out, overwrite=overwrite, complete=complete)
        reused = not built
        atlas = _atlas(reference, Path(out) / "atlas", encoder) if reused else built[0]
    seconds = time.perf_counter() - began
    head = f"{out}: nothing has changed, kept as it is" if reused else f"{out}: built in {seconds:.0f} s"
    return ReferenceResult(reference, reused, seconds, [head, *reference.lines, atlas])


def _atlas(reference: Reference, folder: Path, encoder: Path | None) -> str:
    """Write the feature atlas into the reference folder unless it is there, of this very reference and encoder."""
    if (folder / "manifest.json").is_file():
        earlier = load_atlas(folder, columns=[])
        read = reference.sequences is not None and fits(reference, encoder)
        wanted = encoder_digest(encoder) if read else None
        same = earlier.manifest["reference_digest"] == reference.manifest["digest"]
        if same and earlier.manifest.get("encoder_digest") == wanted:
            return f"atlas: {len(earlier.genes):,} genes, kept as it is"
    atlas = build_atlas(reference, encoder=encoder)
    write_atlas(atlas, folder, overwrite=True)
    blocks = ", ".join(f"{row['block']} {row['columns']}" for row in atlas.describe().to_dict(orient="records"))
    line = f"atlas: {len(atlas.genes):,} genes, columns: {blocks}"
    if reference.sequences is not None and "sequence" not in atlas.manifest["blocks"]:
        line += (
            "; block sequence left out, as the promoter encoders are of another species (rarml pretrain makes others)"
        )
    return line


def describe(folder: str | Path) -> dict[str, Any]:
    """What a reference or an atlas holds: ``assembly, genes, digest``, and per block ``columns`` and ``genes``.

    Raises
    ------
    InputError
        If it is neither.
    """
    found = load_atlas(folder)
    return {
        "folder": Path(folder),
        "assembly": found.manifest["assembly"],
        "genes": len(found.genes),
        "digest": found.digest,
        "blocks": found.describe().to_dict(orient="records"),
    }
