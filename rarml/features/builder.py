"""All feature blocks of a reference side by side: one float32 row per gene."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rarml.core.errors import RarmlError
from rarml.core.progress import track
from rarml.features.registry import Block, blocks_for

if TYPE_CHECKING:
    from rarml.reference.store import Reference


def build_features(
    reference: Reference, blocks: Iterable[str] | None = None, *, encoder: Path | None = None
) -> pd.DataFrame:
    """Compute features for every gene of a reference.

    Parameters
    ----------
    reference : Reference
    blocks : iterable of str, optional
        Names of `registry.BLOCKS`; all that the reference has the inputs for if left out.
    encoder : Path, optional
        Folder of promoter encoders for block `sequence`; the shipped ones if left out.

    Returns
    -------
    DataFrame, float32, shape (n_genes, n_columns), indexed by gene_id
        In the order of ``reference.genes``. A gene's row does not depend on which other genes are asked about later.

    Raises
    ------
    SettingsError, MissingPartError
        See `registry.blocks_for`.
    """
    chosen = blocks_for(reference, blocks)
    parts = [_checked(block, block.build(reference, encoder), reference) for block in track(chosen, what="features")]
    return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=reference.genes.index)


def _checked(block: Block, frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Hold a block to its promise; a fault here is a bug in the block, and is named as such."""
    faults = {
        "its rows are not the genes": not frame.index.equals(reference.genes.index),
        "a column lacks its prefix": not all(name.startswith(f"{block.name}:") for name in frame.columns),
        "a column comes twice": not frame.columns.is_unique,
        "a value is infinite": bool(np.isinf(frame.to_numpy(dtype=np.float32)).any()),
    }
    for fault, found in faults.items():
        if found:
            raise RarmlError(f"feature block {block.name!r}: {fault}", where=block.module, fix="report this as a bug")
    frame.index.name = "gene_id"
    return frame.astype(np.float32)
