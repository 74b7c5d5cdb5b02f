"""Genes, labels, folds, sequences and features that every peer gets: the same for all of them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from common import CELL_TYPES, REPO
from held_out import cell_data
from promoters import Promoters, promoters

from rarml.training.groups import may_see, relatives_in

CLASSES = ("up", "down", "unresponsive")


@dataclass(frozen=True)
class PeerData:
    """One cell type's genes that have both a class and a promoter sequence.

    Attributes
    ----------
    cell : str
    status : Series of str
        Class per gene, indexed by gene_id.
    fold, group : ndarray of shape (n,)
        Outer fold (whole chromosomes) and group of relatives.
    kin : bool ndarray of shape (n, folds)
        Whether a gene has a relative in each fold other than its own, among all genes of the atlas.
    features : DataFrame
        Float32, all blocks that the shipped model learns from, indexed by gene_id; NaN where missing.
    covariates : list of str
        The columns of `features` that the covariate baseline has.
    promoters : Promoters
        Of all cell types.
    """

    cell: str
    status: pd.Series
    fold: NDArray[np.int64]
    group: NDArray[np.str_]
    kin: NDArray[np.bool_]
    features: pd.DataFrame
    covariates: list[str]
    promoters: Promoters

    @cached_property
    def codes(self) -> NDArray[np.uint8]:
        """Base codes (A 0, C 1, G 2, T 3, N 4) of the representative promoters, 5' to 3', shape (n, window)."""
        return self.promoters.of(self.genes)

    @property
    def tss(self) -> int:
        """Position of the TSS in `codes`."""
        return self.promoters.tss

    @property
    def genes(self) -> pd.Index:
        """Gene ids, in the order of every array."""
        return self.status.index

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that occur, in the order up, down, unresponsive."""
        present = set(self.status)
        return tuple(name for name in CLASSES if name in present)

    @cached_property
    def y(self) -> NDArray[np.int64]:
        """Class codes, in the order of `classes`."""
        return self.status.map({name: code for code, name in enumerate(self.classes)}).to_numpy(dtype=np.int64)

    @property
    def n_folds(self) -> int:
        """Number of outer folds."""
        return self.kin.shape[1]

    def seen(self, *left_out: int) -> NDArray[np.bool_]:
        """Genes that a model which answers the folds `left_out` may learn from: neither in them nor related to one."""
        return may_see(self.fold, self.kin, left_out)

    def inner(self, k: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For outer fold k: genes to fit candidates to, and the genes of the inner fold that judge them.

        The inner fold is the next one. Judged genes with a relative in fold k are left out as well: nothing of fold k,
        nor a relative of it, has a say in the tuning.
        """
        judge = (k + 1) % self.n_folds
        return self.seen(k, judge), (self.fold == judge) & self.seen(k)

    def table(self, proba: NDArray[np.floating]) -> pd.DataFrame:
        """Scores of shape (n, classes) as the table that evaluations read: index gene_id, columns ``p_<class>``."""
        return pd.DataFrame(proba, index=self.genes, columns=[f"p_{name}" for name in self.classes])


_promoters = cache(promoters)


def load(cell: str) -> PeerData:
    """The inputs of a cell type."""
    own, _ = cell_data(cell)
    known = _promoters()
    genes = own.status.index[own.status.index.isin(known.genes)].rename("gene_id")
    features = own.features.loc[genes]
    return PeerData(
        cell=cell,
        status=own.status[genes],
        fold=own.folds[genes].to_numpy(dtype=np.int64),
        group=own.groups[genes].to_numpy(dtype=str),
        kin=relatives_in(own.groups, own.folds, genes, int(own.folds.max()) + 1),
        features=features,
        covariates=[name for name in features.columns if name.split(":", 1)[0] in ("expression", "composition")],
        promoters=known,
    )


__all__ = ["CELL_TYPES", "CLASSES", "REPO", "PeerData", "load"]
