"""What a reference is built from: a YAML file of paths and choices; see `configs/reference-hg38.yaml`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from rarml.core.errors import RarmlError, SettingsError
from rarml.core.settings import Settings, load_settings
from rarml.reference.contigs import canonical_assembly, canonical_contig
from rarml.reference.promoters import DEFAULT_RULE, MAX_PROMOTERS, MERGE_DISTANCE

MAX_WINDOW = 50_000
PATH_KEYS = ("genome", "annotation", "gene_info", "tiers", "tracks", "expression", "cpg_islands")
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")

Side = Annotated[int, Field(ge=0, le=MAX_WINDOW)]


class ReferenceSpec(Settings):
    """Inputs and settings of a reference; paths are absolute or relative to the YAML file, ``${RARML_DATA}`` works.

    Attributes
    ----------
    assembly : str
        GRCh38 (hg38), GRCh37 (hg19), GRCm39 (mm39) or GRCm38 (mm10); every file's contigs are held against it.
    annotation : str
        GTF, GFF3, BED6 of TSSs or TSS table.
    genome : str, optional
        FASTA (whole chromosomes or pieces) or 2bit; without it the reference has no sequence.
    gene_info : str, optional
        NCBI gene_info, for aliases, previous symbols, Entrez and HGNC ids.
    tiers : str, optional
        Table with columns ``gene_id`` and ``tier`` (A, B or empty): how sure the placement of a gene's sequence is.
    tracks : str, optional
        Sample sheet of peaks and bigWig files of untreated cells.
    expression : str, optional
        Genes x samples of untreated cells.
    cpg_islands : str, optional
        BED of CpG islands.
    window : (int, int)
        Bases upstream of the TSS, and downstream from it on; each at most 50,000.
    tss_rule : tuple of str
        Evidence for the primary TSS, best first.
    alternative_promoters : bool
        Keep a gene's other promoters too.
    merge_distance, max_promoters : int
        See `choose_promoters`.
    biotypes : tuple of str
        Gene biotypes to keep, where the annotation gives one; empty keeps all.
    drop_contigs : tuple of str
        Genes on these contigs are left out, and counted.
    allow_treated : bool
        Take tracks of treated cells; they would leak the answer into the features.
    """

    assembly: str = "GRCh38"
    annotation: str
    genome: str | None = None
    gene_info: str | None = None
    tiers: str | None = None
    tracks: str | None = None
    expression: str | None = None
    cpg_islands: str | None = None
    window: tuple[Side, Side] = (1000, 1000)
    tss_rule: tuple[str, ...] = DEFAULT_RULE
    alternative_promoters: bool = True
    merge_distance: Annotated[int, Field(ge=1, le=10_000)] = MERGE_DISTANCE
    max_promoters: Annotated[int, Field(ge=1, le=100)] = MAX_PROMOTERS
    biotypes: tuple[str, ...] = ("protein_coding",)
    drop_contigs: tuple[str, ...] = ("chrM", "chrY")
    allow_treated: bool = False

    @field_validator("assembly")
    @classmethod
    def _known_assembly(cls, name: str) -> str:
        try:
            return canonical_assembly(name)
        except RarmlError as error:
            raise ValueError(str(error)) from error

    @field_validator("drop_contigs")
    @classmethod
    def _canonical(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({canonical_contig(name) for name in names}))

    @field_validator("window")
    @classmethod
    def _not_empty(cls, window: tuple[int, int]) -> tuple[int, int]:
        if sum(window) < 100:
            raise ValueError("the window is shorter than 100 bases")
        return window

    def path(self, key: str) -> Path | None:
        """The file of one of `PATH_KEYS`, or None if it is not given."""
        value = getattr(self, key)
        return None if value is None else Path(value)

    def choices(self) -> dict[str, Any]:
        """All settings but the paths: what, besides the inputs' content, decides the result."""
        return {key: value for key, value in self.model_dump(mode="json").items() if key not in PATH_KEYS}


def load_reference_spec(path: str | Path) -> ReferenceSpec:
    """Read a YAML file; paths in it become absolute.

    Raises
    ------
    SettingsError
        For an unknown key, a wrong value, or an environment variable that is not set.
    """
    spec = load_settings(path, ReferenceSpec)
    base = Path(path).resolve().parent
    found = {key: str(base / expand(value, path)) for key in PATH_KEYS if (value := getattr(spec, key)) is not None}
    return spec.model_copy(update=found)


def expand(text: str, where: str | Path) -> str:
    """`text` with ``${NAME}`` replaced by the environment variable and ``~`` by the home folder."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if not os.environ.get(name):
            raise SettingsError(
                f"the environment variable {name} is not set",
                where=where,
                fix=f"export {name}=/path/to/data, or write the path itself",
            )
        return os.environ[name]

    return str(Path(_VARIABLE.sub(value, text)).expanduser())
