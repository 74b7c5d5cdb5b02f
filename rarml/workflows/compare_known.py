"""Lists of known targets beside the models' calls: for evaluation only, never a feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.core.errors import InputError
from rarml.core.seeds import child_seed
from rarml.evaluation.consensus import evidence
from rarml.evaluation.known_targets import Ranking, known_target_row
from rarml.features.atlas import Atlas
from rarml.labels.gene_sets import read_gene_sets
from rarml.workflows.calls import call_words


def known_targets(
    path: str | Path,
    bundles: Sequence[Bundle],
    predictions: Mapping[str, pd.DataFrame],
    atlas: Atlas,
    groups: pd.Series,
    *,
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Agreement of each model with each list of a file.

    Parameters
    ----------
    path : path
        GMT, or one gene per line.
    bundles : sequence of Bundle
    predictions : mapping of model to DataFrame
    atlas : Atlas
    groups : Series of str
        Group per gene.
    n_bootstrap, seed : int

    Returns
    -------
    DataFrame
        `list`, `model`, `named` (names in the list), `mapped` (distinct genes of the atlas) and the columns of
        `rarml.evaluation.known_targets.known_target_row`; a row per list and model. Genes compared are those that the
        model may judge (eligible in it); each is answered by members that did not see it, or that never trained on it.

    Raises
    ------
    InputError
        If the file holds no gene, or none of a list is a gene of the atlas.
    """
    rankings = {bundle.name: _ranking(bundle, predictions[bundle.name]) for bundle in bundles}
    rows = []
    for found in read_gene_sets(path):
        resolved = atlas.names.resolve(list(found.genes))
        listed = pd.Index(resolved["gene_id"].dropna().unique()).intersection(atlas.genes.index)
        if listed.empty:
            raise InputError(
                f"none of the {len(found.genes):,} names of {found.name!r} is a gene of the atlas",
                where=f"{path}:{found.lines[0]}",
                fix="give human symbols, Ensembl, Entrez or HGNC ids",
            )
        for name, ranking in rankings.items():
            row = known_target_row(
                ranking, listed, groups, n_bootstrap=n_bootstrap, seed=child_seed(seed, found.name, name)
            )
            rows.append({"list": found.name, "model": name, "named": len(found.genes), "mapped": len(listed), **row})
    return pd.DataFrame(rows)


def _ranking(bundle: Bundle, predictions: pd.DataFrame) -> Ranking:
    labels, share = bundle.labels, bundle.manifest.prevalence
    eligible = labels.index[(labels["eligibility"] == "eligible").to_numpy()]
    chosen = predictions.loc[predictions.index.intersection(eligible)]
    call = call_words(chosen, share, labels["eligibility"])
    return Ranking(
        score=pd.Series(evidence(chosen["p_up"], share["up"]), index=chosen.index),
        covariates=pd.Series(evidence(chosen["covariates_up"], share["up"]), index=chosen.index),
        called=call == "candidate up",
    )
