"""What each kind of evidence adds to a model's log-odds for a few genes; the one place where a comparison asks why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rarml.bundle.load import Bundle
from rarml.evaluation.consensus import evidence
from rarml.explain.attribution import attribute
from rarml.explain.evidence import KINDS, kind_numbers


def account(bundle: Bundle, features: pd.DataFrame, genes: Sequence[str]) -> pd.DataFrame:
    """The additive account of a model's evidence for each gene and direction.

    Parameters
    ----------
    bundle : Bundle
    features : DataFrame
        The atlas' values, with at least the model's columns.
    genes : sequence of str
        Gene ids.

    Returns
    -------
    DataFrame
        Indexed by (gene_id, direction): `start` (log-odds of an average promoter of the training genes, less those of
        the base rate), one column per kind of `rarml.explain.evidence.KINDS` (0 for one that the model does not read),
        and `evidence` (their sum: log-odds of the probability beyond the base rate). Natural logarithm.
    """
    # the boosters and their libraries take seconds to load: only where they are needed
    from rarml.training.branches import branch_columns
    from rarml.training.parts import from_parts

    model = from_parts(bundle.parts("model"), where=str(bundle.path / "model"))
    wanted = features.loc[list(genes), list(model.columns)]
    found = attribute(model, wanted, branch_columns(model.columns), kind_numbers(model.columns), len(KINDS))
    parts = []
    for direction in ("up", "down"):
        if direction not in model.classes:
            continue
        number = model.classes.index(direction)
        share = bundle.manifest.prevalence[direction]
        index = pd.MultiIndex.from_product([found.genes, [direction]], names=["gene_id", "direction"])
        table = pd.DataFrame(found.summary[:, number], index=index, columns=list(KINDS))
        table.insert(0, "start", found.base[:, number] + evidence(0.5, share))
        table["evidence"] = found.log_odds[:, number] + evidence(0.5, share)
        parts.append(table)
    return pd.concat(parts) if parts else pd.DataFrame(columns=["start", *KINDS, "evidence"], dtype=np.float64)
