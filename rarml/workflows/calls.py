"""The word a gene gets: candidate up, candidate down, unlikely or uncertain; and the flags that qualify it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

UNCLEAR = "candidate, direction unclear"
NOT_JUDGED = "not judged"
OTHER_SPECIES = "out of domain: other species"
SILENT = "not expressed in the untreated stand-in"
_CLEARLY = 2.0
_IN_DOMAIN_PERCENTILE = 99.0

CALL_RULE = (
    "a gene is a candidate when the lower end of the interval of P(up) or P(down) lies above that class's share among "
    "the training genes; the direction is that of the larger probability, and unclear when both qualify and one is "
    "less than twice the other; unlikely: the upper ends of both lie below their shares; uncertain: neither; not "
    "judged: silent in the untreated stand-in, where the model was not trained and a gene can only rise"
)


def call_words(predictions: pd.DataFrame, prevalence: dict[str, float], eligibility: pd.Series) -> pd.Series:
    """One word per gene.

    Parameters
    ----------
    predictions : DataFrame
        With `p_<class>`, `p_<class>_low`, `p_<class>_high`.
    prevalence : dict
        Share of each class among the training genes.
    eligibility : Series of str
        Per gene ``eligible`` or why not (`rarml.training.eligibility`).

    Returns
    -------
    Series of str
        ``candidate up``, ``candidate down``, ``candidate, direction unclear``, ``unlikely``, ``uncertain`` or
        ``not judged`` (see `CALL_RULE`).
    """
    directions = [name for name in ("up", "down") if name in prevalence]
    p = np.column_stack([predictions[f"p_{name}"] for name in directions])
    above = np.column_stack([predictions[f"p_{name}_low"] > prevalence[name] for name in directions])
    below = np.column_stack([predictions[f"p_{name}_high"] < prevalence[name] for name in directions])
    words = np.where(below.all(axis=1), "unlikely", "uncertain").astype(object)
    chosen = above.any(axis=1)
    words[chosen] = [f"candidate {directions[i]}" for i in np.where(above, p, -np.inf)[chosen].argmax(axis=1)]
    words[above.sum(axis=1) == 2] = _direction_of_two(p[above.sum(axis=1) == 2], directions)
    words[(eligibility.reindex(predictions.index).fillna("") == SILENT).to_numpy(dtype=bool)] = NOT_JUDGED
    return pd.Series(words, index=predictions.index, name="call")


def _direction_of_two(p: np.ndarray, directions: Sequence[str]) -> list[str]:
    """The clearly more probable direction per row of shape (n, 2), or that it is unclear."""
    clear = p.max(axis=1) >= _CLEARLY * p.min(axis=1)
    best = p.argmax(axis=1)
    return [f"candidate {directions[i]}" if sure else UNCLEAR for i, sure in zip(best, clear, strict=True)]


def gene_flags(
    predictions: pd.DataFrame, labels: pd.DataFrame, genes: pd.DataFrame, *, other_species: bool = False
) -> pd.Series:
    """Flags per gene, joined by "; ": what limits the answer.

    Parameters
    ----------
    predictions : DataFrame
        With `domain` (percentile of the distance from the training genes).
    labels : DataFrame
        The bundle's labels: `eligibility`, `trained_as`.
    genes : DataFrame
        The atlas' genes: `has_sequence`.
    other_species : bool
        The atlas is of another species than the model: no gene is in its domain, whatever its features.
    """
    eligibility = labels["eligibility"].reindex(predictions.index).fillna("not in this model's atlas")
    has_sequence = genes["has_sequence"].reindex(predictions.index).fillna(False).to_numpy(dtype=bool)
    far = predictions["domain"].to_numpy() > _IN_DOMAIN_PERCENTILE
    cases = list(zip(eligibility.tolist(), has_sequence.tolist(), far.tolist(), strict=True))
    words = {case: _flags(*case, other_species=other_species) for case in set(cases)}
    return pd.Series([words[case] for case in cases], index=predictions.index, name="flags")


def _flags(reason: object, sequenced: bool, distant: bool, *, other_species: bool) -> str:
    found = [] if sequenced else ["no sequence"]
    if other_species:
        found.append(OTHER_SPECIES)
    elif reason not in ("eligible", "no sequence"):
        found.append(str(reason))
    if distant and sequenced and not other_species:
        found.append("out of domain")
    return "; ".join(found)
