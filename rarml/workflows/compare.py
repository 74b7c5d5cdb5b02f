"""Compare cell-type models: how each transfers to the others, what they share, where they differ, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rarml.bundle.load import Bundle, load_bundle
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.core.errors import InputError
from rarml.core.progress import track
from rarml.evaluation.transfer import transfer_matrix
from rarml.features.atlas import Atlas, atlas_columns, load_atlas
from rarml.report.compare_content import GeneSets
from rarml.training.groups import gene_groups
from rarml.workflows.compare_cells import context_columns, marks_read, receptor_table
from rarml.workflows.compare_differences import most_different, with_cells, with_reasons
from rarml.workflows.compare_genes import consensus_table, correlations, eligible_in, evidence_tables, gene_table
from rarml.workflows.compare_known import known_targets
from rarml.workflows.compare_sets import core_genes, overlaps, specific_genes
from rarml.workflows.gene_predictions import gene_predictions

LEAST_MODELS = 2
PER_SIDE = 5
"""Genes explained per pair of models, direction and side."""


@dataclass(frozen=True)
class CompareResult:
    """A comparison of two or more models.

    Attributes
    ----------
    genes : DataFrame
        One row per gene eligible in at least one model: `gene_id`, `symbol`, the columns of
        `rarml.workflows.compare_genes.gene_table` and the consensus of each direction.
    correlations : DataFrame
        Spearman correlation of P(up), P(down) and P(responsive) for every pair of models.
    transfer : DataFrame
        Tidy result of `rarml.evaluation.transfer.transfer_matrix`.
    bundles : list of Bundle
        The models, in order.
    consensus : DataFrame
        `gene_id`, `symbol` and `rarml.evaluation.consensus.consensus` per direction, for every gene that lies in the
        domain of a model.
    sets : list of GeneSets
        Called and measured genes, up and down.
    core, specific : DataFrame
        See `rarml.workflows.compare_sets`.
    differences : DataFrame
        See `rarml.workflows.compare_differences`; with columns `why:<kind>` where reasons were asked for.
    receptors : DataFrame
        Expression of the retinoid receptors in the stand-in cells.
    marks : dict of str to str
        Per model the cells and marks behind "open" and "closed".
    known : DataFrame or None
        Agreement with lists of known targets, where a file was given.
    bootstrap : int
        Resamples behind the intervals.
    """

    genes: pd.DataFrame
    correlations: pd.DataFrame
    transfer: pd.DataFrame
    bundles: list[Bundle]
    consensus: pd.DataFrame
    sets: list[GeneSets]
    core: pd.DataFrame
    specific: pd.DataFrame
    differences: pd.DataFrame
    receptors: pd.DataFrame
    marks: dict[str, str]
    known: pd.DataFrame | None = None
    bootstrap: int = 0


def compare(
    models: Sequence[str | Path],
    *,
    atlas: str | Path | None = None,
    known: str | Path | None = None,
    per_side: int = PER_SIDE,
    reasons: bool = True,
    bootstrap: int = 500,
    seed: int = 2026,
) -> CompareResult:
    """Compare models: sets on the genes eligible (expressed, with sequence) in all, pairs on those eligible in both.

    Parameters
    ----------
    models : sequence of str or Path
        Model folders or names of shipped models.
    atlas : str or Path, optional
        Atlas or built reference; the shipped one by default.
    known : str or Path, optional
        File of known target genes (GMT or names), for evaluation only.
    per_side : int
        Genes listed per pair of models, direction and side where the two differ most.
    reasons : bool
        Split these differences by kind of evidence; loads each model's boosters (seconds each).
    bootstrap : int
        Resamples behind every interval.
    seed : int

    Raises
    ------
    InputError
        If fewer than two models are named, two have one name, they share no eligible gene, or the file of known
        targets cannot be used.
    BundleError
        If a model cannot be found or is damaged.
    """
    bundles = _open(models)
    place = atlas if atlas is not None else shipped_atlas()
    source = _open_atlas(place, bundles, reasons=reasons)
    predictions = {bundle.name: gene_predictions(bundle, source) for bundle in bundles}
    groups = gene_groups(source.genes)
    agreement = None
    if known is not None:  # first, so that a fault in the file is found before the long part
        agreement = known_targets(known, bundles, predictions, source, groups, n_bootstrap=bootstrap, seed=seed)
    eligible = eligible_in(bundles, source.genes.index)
    scores, usable = evidence_tables(bundles, predictions, source.genes)
    together = consensus_table(scores, usable)
    table = gene_table(bundles, predictions, eligible, usable)
    symbols = source.genes["symbol"].where(source.genes["symbol"].fillna("") != "", source.genes.index.to_series())
    table.insert(0, "symbol", symbols.reindex(table.index))
    common = table[eligible.loc[table.index].all(axis=1)]
    differences = with_cells(most_different(table, scores, usable, per_side=per_side), bundles, source.features)
    if reasons and len(differences):
        differences = _explained(differences, bundles, source)
    return CompareResult(
        genes=table.join(together).reset_index(names="gene_id"),
        correlations=correlations(bundles, predictions, common.index),
        transfer=transfer_matrix(
            {bundle.name: _held_out(bundle, "held_out_") for bundle in bundles},
            {bundle.name: bundle.labels["trained_as"].dropna() for bundle in bundles},
            groups,
            n_bootstrap=bootstrap,
            seed=seed,
            covariates={bundle.name: _held_out(bundle, "held_out_covariates_") for bundle in bundles},
        ),
        bundles=bundles,
        consensus=together.join(symbols.rename("symbol")).reset_index(names="gene_id"),
        sets=overlaps(bundles, common),
        core=core_genes(common, together, bundles),
        specific=specific_genes(common, scores, bundles),
        differences=differences,
        receptors=receptor_table(source, {bundle.name: bundle.manifest.context for bundle in bundles}),
        marks={b.name: marks_read(b.manifest.context, list(source.features.columns)) for b in bundles},
        known=agreement,
        bootstrap=bootstrap,
    )


def _open(models: Sequence[str | Path]) -> list[Bundle]:
    if len(models) < LEAST_MODELS:
        raise InputError("a comparison needs at least two models", fix="name two; see rarml models list")
    bundles = [load_bundle(find_model(model)) for model in models]
    names = [bundle.name for bundle in bundles]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two models are both named {twice[0]!r}", fix="give one another name with train --name")
    return bundles


def _open_atlas(place: str | Path, bundles: Sequence[Bundle], *, reasons: bool) -> Atlas:
    """The atlas with the columns that are read: all where a model must predict, the models' own for reasons."""
    bare = load_atlas(place, columns=[])
    if any(bundle.manifest.atlas_digest != bare.digest for bundle in bundles):
        return load_atlas(place)
    columns = context_columns([bundle.manifest.context for bundle in bundles], atlas_columns(place))
    if reasons:
        columns += [name for bundle in bundles for name in bundle.manifest.columns]
    return load_atlas(place, columns=list(dict.fromkeys(columns)))


def _held_out(bundle: Bundle, prefix: str) -> pd.DataFrame:
    """Predictions by members that saw nothing of the gene's chromosome, as `p_<class>`."""
    return pd.DataFrame({f"p_{name}": bundle.predictions[f"{prefix}{name}"] for name in bundle.manifest.classes})


def _explained(differences: pd.DataFrame, bundles: Sequence[Bundle], atlas: Atlas) -> pd.DataFrame:
    from rarml.explain.evidence import KINDS
    from rarml.workflows.compare_account import account

    accounts = {}
    for bundle in track(bundles, what="asking why"):
        mine = differences[(differences["a"] == bundle.name) | (differences["b"] == bundle.name)]
        if len(mine):
            accounts[bundle.name] = account(bundle, atlas.features, list(mine["gene_id"].unique()))
    return with_reasons(differences, accounts, KINDS)
