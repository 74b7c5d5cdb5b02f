"""Hide kinds of evidence from some training genes, so that a model knows what to say when they are missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rarml.core.seeds import child_rng

KIND_OF_EVIDENCE = {
    "rare": "sequence",
    "partners": "sequence",
    "sequence": "sequence",
    "composition": "sequence",
    "chromatin": "chromatin",
    "expression": "expression",
    "coexpression": "expression",
}


def drop_blocks(values: NDArray[np.float32], blocks: Sequence[str], share: float, *, seed: int) -> NDArray[np.float32]:
    """A copy of `values` in which each kind of evidence is NaN for a random `share` of the rows.

    Parameters
    ----------
    values : float32 array of shape (n, columns)
        Features.
    blocks : sequence of str
        Block of each column; blocks of one kind (see `KIND_OF_EVIDENCE`) are hidden together.
    share : float
        Share of rows per kind, 0 for none. With one kind only nothing is hidden.
    seed : int
        Seed of the draw.
    """
    kinds = np.array([KIND_OF_EVIDENCE.get(block, block) for block in blocks])
    distinct = sorted(set(kinds))
    if share <= 0 or len(distinct) < 2:
        return values
    masked = values.copy()
    for kind in distinct:
        rows = child_rng(seed, kind).random(len(values)) < share
        masked[np.ix_(rows, kinds == kind)] = np.nan
    return masked
