"""What a promoter encoder is trained to predict: untreated chromatin, expression and CpG islands at each promoter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import MissingPartError
from rarml.features import coexpression
from rarml.features.combine import KNOWN_FRACTION
from rarml.features.core_elements import ELEMENTS, score_element
from rarml.features.expression_block import log_level
from rarml.features.island_overlap import island_features

if TYPE_CHECKING:
    from rarml.reference.sequences import PromoterSequences
    from rarml.reference.store import Reference

KEPT = ("chromatin", "coexpression", "expression")
"""Groups whose predictions become feature columns; the others only teach."""
MEAN_LEVEL = "expression:mean"
_ISLAND = "island:fraction"
_ROWS = 4000
GROUP_WEIGHT = {
    "chromatin": 1.0, "signal": 0.5, "level": 0.5, "coexpression": 1.0, "expression": 0.25, "island": 0.1, "core": 0.1,
}  # fmt: skip
"""Share of each group of targets in the loss. Components are what differs between cells and the hardest to learn; CpG
islands and core elements can be read off the bases and only help the first layer on its way."""


def encoder_rows(reference: Reference) -> NDArray[np.int64]:
    """Rows of `Reference.promoters` with at least half of their bases known, int64.

    Raises
    ------
    MissingPartError
        If the reference has no sequence.
    """
    if reference.sequences is None:
        raise MissingPartError("a promoter encoder needs sequence", where=reference.path, fix="give a genome")
    known = reference.promoters["bases_known"].to_numpy(dtype=np.float64)
    return np.flatnonzero(known >= KNOWN_FRACTION * reference.sequences.length)


def encoder_targets(reference: Reference) -> pd.DataFrame:
    """Targets of every promoter, float32, one row per row of `Reference.promoters`; NaN where not measured.

    Columns ``{group}:{what}``: ``chromatin`` (share of replicates with a peak, per track), ``signal`` (its strength),
    ``level`` (log2(1 + nTPM), per sample), ``coexpression`` (components), ``expression:mean``, ``island`` and ``core``
    (elements). Expression is a gene's, so it is a target of the primary promoter only. None of these was measured after
    treatment.

    Raises
    ------
    MissingPartError
        If the reference has neither tracks nor expression.
    """
    parts = []
    if reference.tracks is not None:
        names = reference.tracks.tracks["track"].astype(str).tolist()
        for group, metric in (("chromatin", "overlap"), ("signal", "signal")):
            values = reference.tracks.metrics[metric]
            some = [number for number in range(len(names)) if not np.isnan(values[:, number]).all()]
            parts.append(pd.DataFrame(values[:, some], columns=[f"{group}:{names[number]}" for number in some]))
    if reference.expression is not None and reference.expression.shape[1] > 1:
        parts += _expression(reference, reference.expression)
    if not parts:
        raise MissingPartError(
            "an encoder learns from chromatin tracks or expression, and this reference has neither",
            where=reference.path,
            fix="add tracks or expression to the reference's configuration",
        )
    if reference.cpg_islands is not None:
        found = island_features(reference.promoters, reference.cpg_islands)
        parts.append(pd.DataFrame({_ISLAND: found["cpg_island_fraction"]}))
    if reference.sequences is not None:
        parts.append(_core_elements(reference.sequences))
    return pd.concat(parts, axis=1).astype(np.float32)


def _expression(reference: Reference, panel: pd.DataFrame) -> list[pd.DataFrame]:
    gene = reference.promoters["gene_id"].astype(str)
    primary = reference.promoters["is_primary"].to_numpy(dtype=bool)
    levels = log_level(panel).reindex(gene)
    components = coexpression.build(reference).reindex(gene)
    mean = levels.mean(axis=1).to_frame(MEAN_LEVEL)
    levels.columns = pd.Index([f"level:{sample}" for sample in levels.columns])
    tables = [table.reset_index(drop=True) for table in (levels, components, mean)]
    for table in tables:
        table.loc[~primary] = np.nan
    return tables


def _core_elements(sequences: PromoterSequences) -> pd.DataFrame:
    codes = (sequences.codes(slice(start, start + _ROWS)) for start in range(0, len(sequences), _ROWS))
    up = sequences.window[0]
    parts = [np.stack([score_element(some, up, element) for element in ELEMENTS], axis=1) for some in codes]
    return pd.DataFrame(np.concatenate(parts), columns=[f"core:{element.name}" for element in ELEMENTS])


def target_weights(columns: pd.Index) -> NDArray[np.float64]:
    """Weight of each target in the loss: that of its group (`GROUP_WEIGHT`), shared among the group; sums to 1."""
    group = pd.Series([_group(name) for name in columns])
    share = group.map(GROUP_WEIGHT) / group.map(group.value_counts())
    return (share / share.sum()).to_numpy(dtype=np.float64)


def kept_targets(columns: pd.Index) -> list[int]:
    """Numbers of the targets whose predictions become feature columns."""
    return [number for number, name in enumerate(columns) if _group(name) in KEPT]


def _group(name: str) -> str:
    return name.partition(":")[0]
