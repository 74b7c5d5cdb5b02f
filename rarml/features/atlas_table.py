"""The feature atlas in memory: computed values of every gene, so that genes can be scored without a genome."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from rarml.core.files import sha256_text

if TYPE_CHECKING:
    from rarml.reference.gene_names import GeneNames

FORMAT = "rarml feature atlas"
FORMAT_VERSION = 2
GENE_COLUMNS = ("symbol", "chrom", "strand", "tss", "tss_source", "has_sequence", "tier", "n_promoters")


@dataclass
class Atlas:
    """Computed values of all genes of one reference.

    Parameters
    ----------
    path : Path or None
        The folder it was read from; None for one that was just built.
    manifest : dict
        format, format_version, assembly, window, blocks (per block: columns, genes, what), components (the
        samples that bear each co-expression component), sources (name and sha256 of each input), digest, ...
    genes : DataFrame
        Index gene_id; `GENE_COLUMNS`, sequence_tss (0-based TSS of the promoter that the sequence columns of block
        `composition` describe; -1 without sequence) and family (first gene_id of those whose promoters are alike,
        see `rarml.features.similar_promoters`; missing for a gene that is like no other).
    features : DataFrame, float32
        Index gene_id in the order of `genes`; values rounded to `compact.KEPT_BITS`, missing NaN.
    read_names, read_sites : callables
        Give `names` and `sites` when they are first asked for.
    """

    path: Path | None
    manifest: dict[str, Any]
    genes: pd.DataFrame
    features: pd.DataFrame
    read_names: Callable[[], GeneNames]
    read_sites: Callable[[], pd.DataFrame]

    @cached_property
    def names(self) -> GeneNames:
        """The names by which the genes are found."""
        return self.read_names()

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Called RAREs, one row each; 0-based half-open coordinates."""
        return self.read_sites()

    @property
    def digest(self) -> str:
        """Hex SHA-256 of genes and feature values: equal if and only if a model would see the same."""
        return str(self.manifest["digest"])

    @property
    def encoder_digest(self) -> str | None:
        """SHA-256 of the promoter encoders behind block `sequence`; None without that block."""
        found = self.manifest.get("encoder_digest")
        return None if found is None else str(found)

    @property
    def components_digest(self) -> str | None:
        """SHA-256 of which samples bear each co-expression component; None without that block.

        Two panels of other samples give columns of the same names that mean other things.
        """
        components = self.manifest.get("components")
        return sha256_text(json.dumps(components, sort_keys=True)) if components else None

    def describe(self) -> pd.DataFrame:
        """One row per block: block, columns, genes (with any value), what; for reports."""
        rows = [
            {"block": name, "columns": block["columns"], "genes": block["genes"], "what": block["what"]}
            for name, block in self.manifest["blocks"].items()
        ]
        return pd.DataFrame(rows, columns=["block", "columns", "genes", "what"])
