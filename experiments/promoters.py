"""Promoter bases of every gene that a shipped cell type has a class of, and the gapped-k-mer kernel between them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from common import CELL_TYPES, REPO
from gapped_kmers import kernel
from held_out import cell_data
from numpy.typing import NDArray

from rarml.core.files import atomic_file
from rarml.features.combine import representative_rows
from rarml.reference.store import Reference

REFERENCE = REPO / "build" / "reference-hg38"
REACH = 500
"""Bases on either side of the TSS that the kernel compares."""


@dataclass(frozen=True)
class Promoters:
    """Representative promoters, one per gene.

    Attributes
    ----------
    genes : Index
        Gene ids, sorted.
    codes : uint8 ndarray of shape (genes, window)
        Base codes (A 0, C 1, G 2, T 3, N 4), 5' to 3' on the gene's strand.
    tss : int
        Position of the TSS in `codes`.
    """

    genes: pd.Index
    codes: NDArray[np.uint8]
    tss: int

    def of(self, genes: pd.Index) -> NDArray[np.uint8]:
        """The rows of `codes` of some genes."""
        return self.codes[self.genes.get_indexer(genes)]

    def kernel(self, genes: pd.Index) -> NDArray[np.float32]:
        """The gapped-k-mer kernel (l = 10, k = 6) of ±`REACH` bp between some genes, float32 of shape (n, n).

        That of all promoters is made once and kept in build/kernels.
        """
        near = np.ascontiguousarray(self.codes[:, self.tss - REACH : self.tss + REACH])
        file = REPO / "build" / "kernels" / f"{hashlib.sha256(near.tobytes()).hexdigest()[:16]}.npy"
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            with atomic_file(file) as temporary, temporary.open("wb") as handle:
                np.save(handle, kernel(near))
        rows = self.genes.get_indexer(genes)
        return np.load(file, mmap_mode="r", allow_pickle=False)[rows][:, rows]


def promoters(reference: Path = REFERENCE) -> Promoters:
    """The promoters that a built reference has of the genes that any shipped cell type has a class of."""
    source = Reference.open(reference)
    if source.sequences is None:
        raise SystemExit(f"{reference} has no sequence: build it again with a genome")
    rows = pd.Series(representative_rows(source.promoters, source.genes.index), index=source.genes.index)
    labelled = pd.Index(sorted(set().union(*(cell_data(cell)[0].status.index for cell in CELL_TYPES))))
    genes = labelled[rows.reindex(labelled).fillna(-1).to_numpy() >= 0]
    return Promoters(genes, source.sequences.codes(rows[genes].to_numpy(dtype=int)), source.window[0])
