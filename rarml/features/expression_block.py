"""Block `expression`: level in each untreated cell line or tissue, and how a gene is spread over them.

Levels are log2(1 + nTPM). A gene that is not in the expression table is NaN in every column, which is not the same
as a gene that is measured and silent (0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError

if TYPE_CHECKING:
    from rarml.reference.store import Reference

NAME = "expression"
LEVEL = f"{NAME}:level:"
EXPRESSED = 1.0
"""nTPM from which a gene counts as expressed (the Human Protein Atlas' own detection limit)."""


def build(reference: Reference) -> pd.DataFrame:
    """The expression block of every gene.

    Parameters
    ----------
    reference : Reference
        Uses genes and expression (None: a table without columns).

    Returns
    -------
    DataFrame, float32, indexed by gene_id
        ``expression:mean|sd|max|tau|breadth|percentile`` and ``expression:level:{SAMPLE}``; sample names are kept as
        they are, commas and spaces and all.

    Raises
    ------
    InputError
        If the table has negative or infinite values.
    """
    table = reference.expression
    genes = reference.genes
    if table is None or table.shape[1] == 0:
        return pd.DataFrame(index=genes.index)
    level = log_level(table)
    summary = {
        "mean": level.mean(axis=1),
        "sd": level.std(axis=1, ddof=0),
        "max": level.max(axis=1),
        "tau": pd.Series(tau(level.to_numpy()), index=level.index),
        "breadth": (table >= EXPRESSED).sum(axis=1) / table.notna().sum(axis=1).replace(0, np.nan),
    }
    summary["percentile"] = 100 * summary["mean"].rank(pct=True)
    block = pd.DataFrame({f"{NAME}:{name}": values for name, values in summary.items()})
    block = block.join(level.add_prefix(LEVEL))
    return block.reindex(genes.index).astype(np.float32)


def log_level(table: pd.DataFrame) -> pd.DataFrame:
    """log2(1 + value) in float64, missing kept missing; negative or infinite values are an `InputError`."""
    values = table.to_numpy(dtype=np.float64)
    wrong = (values < 0) | np.isinf(values)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InputError(
            f"expression of {table.index[row]} in {table.columns[column]!r} is {values[row, column]}",
            fix="give TPM or nTPM, which are finite and never negative",
        )
    return pd.DataFrame(np.log2(1 + values), index=table.index, columns=table.columns)


def tau(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tissue specificity: 0 the same everywhere, 1 in one sample only (Yanai 2005, 10.1093/bioinformatics/bti042).

    tau = sum(1 - x_i / max x) / (n - 1) over log levels; NaN for a gene that is silent everywhere or unmeasured.

    Parameters
    ----------
    level : float array, shape (n_genes, n_samples)
        log2(1 + nTPM); NaN samples are left out.
    """
    known = ~np.isnan(level)
    measured = known.sum(axis=1)
    top = np.where(known, level, -np.inf).max(axis=1, initial=-np.inf)
    usable = (top > 0) & (measured > 1)
    share = np.where(known, level, 0).sum(axis=1) / np.where(usable, top, 1)
    return np.where(usable, (measured - share) / np.maximum(measured - 1, 1), np.nan)
