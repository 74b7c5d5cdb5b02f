"""Sequences, labels and folds that `sequence_model.py` judges models on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from common import REPO, dataset
from numpy.typing import NDArray

from rarml.estimators.promoter_classifier import UNLABELLED
from rarml.features.atlas import load_atlas
from rarml.features.combine import representative_rows
from rarml.reference.store import Reference
from rarml.training.crossfit import CLASS_ORDER
from rarml.training.groups import may_see, relatives_in

N_FOLDS = 6


class Data:
    """Sequences, labels and folds; models of sequence alone are judged on the cell types with measured flat genes."""

    def __init__(self, reference: Path, cells: list[str]):
        self.atlas = load_atlas(REPO / "models" / "atlas")
        source = Reference.open(reference)
        assert source.sequences is not None, "the reference has no sequence"
        rows = pd.Series(representative_rows(source.promoters, source.genes.index), index=source.genes.index)
        self.sets, self.settings = {}, {}
        for cell in cells:
            self.sets[cell], self.settings[cell] = dataset(cell, self.atlas)
        self.status = {
            cell: found.status[rows.reindex(found.status.index).to_numpy() >= 0]
            for cell, found in self.sets.items()
            if len(found.classes) == 3
        }
        self.genes = pd.Index(sorted(set().union(*(status.index for status in self.status.values()))))
        self.codes = source.sequences.codes(rows[self.genes].to_numpy())
        self.tss = source.window[0]
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
