"""Genes by any name, and their features as a scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from rarml.api.places import atlas_place, open_atlas
from rarml.core.errors import InputError
from rarml.features.atlas import atlas_columns
from rarml.features.selection import select_columns
from rarml.workflows.settings import DEFAULT_BLOCKS


def resolve_genes(names: Sequence[str], *, atlas: str | Path | None = None) -> pd.DataFrame:
    """Map gene names of any kind to Ensembl gene ids, offline.

    Parameters
    ----------
    names : sequence of str
        Symbols (also previous ones and aliases), Ensembl, Entrez or HGNC ids, mixed as they come.
    atlas : path, optional
        Atlas or built reference; the shipped one by default.

    Returns
    -------
    DataFrame
        One row per name: ``query, gene_id, symbol, status, via, note``, see
        `rarml.reference.gene_names.GeneNames.resolve`.
    """
    return open_atlas(atlas, []).names.resolve(list(names))


class GeneFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Features of genes, looked up in an atlas: gene names in, one float32 row per gene out.

    Parameters
    ----------
    blocks : sequence of str
        Feature blocks (`rarml.features.registry.BLOCKS`).
    stand_in : sequence of str
        Samples of the expression panel that stand for the untreated cells.
    chromatin : sequence of str, optional
        Cells whose chromatin is used; all by default, none if empty.
    atlas : path, optional
        Atlas or built reference; the shipped one by default.

    Attributes
    ----------
    feature_names_out_ : ndarray of str
        ``block:name`` per column.

    Notes
    -----
    Nothing is learnt from the genes given to `fit`: the atlas is fixed, so a row depends on its gene alone.
    """

    def __init__(
        self,
        blocks: Sequence[str] = DEFAULT_BLOCKS,
        stand_in: Sequence[str] = (),
        chromatin: Sequence[str] | None = None,
        atlas: str | Path | None = None,
    ):
        self.blocks = blocks
        self.stand_in = stand_in
        self.chromatin = chromatin
        self.atlas = atlas

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Choose the columns; `X` are gene names, as for `transform`.

        Raises
        ------
        SettingsError
            If a block, sample or cell is not in the atlas.
        """
        chosen = select_columns(
            atlas_columns(atlas_place(self.atlas)),
            list(self.blocks),
            chromatin_cells=self.chromatin,
            stand_in=tuple(self.stand_in),
        )
        self.feature_names_out_ = np.asarray(chosen, dtype=object)
        self._table = open_atlas(self.atlas, chosen)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """Features of shape (n, columns), float32, NaN where missing; a gene outside the atlas is missing throughout.

        Parameters
        ----------
        X : sequence of str
            Gene names of any kind, shape (n,) or (n, 1).

        Raises
        ------
        InputError
            If no name is a gene of the atlas.
        """
        check_is_fitted(self, "feature_names_out_")
        names = np.asarray(X, dtype=object)
        if names.ndim == 2 and names.shape[1] == 1:
            names = names[:, 0]
        if names.ndim != 1:
            raise InputError(f"gene names of shape {names.shape}", fix="give one name per gene")
        genes = self._table.names.resolve(names.tolist())["gene_id"]
        known = genes.isin(self._table.features.index)
        if len(names) and not known.any():
            raise InputError("none of the names is a gene of the atlas", where=str(names[0]), fix="see resolve_genes")
        return self._table.features.reindex(genes).to_numpy(dtype=np.float32)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the columns, so that ``set_output(transform="pandas")`` names them."""
        check_is_fitted(self, "feature_names_out_")
        return self.feature_names_out_

    def __sklearn_tags__(self) -> Any:
        """Strings of one dimension in; nothing is learnt."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = True
        tags.no_validation = True
        return tags
