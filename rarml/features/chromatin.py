"""Block `chromatin`: untreated chromatin at a gene's best promoter, per cell and mark.

Column names are ``chromatin:{CELL}:{MARK}:{metric}``; the metrics are those of `rarml.reference.tracks`. The best
promoter is the one that is most marked: the largest overlap, signal and nearby peaks, the smallest distance. Each
metric takes its own best promoter, so that a gene is as open as its most open promoter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.features.combine import PromoterGroups

if TYPE_CHECKING:
    from rarml.reference.store import Reference

NAME = "chromatin"
BIVALENT = ("H3K4me3", "H3K27me3")
"""Both marks on one promoter: poised in stem cells (Bernstein 2006, 10.1016/j.cell.2006.02.041)."""
_SMALLEST_IS_BEST = frozenset({"distance"})


def build(reference: Reference) -> pd.DataFrame:
    """The chromatin block of every gene.

    Parameters
    ----------
    reference : Reference
        Uses genes, promoters and tracks (None: a table without columns).

    Returns
    -------
    DataFrame, float32, indexed by gene_id
        Columns ``chromatin:{CELL}:{MARK}:{metric}`` for each metric that the track has, and
        ``chromatin:{CELL}:bivalent:overlap`` (the smaller overlap of H3K4me3 and H3K27me3 on one promoter) for each
        cell that has both.

    Raises
    ------
    InputError
        If a cell or mark has a ':' in its name, which would make the column names ambiguous.
    """
    summary = reference.tracks
    genes = reference.genes
    if summary is None or summary.tracks.empty:
        return pd.DataFrame(index=genes.index)
    groups = PromoterGroups(reference.promoters["gene_id"], genes.index)
    cells, marks = (summary.tracks[name].astype(str).tolist() for name in ("cell", "mark"))
    for name in {*cells, *marks}:
        if ":" in name:
            raise InputError(f"cell or mark {name!r} has a ':' in its name", fix="rename it in the sample sheet")
    columns: dict[str, NDArray[np.float32]] = {}
    for metric, values in summary.metrics.items():
        combined = groups.combine(values, "min" if metric in _SMALLEST_IS_BEST else "max")
        for number, (cell, mark) in enumerate(zip(cells, marks, strict=True)):
            if not np.isnan(combined[:, number]).all():  # a track of peaks without scores has no signal
                columns[f"{NAME}:{cell}:{mark}:{metric}"] = combined[:, number]
    for cell, (first, second) in _bivalent_pairs(cells, marks).items():
        overlap = summary.metrics["overlap"]
        both = np.minimum(overlap[:, first], overlap[:, second])
        columns[f"{NAME}:{cell}:bivalent:overlap"] = groups.combine(both, "max")
    return pd.DataFrame(dict(sorted(columns.items())), index=genes.index)


def _bivalent_pairs(cells: list[str], marks: list[str]) -> dict[str, tuple[int, int]]:
    """Track numbers of the two `BIVALENT` marks of each cell that has both."""
    number = {track: index for index, track in enumerate(zip(cells, marks, strict=True))}
    active, repressed = BIVALENT
    return {
        cell: (number[cell, active], number[cell, repressed])
        for cell in dict.fromkeys(cells)
        if (cell, active) in number and (cell, repressed) in number
    }
