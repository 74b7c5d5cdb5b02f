"""Compare cell-type models gene by gene: agreement, shared and specific genes, and how each transfers to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from rarml.bundle.load import Bundle, load_bundle
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.core.errors import InputError
from rarml.evaluation.transfer import transfer_matrix
from rarml.features.atlas import load_atlas
from rarml.training.groups import gene_groups
from rarml.workflows.calls import UNCLEAR, call_words
from rarml.workflows.gene_predictions import gene_predictions

LEAST_MODELS = 2


@dataclass(frozen=True)
class CompareResult:
    """A comparison of two or more models.

    Attributes
    ----------
    genes : DataFrame
        One row per gene eligible in every model: `gene_id`, `symbol`, per model `p_up`, `p_down` and `call`
        (columns `<column>:<model>`), `group` (shared up, shared down, only in one model, opposite, other) and
        `spread` (largest difference of P(responsive) between models).
    correlations : DataFrame
        Spearman correlation of P(up), P(down) and P(responsive) for every pair of models.
    transfer : DataFrame
        Tidy result of `rarml.evaluation.transfer.transfer_matrix`.
    bundles : list of Bundle
        The models, in order.
    """

    genes: pd.DataFrame
    correlations: pd.DataFrame
    transfer: pd.DataFrame
    bundles: list[Bundle]


def compare(
    models: Sequence[str | Path], *, atlas: str | Path | None = None, bootstrap: int = 500, seed: int = 2026
) -> CompareResult:
    """Compare models on the genes that are eligible (expressed, with sequence) in all of them.

    Raises
    ------
    InputError
        If fewer than two models are named, two have one name, or they share no eligible gene.
    BundleError
        If a model cannot be found or is damaged.
    """
    if len(models) < LEAST_MODELS:
        raise InputError("a comparison needs at least two models", fix="name two; see rarml models list")
    bundles = [load_bundle(find_model(model)) for model in models]
    names = [bundle.name for bundle in bundles]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two models are both named {twice[0]!r}", fix="give one another name with train --name")
    source = load_atlas(atlas if atlas is not None else shipped_atlas())
    predictions = {bundle.name: gene_predictions(bundle, source) for bundle in bundles}
    common = _common_genes(bundles, source.genes.index)
    table = _gene_table(bundles, predictions, common)
    table.insert(0, "symbol", source.genes["symbol"].reindex(common))
    return CompareResult(
        genes=table.reset_index(names="gene_id"),
        correlations=_correlations(bundles, predictions, common),
        transfer=transfer_matrix(
            {bundle.name: _held_out(bundle) for bundle in bundles},
            {bundle.name: bundle.labels["trained_as"].dropna() for bundle in bundles},
            gene_groups(source.genes),
            n_bootstrap=bootstrap,
            seed=seed,
        ),
        bundles=bundles,
    )


def _held_out(bundle: Bundle) -> pd.DataFrame:
    """Predictions by members that saw nothing of the gene's chromosome, as `p_<class>`."""
    return pd.DataFrame({f"p_{name}": bundle.predictions[f"held_out_{name}"] for name in bundle.manifest.classes})


def _common_genes(bundles: Sequence[Bundle], genes: pd.Index) -> pd.Index:
    common = genes
    for bundle in bundles:
        labels = bundle.labels
        common = common.intersection(labels.index[(labels["eligibility"] == "eligible").to_numpy()], sort=False)
    if common.empty:
        raise InputError("the models share no eligible gene", fix="train them on one atlas")
    return common


def _gene_table(bundles: Sequence[Bundle], predictions: dict[str, pd.DataFrame], genes: pd.Index) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for bundle in bundles:
        chosen = predictions[bundle.name].reindex(genes)
        for column in ("p_up", "p_down"):
            columns[f"{column}:{bundle.name}"] = chosen[column] if column in chosen else pd.Series(np.nan, genes)
        columns[f"call:{bundle.name}"] = call_words(chosen, bundle.manifest.prevalence, bundle.labels["eligibility"])
        columns[f"measured:{bundle.name}"] = bundle.labels["status"].reindex(genes)
    table = pd.DataFrame(columns)
    table["group"] = _groups(table, [bundle.name for bundle in bundles])
    responsive = pd.DataFrame({b.name: 1 - predictions[b.name].reindex(genes)["p_unresponsive"] for b in bundles})
    table["spread"] = responsive.max(axis=1) - responsive.min(axis=1)
    return table


def _groups(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
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


def _correlations(bundles: Sequence[Bundle], predictions: dict[str, pd.DataFrame], genes: pd.Index) -> pd.DataFrame:
    rows = []
    for left, right in combinations(bundles, 2):
        for what in ("up", "down", "responsive"):
            a, b = (_probability(predictions[x.name].reindex(genes), what) for x in (left, right))
            if a is not None and b is not None:
                rho = float(a.rank().corr(b.rank()))
                rows.append({"a": left.name, "b": right.name, "probability": what, "spearman": rho, "n": len(genes)})
    return pd.DataFrame(rows)


def _probability(table: pd.DataFrame, what: str) -> pd.Series | None:
    if what == "responsive":
        return 1 - table["p_unresponsive"]
    return table.get(f"p_{what}")
