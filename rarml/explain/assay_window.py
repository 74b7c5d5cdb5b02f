"""One promoter window for assay design: its bases on the gene's strand, its RAREs, and the way back to the genome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rarml.features.atlas_build import RAR_TYPES
from rarml.features.calls import PairScanner
from rarml.reference.bases import decode, encode, reverse_complement

_STRAND = {"+": "-", "-": "+", ".": "."}


@dataclass(frozen=True, order=True)
class Site:
    """A called RARE; `start`, `end` are 0-based half-open in the sequence that was scanned, `strand` relative to it."""

    start: int
    end: int
    type: str
    strand: str
    score: float
    pvalue: float

    @property
    def rank(self) -> tuple[bool, float, int]:
        """Spacings that RAR is known to use first, then the least p-value."""
        return self.type not in RAR_TYPES, self.pvalue, self.start

    def touches(self, start: int, end: int) -> bool:
        """Whether the site shares a base with [start, end)."""
        return self.start < end and start < self.end


@dataclass(frozen=True, eq=False)
class PromoterWindow:
    """A promoter window.

    Attributes
    ----------
    gene_id, symbol, chrom, strand : str
    tss : int
        0-based position of the first transcribed base in the genome.
    start, end : int
        The window in the genome, 0-based half-open.
    codes : uint8 (end - start,)
        Base codes, 5' to 3' on the gene's strand.
    sites : tuple of Site
        Called RAREs, in window coordinates.
    """

    gene_id: str
    symbol: str
    chrom: str
    strand: str
    tss: int
    start: int
    end: int
    codes: NDArray[np.uint8]
    sites: tuple[Site, ...]

    @cached_property
    def text(self) -> str:
        """Upper-case bases, 5' to 3' on the gene's strand."""
        return decode(self.codes)

    @property
    def name(self) -> str:
        """Symbol and TSS (1-based), unique among the promoters of a gene."""
        return f"{self.symbol}_{self.tss + 1}"

    def genome(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the window in the genome, both 0-based half-open."""
        if self.strand == "-":
            return self.end - end, self.end - start
        return self.start + start, self.start + end

    def genome_strand(self, strand: str) -> str:
        """The genome's strand of what lies on `strand` ('+', '-' or '.') of the window."""
        return _STRAND[strand] if self.strand == "-" else strand

    @property
    def tss_place(self) -> int:
        """Place of the TSS in the window."""
        return self.genome_place(self.tss)

    def genome_place(self, position: int) -> int:
        """Place in the window of a 0-based position of the genome."""
        return self.end - 1 - position if self.strand == "-" else position - self.start

    def known(self, start: int, end: int) -> tuple[int, int]:
        """The longest stretch around [start, end) without N; empty (start, start) if N lies inside."""
        if "N" in self.text[start:end] or start < 0 or end > len(self.text):
            return start, start
        left = self.text.rfind("N", 0, start) + 1
        right = self.text.find("N", end)
        return left, len(self.text) if right < 0 else right


def called_sites(text: str, scanner: PairScanner) -> tuple[Site, ...]:
    """All RAREs that a scanner calls in a sequence, sorted by start."""
    calls = scanner.scan(encode(text)[None, :], threads=1)
    rows = zip(calls.start, calls.length, calls.type_index, calls.strand, calls.score, calls.pvalue, strict=True)
    return tuple(
        sorted(
            Site(int(at), int(at + size), calls.types[kind].name, "-.+"[strand + 1], float(score) / 100, float(p))
            for at, size, kind, strand, score, p in rows
        )
    )


def reverse_text(text: str) -> str:
    """The other strand, 5' to 3'."""
    return decode(reverse_complement(encode(text)))
