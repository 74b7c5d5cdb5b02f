"""Sequences, labels and folds that `sequence_model.py` judges models on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from held_out import atlas, cell_data
from numpy.typing import NDArray
from promoters import promoters

from rarml.estimators.promoter_classifier import UNLABELLED
from rarml.training.crossfit import CLASS_ORDER
from rarml.training.groups import may_see, relatives_in

N_FOLDS = 6


class Data:
    """Sequences, labels and folds; models of sequence alone are judged on the cell types with measured flat genes."""

    def __init__(self, reference: Path, cells: Sequence[str]):
        self.atlas, self.promoters = atlas(), promoters(reference)
        self.sets = {cell: cell_data(cell)[0] for cell in cells}
        self.status = {
            cell: found.status[found.status.index.isin(self.promoters.genes)]
            for cell, found in self.sets.items()
            if len(found.classes) == 3
        }
        self.genes = pd.Index(sorted(set().union(*(status.index for status in self.status.values()))))
        self.codes, self.tss = self.promoters.of(self.genes), self.promoters.tss
        self.chrom = self.atlas.genes.loc[self.genes, "chrom"].to_numpy(dtype=str)
        first = self.sets[cells[0]]
        self.folds, self.groups = first.folds, first.groups
        self.fold = self.folds[self.genes].to_numpy()
        self.kin = relatives_in(self.groups, self.folds, self.genes, N_FOLDS)

    def seen(self, k: int) -> NDArray[np.bool_]:
        """Genes that a model which answers fold k may be fitted to: neither of the fold nor related to a gene there."""
        return may_see(self.fold, self.kin, [k])

    def heads(self) -> NDArray[np.int64]:
        """Class codes, shape (genes, cells); `UNLABELLED` where a gene has no label in a cell type."""
        columns = []
        for status in self.status.values():
            classes = [name for name in CLASS_ORDER if (status == name).any()]
            codes = status.map({name: code for code, name in enumerate(classes)}).reindex(self.genes)
            columns.append(codes.fillna(UNLABELLED).to_numpy(dtype=np.int64))
        return np.stack(columns, axis=1)

    @cached_property
    def digest(self) -> str:
        """Of all that a network depends on: bases, classes, folds and relatives."""
        digest = hashlib.sha256()
        for array in (self.codes, self.heads(), self.fold, self.kin):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:12]
