"""The kinds of evidence that an account of a prediction is summed by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rarml.features.registry import block_of

KINDS = ("covariates", "coexpression", "chromatin", "rare", "sequence")
"""In the order that an account lists them."""
KIND_OF_BLOCK = {
    "expression": "covariates",
    "composition": "covariates",
    "coexpression": "coexpression",
    "chromatin": "chromatin",
    "rare": "rare",
    "partners": "rare",
    "sequence": "sequence",
}
"""Covariates are the blocks of the covariate baseline: what a highly expressed gene with such a promoter does."""


def kind_numbers(columns: Sequence[str]) -> NDArray[np.intp]:
    """Row in `KINDS` of each feature column; a block unknown here counts as covariates, never as retinoid evidence."""
    kinds = [KIND_OF_BLOCK.get(block_of(column), KINDS[0]) for column in columns]
    return np.array([KINDS.index(kind) for kind in kinds], dtype=np.intp)
