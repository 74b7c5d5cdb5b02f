"""The untreated cells that stand in for each model: their receptors, and a gene's promoter and level in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.bundle.manifest import Context
from rarml.features.atlas import Atlas
from rarml.features.expression_block import LEVEL

RECEPTORS = ("RARA", "RARB", "RARG", "RXRA", "RXRB", "RXRG")
ACTIVE = ("ATAC", "DNase", "H3K27ac", "H3K4me3")
"""Marks of an open or active promoter, as far as a stand-in has them."""
REPRESSED = "H3K27me3"
OPEN, POISED, SILENCED, CLOSED, UNKNOWN = "open", "poised", "repressed", "closed", "not measured"


def context_columns(contexts: Sequence[Context], columns: Sequence[str]) -> list[str]:
    """The atlas' columns that this module reads for some models."""
    wanted = [f"{LEVEL}{sample}" for context in contexts for sample in context.stand_in]
    for context in contexts:
        wanted += [name for name, _, _ in _tracks(context, columns)]
    here = set(columns)
    return [name for name in dict.fromkeys(wanted) if name in here]


def receptor_table(atlas: Atlas, models: dict[str, Context]) -> pd.DataFrame:
    """Expression of the retinoid receptors in the stand-in cells.

    Returns
    -------
    DataFrame
        `model`, `sample` (stand-in), `receptor`, `ntpm` (NaN where it is not measured); a row each.
    """
    ids = {str(symbol): str(gene) for gene, symbol in atlas.genes["symbol"].items() if symbol in RECEPTORS}
    rows = []
    for model, context in models.items():
        for sample in context.stand_in:
            column = f"{LEVEL}{sample}"
            level = atlas.features[column].to_dict() if column in atlas.features else {}
            for receptor in RECEPTORS:
                value = float(level.get(ids.get(receptor, ""), float("nan")))
                rows.append((model, sample, receptor, 2.0**value - 1.0))
    return pd.DataFrame(rows, columns=["model", "sample", "receptor", "ntpm"])


def gene_level(features: pd.DataFrame, context: Context) -> NDArray[np.float64]:
    """nTPM of each gene in the stand-in cells, the highest of several; NaN where it is not measured."""
    columns = [f"{LEVEL}{sample}" for sample in context.stand_in if f"{LEVEL}{sample}" in features]
    if not columns:
        return np.full(len(features), np.nan)
    levels: NDArray[np.float64] = 2.0 ** features[columns].max(axis=1).to_numpy(dtype=np.float64) - 1.0
    return levels


def promoter_state(features: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Open or closed: what the untreated stand-in's chromatin says of each gene's most marked promoter.

    Returns
    -------
    DataFrame
        `state`: open (a peak of a mark of `ACTIVE` on the promoter), poised (such a peak and one of H3K27me3),
        repressed (H3K27me3 alone), closed (no peak of the marks there are) or not measured; and `marks`, the peaks on
        it as "cell mark". The stand-ins do not have the same marks, so "closed" is no stronger than the marks asked.
    """
    tracks = _tracks(context, list(features.columns))
    values = {name: features[name].to_numpy(dtype=np.float64) for name, _, _ in tracks}
    states, marks = [], []
    for row in range(len(features)):
        known = [(cell, mark, values[name][row]) for name, cell, mark in tracks if not np.isnan(values[name][row])]
        on = [(cell, mark) for cell, mark, overlap in known if overlap > 0]
        active, repressed = any(mark != REPRESSED for _, mark in on), any(mark == REPRESSED for _, mark in on)
        quiet = CLOSED if known else UNKNOWN
        states.append(POISED if active and repressed else OPEN if active else SILENCED if repressed else quiet)
        marks.append(", ".join(f"{cell} {mark}" for cell, mark in on))
    return pd.DataFrame({"state": states, "marks": marks}, index=features.index)


def marks_read(context: Context, columns: Sequence[str]) -> str:
    """The cells and marks behind `promoter_state`, in words: "SK-N-SH (H3K27ac, H3K27me3)"."""
    by_cell: dict[str, list[str]] = {}
    for _, cell, mark in _tracks(context, columns):
        by_cell.setdefault(cell, []).append(mark)
    return "; ".join(f"{cell} ({', '.join(marks)})" for cell, marks in by_cell.items())


def _tracks(context: Context, columns: Sequence[str]) -> list[tuple[str, str, str]]:
    """(column, cell, mark) of the overlap columns of the context's cells; of all cells where it names none."""
    found = []
    for name in columns:
        block, _, rest = name.partition(":")
        cell, _, tail = rest.partition(":")
        mark, _, metric = tail.partition(":")
        telling = block == "chromatin" and metric == "overlap" and mark in (*ACTIVE, REPRESSED)
        if telling and (context.chromatin is None or cell in context.chromatin):
            found.append((name, cell, mark))
    return found
