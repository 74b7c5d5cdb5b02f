"""rarml's split as a scikit-learn splitter: whole chromosomes held out, relatives of held-out genes left aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.api.places import open_atlas
from rarml.core.errors import InputError
from rarml.training.groups import gene_groups, relatives_in
from rarml.training.splits import chromosome_folds


class ChromosomeFolds:
    """Folds of whole chromosomes (the HOX chromosomes share one), for `cross_val_score` and its kin.

    A training part leaves out every gene that has a relative (overlapping promoter, similar promoter, neighbour of one
    name) among the genes asked about. The folds depend on the atlas alone, so they are those of `rarml train`.

    Parameters
    ----------
    n_splits : int
        Folds, at least 3.
    atlas : path, optional
        Atlas or built reference with the genes' places; the shipped one by default.
    """

    def __init__(self, n_splits: int = 6, atlas: str | Path | None = None):
        self.n_splits = n_splits
        self.atlas = atlas

    def split(self, X: Any, y: object = None, groups: object = None) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        """Training and test rows per fold.

        Parameters
        ----------
        X : DataFrame indexed by gene, or sequence of gene names
            Names of any kind.
        y : ignored
            Taken for the sake of the scikit-learn contract.
        groups : ignored
            As `y`.

        Raises
        ------
        InputError
            If a row's gene is not in the atlas, or a fold would be empty.
        """
        _, folds, kin = self._placed(X)
        for k in range(self.n_splits):
            test = np.flatnonzero(folds == k)
            if not len(test):
                raise InputError(f"no gene lies on the chromosomes of fold {k}", fix="give more genes or fewer folds")
            yield np.flatnonzero((folds != k) & ~kin[:, k]), test

    def chromosomes(self, X: Any) -> pd.Series:
        """Fold per row of `X`, indexed by gene_id; as `groups` for `RetinoidResponseClassifier.fit`."""
        genes, folds, _ = self._placed(X)
        return pd.Series(folds, index=genes, name="fold")

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """Number of folds."""
        return self.n_splits

    def _placed(self, X: Any) -> tuple[pd.Index, NDArray[np.integer], NDArray[np.bool_]]:
        names = X.index.tolist() if hasattr(X, "index") and hasattr(X, "columns") else np.asarray(X).ravel().tolist()
        source = open_atlas(self.atlas, [])
        found = source.names.resolve(names)
        lost = ~found["gene_id"].isin(source.genes.index).to_numpy()
        if lost.any():
            raise InputError(
                f"{int(lost.sum())} of {len(names)} rows name no gene of the atlas, so they have no chromosome",
                where=str(names[int(lost.argmax())]),
                fix="index the rows by gene, or leave these out",
            )
        index = pd.Index(found["gene_id"], name="gene_id")
        folds = chromosome_folds(source.genes, n_folds=self.n_splits)
        kin = relatives_in(gene_groups(source.genes), folds, index, self.n_splits)
        return index, folds.reindex(index).to_numpy(dtype=int), kin
