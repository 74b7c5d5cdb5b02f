"""From promoters to genes: best, smallest or summed value over a gene's promoters, and which promoter it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from rarml.core.errors import InputError, did_you_mean

KNOWN_FRACTION = 0.5
"""A window counts as sequence if at least this fraction of its bases is known (as `Reference.genes.has_sequence`)."""


class PromoterGroups:
    """Promoters grouped by gene, for a stated list of genes.

    Parameters
    ----------
    gene_id : array-like of str, shape (n_promoters,)
        The gene of each promoter row; rows of a gene need not adjoin.
    genes : iterable of str
        The genes wanted, in the order of the result; one without promoters gets NaN.

    Raises
    ------
    InputError
        If a promoter belongs to none of `genes`.
    """

    def __init__(self, gene_id: ArrayLike, genes: Iterable[str]):
        self.genes = pd.Index(list(genes), name="gene_id")
        rows = self.genes.get_indexer(pd.Index(np.asarray(gene_id, dtype=object)))
        if (rows < 0).any():
            stray = str(np.asarray(gene_id, dtype=object)[rows < 0][0])
            raise InputError("a promoter belongs to a gene that is not in the gene table", where=stray)
        self.gene_row = rows
        self._order = np.argsort(rows, kind="stable")
        self._present, self._starts = np.unique(rows[self._order], return_index=True)

    @property
    def n_promoters(self) -> int:
        """Number of promoter rows."""
        return len(self._order)

    def combine(self, values: ArrayLike, how: str) -> NDArray[np.float32]:
        """One value per gene; NaN promoters are passed over, a gene with none but NaN stays NaN.

        Parameters
        ----------
        values : array, shape (n_promoters,) or (n_promoters, n_features)
        how : {'max', 'min', 'sum'}

        Returns
        -------
        float32 array, shape (n_genes,) or (n_genes, n_features)
        """
        table = np.asarray(values, dtype=np.float32)
        result = np.full((len(self.genes), *table.shape[1:]), np.nan, dtype=np.float32)
        if not len(self._order):
            return result
        ordered = table[self._order]
        if how == "sum":
            missing = np.isnan(ordered)
            total = np.add.reduceat(np.where(missing, 0, ordered).astype(np.float64), self._starts, axis=0)
            none = np.logical_and.reduceat(missing, self._starts, axis=0)
            result[self._present] = np.where(none, np.nan, total)
        elif how in _REDUCERS:
            result[self._present] = _REDUCERS[how].reduceat(ordered, self._starts, axis=0)
        else:
            raise InputError(f"unknown way to combine promoters {how!r}", fix=did_you_mean(how, [*_REDUCERS, "sum"]))
        return result

    def best_row(self, values: ArrayLike) -> NDArray[np.int64]:
        """Row of the promoter with the largest value per gene (the first on ties); -1 where all are NaN.

        Parameters
        ----------
        values : array, shape (n_promoters,)

        Returns
        -------
        int64 array, shape (n_genes,)
        """
        score = np.asarray(values, dtype=np.float64)
        rows = np.flatnonzero(~np.isnan(score))
        # Last key sorts first: by gene, then from the largest value, then by row.
        rows = rows[np.lexsort((rows, -score[rows], self.gene_row[rows]))]
        present, first = np.unique(self.gene_row[rows], return_index=True)
        best = np.full(len(self.genes), -1, dtype=np.int64)
        best[present] = rows[first]
        return best


_REDUCERS: Mapping[str, np.ufunc] = {"max": np.fmax, "min": np.fmin}


def representative_rows(promoters: pd.DataFrame, genes: Iterable[str]) -> NDArray[np.int64]:
    """The promoter whose sequence stands for each gene, as a row of `promoters`; -1 where none has sequence.

    The primary promoter if at least half of its bases are known (`KNOWN_FRACTION`), else the alternative with
    most known bases. The stand-in is reported by its distance (``composition:promoter_offset``), not hidden.

    Parameters
    ----------
    promoters : DataFrame
        With columns gene_id, is_primary, start, end (0-based half-open) and bases_known.
    genes : iterable of str

    Returns
    -------
    int64 array, shape (n_genes,)
    """
    length = (promoters["end"] - promoters["start"]).to_numpy(dtype=np.float64)
    known = promoters["bases_known"].to_numpy(dtype=np.float64) / np.maximum(length, 1)
    rank = np.where(known >= KNOWN_FRACTION, known + 2.0 * promoters["is_primary"].to_numpy(dtype=bool), np.nan)
    return PromoterGroups(promoters["gene_id"], genes).best_row(rank)


def primary_rows(promoters: pd.DataFrame, genes: Iterable[str]) -> NDArray[np.int64]:
    """The primary promoter of each gene (its first, if none is marked), as a row of `promoters`; -1 without any."""
    primary = promoters["is_primary"].to_numpy(dtype=np.float64)
    return PromoterGroups(promoters["gene_id"], genes).best_row(primary)


def take_rows(values: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """``values[rows]`` with NaN where a row is -1."""
    padded = np.concatenate([values, np.full((1, *values.shape[1:]), np.nan, dtype=values.dtype)])
    return padded[rows]
