"""The word a gene gets: candidate up, candidate down, unlikely or uncertain; and the flags that qualify it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rarml.workflows.predictions import IN_DOMAIN_PERCENTILE

CALL_RULE = (
    "candidate up/down: the lower end of the probability's interval lies above that class's share among the training "
    "genes, and its lift over that share is the larger of the two; unlikely: the upper ends of both lie below their "
    "shares; uncertain: neither"
)


def call_words(predictions: pd.DataFrame, prevalence: dict[str, float]) -> pd.Series:
    """One word per gene.

    Parameters
    ----------
    predictions : DataFrame
        With `p_<class>`, `p_<class>_low`, `p_<class>_high`.
    prevalence : dict
        Share of each class among the training genes.

    Returns
    -------
    Series of str
        ``candidate up``, ``candidate down``, ``unlikely`` or ``uncertain`` (see `CALL_RULE`).
    """
    directions = [name for name in ("up", "down") if name in prevalence]
    lift = np.column_stack([predictions[f"p_{name}"] / prevalence[name] for name in directions])
    above = np.column_stack([predictions[f"p_{name}_low"] > prevalence[name] for name in directions])
    below = np.column_stack([predictions[f"p_{name}_high"] < prevalence[name] for name in directions])
    best = np.where(above, lift, -np.inf)
    words = np.where(below.all(axis=1), "unlikely", "uncertain").astype(object)
    chosen = above.any(axis=1)
    words[chosen] = [f"candidate {directions[i]}" for i in best[chosen].argmax(axis=1)]
    return pd.Series(words, index=predictions.index, name="call")


def gene_flags(predictions: pd.DataFrame, labels: pd.DataFrame, genes: pd.DataFrame) -> pd.Series:
    """Flags per gene, joined by "; ": what limits the answer.

    Parameters
    ----------
    predictions : DataFrame
        With `domain` (percentile of the distance from the training genes).
    labels : DataFrame
        The bundle's labels: `eligibility`, `trained_as`.
    genes : DataFrame
        The atlas' genes: `has_sequence`.
    """
    eligibility = labels["eligibility"].reindex(predictions.index).fillna("not in this model's atlas")
    has_sequence = genes["has_sequence"].reindex(predictions.index).fillna(False).to_numpy(dtype=bool)
    far = predictions["domain"].to_numpy() > IN_DOMAIN_PERCENTILE
    flags = []
    for reason, sequenced, distant in zip(eligibility, has_sequence, far, strict=True):
        found = [] if sequenced else ["no sequence"]
        if reason not in ("eligible", "no sequence"):
            found.append(str(reason))
        if distant:
            found.append("out of domain")
        flags.append("; ".join(found))
    return pd.Series(flags, index=predictions.index, name="flags")
