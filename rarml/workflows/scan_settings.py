"""Settings of a RARE scan."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rarml.core.settings import Settings
from rarml.features.background import HUMAN_PROMOTERS, HUMAN_PROMOTERS_ORDER_0, Background, uniform
from rarml.features.calls import PairScanner
from rarml.features.spacing import LARGEST_SPACER, MAX_SPACER, pair_types, parse_types

INNER_FACTOR = 10
"""Inner pairs of three half-sites in a row are looked for at this many times the p-value asked for."""


class ScanSettings(Settings):
    """What is called, and how strictly.

    Attributes
    ----------
    types : list of str or None
        Spacing types such as DR5; None for every type up to `max_spacer`.
    max_spacer : int
        Largest number of bases between the half-sites, if `types` is None.
    max_pvalue : float
        Exact p-value per position and strand up to which a site is called.
    background : str
        'promoters' (human promoters, order 1), 'promoters-order-0' or 'uniform'; never taken from the input.
    piece_names : bool
        Read FASTA names such as 'chr1:1000-2000' as places (0-based half-open) on that contig.
    threads : int
        The result does not depend on it.
    memory : int or None
        Bytes that the process may take; four fifths of what is free by default. Batches are made smaller to keep to it.
    by_contig : bool
        Write a folder of Parquet files, one per contig, in place of one file.
    """

    types: list[str] | None = None
    max_spacer: int = Field(default=MAX_SPACER, ge=0, le=LARGEST_SPACER)
    max_pvalue: float = Field(default=1e-4, gt=0, le=0.01)
    background: Literal["promoters", "promoters-order-0", "uniform"] = "promoters"
    piece_names: bool = True
    threads: int = Field(default=1, ge=1)
    memory: int | None = Field(default=None, ge=1)
    by_contig: bool = False

    def scanner(self) -> PairScanner:
        """A scanner that also finds the weaker inner pairs of composed sites."""
        types = pair_types(self.max_spacer) if self.types is None else parse_types(self.types)
        inner = min(1e-2, INNER_FACTOR * self.max_pvalue)
        return PairScanner(types, max_pvalue=max(inner, self.max_pvalue), background=self.model())

    def model(self) -> Background:
        """The background named."""
        return {
            "promoters": HUMAN_PROMOTERS,
            "promoters-order-0": HUMAN_PROMOTERS_ORDER_0,
            "uniform": uniform(),
        }[self.background]
