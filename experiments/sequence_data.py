"""Sequences, labels and folds that `sequence_model.py` judges models on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from common import REPO
from numpy.typing import NDArray

from rarml.bundle.load import Bundle, load_bundle
from rarml.estimators.promoter_classifier import UNLABELLED
from rarml.features.atlas import load_atlas
from rarml.features.combine import representative_rows
from rarml.reference.store import Reference
from rarml.training.crossfit import CLASS_ORDER
from rarml.training.groups import promoter_clusters
from rarml.training.splits import chromosome_folds

N_FOLDS = 6


class Data:
    """Sequences, labels and folds; models of sequence alone are judged on the cell types with measured flat genes."""

    def __init__(self, reference: Path, cells: list[str]):
        self.atlas = load_atlas(REPO / "models" / "atlas")
        source = Reference.open(reference)
        assert source.sequences is not None, "the reference has no sequence"
        rows = pd.Series(representative_rows(source.promoters, source.genes.index), index=source.genes.index)
        self.bundles: dict[str, Bundle] = {cell: load_bundle(REPO / "models" / cell) for cell in cells}
        self.status = {
            cell: (labels := bundle.labels["trained_as"].dropna())[rows.reindex(labels.index).to_numpy() >= 0]
            for cell, bundle in self.bundles.items()
            if not bundle.manifest.positive_unlabelled
        }
        self.genes = pd.Index(sorted(set().union(*(status.index for status in self.status.values()))))
        self.codes = source.sequences.codes(rows[self.genes].to_numpy())
        self.tss = source.window[0]
        self.chrom = self.atlas.genes.loc[self.genes, "chrom"].to_numpy(dtype=str)
        self.folds = chromosome_folds(self.atlas.genes, N_FOLDS)
        self.fold = self.folds[self.genes].to_numpy()
        self.groups = promoter_clusters(self.atlas.genes)

    def heads(self) -> NDArray[np.int64]:
        """Class codes, shape (genes, cells); `UNLABELLED` where a gene has no label in a cell type."""
        columns = []
        for status in self.status.values():
            classes = [name for name in CLASS_ORDER if (status == name).any()]
            codes = status.map({name: code for code, name in enumerate(classes)}).reindex(self.genes)
            columns.append(codes.fillna(UNLABELLED).to_numpy(dtype=np.int64))
        return np.stack(columns, axis=1)
