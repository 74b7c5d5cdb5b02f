"""The genes of a comparison: what each model says of each, beyond its own base rate, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from rarml.bundle.load import Bundle
from rarml.core.errors import InputError
from rarml.evaluation.consensus import consensus, evidence
from rarml.workflows.calls import NOT_JUDGED, UNCLEAR, call_words, gene_flags

DIRECTIONS = ("up", "down")
NOT_BY_ALL = "not judged by all"
"""Group of a gene that is silent, or without sequence, for some of the models: whether it is shared cannot be said."""


def eligible_in(bundles: Sequence[Bundle], genes: pd.Index) -> pd.DataFrame:
    """Whether each model may judge each gene (expressed in its stand-in cells, with sequence), genes by models.

    Raises
    ------
    InputError
        If no gene is eligible in every model.
    """
    table = pd.DataFrame(
        {b.name: (b.labels["eligibility"].reindex(genes) == "eligible").to_numpy(dtype=bool) for b in bundles}, genes
    )
    if not table.all(axis=1).any():
        raise InputError("the models share no eligible gene", fix="train them on one atlas")
    return table


def evidence_tables(
    bundles: Sequence[Bundle], predictions: Mapping[str, pd.DataFrame], genes: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Evidence for each direction, and where it may be used.

    Parameters
    ----------
    bundles : sequence of Bundle
    predictions : mapping of model to DataFrame
        Of `rarml.workflows.gene_predictions.gene_predictions`.
    genes : DataFrame
        The atlas' genes.

    Returns
    -------
    scores : dict of direction to DataFrame
        `rarml.evaluation.consensus.evidence`, genes by models; a model without the class has no column.
    usable : DataFrame of bool
        Genes by models: eligible in the model and in its domain.
    """
    scores: dict[str, pd.DataFrame] = {}
    for direction in DIRECTIONS:
        able = [bundle for bundle in bundles if direction in bundle.manifest.classes]
        scores[direction] = pd.DataFrame(
            {
                # the four digits that are stored, without what float32 adds to them
                bundle.name: evidence(
                    predictions[bundle.name][f"p_{direction}"].reindex(genes.index).astype(np.float64).round(4),
                    bundle.manifest.prevalence[direction],
                )
                for bundle in able
            },
            index=genes.index,
        )
    usable = pd.DataFrame(
        {
            bundle.name: gene_flags(predictions[bundle.name].reindex(genes.index), bundle.labels, genes) == ""
            for bundle in bundles
        },
        index=genes.index,
    )
    return scores, usable


def consensus_table(scores: Mapping[str, pd.DataFrame], usable: pd.DataFrame) -> pd.DataFrame:
    """Consensus per direction (columns `<column>_up`, `<column>_down`) of every gene that a model may judge."""
    parts = []
    for direction, table in scores.items():
        if table.shape[1]:
            # a rank says what models share: most of them must judge the gene, and never one of several alone
            least = min(max(2, table.shape[1] // 2 + 1), table.shape[1])
            parts.append(consensus(table, usable[list(table.columns)], least=least).add_suffix(f"_{direction}"))
    whole = pd.concat(parts, axis=1)
    counts = whole[[name for name in whole.columns if str(name).startswith("n_models_")]]
    return whole[(counts > 0).any(axis=1).to_numpy()]


def gene_table(
    bundles: Sequence[Bundle], predictions: Mapping[str, pd.DataFrame], eligible: pd.DataFrame, usable: pd.DataFrame
) -> pd.DataFrame:
    """What each model says of every gene that at least one may judge.

    Parameters
    ----------
    bundles : sequence of Bundle
    predictions : mapping of model to DataFrame
    eligible, usable : DataFrame of bool
        Of `eligible_in` and `evidence_tables`.

    Returns
    -------
    DataFrame
        Per model `p_up`, `p_down`, `call`, `measured` and `usable` (columns `<column>:<model>`; a gene that is not
        eligible in a model is "not judged" there), `group` (see `group_words`; `NOT_BY_ALL` where a model does not
        judge it) and `spread`, the largest difference of P(responsive) between models that do.
    """
    genes = eligible.index[eligible.any(axis=1)]
    columns: dict[str, pd.Series] = {}
    responsive = {}
    for bundle in bundles:
        name = bundle.name
        chosen, judged = predictions[name].reindex(genes), eligible.loc[genes, name]
        for column in ("p_up", "p_down"):
            columns[f"{column}:{name}"] = chosen[column] if column in chosen else pd.Series(np.nan, genes)
        words = call_words(chosen, bundle.manifest.prevalence, bundle.labels["eligibility"])
        columns[f"call:{name}"] = words.where(judged, NOT_JUDGED)
        columns[f"measured:{name}"] = bundle.labels["status"].reindex(genes)
        columns[f"usable:{name}"] = usable.loc[genes, name]
        responsive[name] = (1 - chosen["p_unresponsive"]).where(judged)
    table = pd.DataFrame(columns)
    everywhere = eligible.loc[genes].all(axis=1)
    words = pd.Series(group_words(table, [bundle.name for bundle in bundles]), genes)
    table["group"] = words.where(everywhere, NOT_BY_ALL)
    chances = pd.DataFrame(responsive)
    table["spread"] = chances.max(axis=1) - chances.min(axis=1)
    return table


def group_words(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """A word per gene: shared up/down, only in one model, opposite, partly shared, or none."""
    groups = []
    for calls in table[[f"call:{name}" for name in names]].to_numpy():
        up = [name for name, call in zip(names, calls, strict=True) if call == "candidate up"]
        down = [name for name, call in zip(names, calls, strict=True) if call == "candidate down"]
        if up and down:
            groups.append("opposite")
        elif len(up) == len(names) or len(down) == len(names):
            groups.append("shared up" if up else "shared down")
        elif len(up) + len(down) == 1 and UNCLEAR not in calls:
            groups.append(f"only in {(up or down)[0]}")
        else:
            groups.append("partly shared" if up or down else "none")
    return groups


def correlations(bundles: Sequence[Bundle], predictions: Mapping[str, pd.DataFrame], genes: pd.Index) -> pd.DataFrame:
    """Spearman correlation of P(up), P(down) and P(responsive) for every pair of models."""
    rows = []
    for left, right in combinations(bundles, 2):
        for what in (*DIRECTIONS, "responsive"):
            a, b = (_probability(predictions[x.name].reindex(genes), what) for x in (left, right))
            if a is not None and b is not None:
                rho = float(a.rank().corr(b.rank()))
                rows.append({"a": left.name, "b": right.name, "probability": what, "spearman": rho, "n": len(genes)})
    return pd.DataFrame(rows, columns=["a", "b", "probability", "spearman", "n"])


def _probability(table: pd.DataFrame, what: str) -> pd.Series | None:
    if what == "responsive":
        return 1 - table["p_unresponsive"]
    return table.get(f"p_{what}")
