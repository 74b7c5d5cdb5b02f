"""Predictions of a model for the genes of an atlas: its stored table where that fits, computed afresh elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.core.errors import BundleError
from rarml.core.parallel import run, use_engine
from rarml.core.parallel_threads import Threads
from rarml.features.atlas import Atlas
from rarml.features.selection import samples_of
from rarml.workflows.prevalence import at_prevalence
from rarml.workflows.score_species import is_other_species

if TYPE_CHECKING:
    from rarml.workflows.predictions import TrainedModel

CHUNK = 2048
"""Genes predicted at once."""


def gene_predictions(
    bundle: Bundle, atlas: Atlas, shares: Mapping[str, float] | None = None, *, any_species: bool = False
) -> pd.DataFrame:
    """Predictions of a bundle for every gene of an atlas.

    The bundle's own table where it was trained on this very atlas (the same numbers, without loading the boosters);
    computed afresh for any other atlas.

    Parameters
    ----------
    bundle : Bundle
        The model.
    atlas : Atlas
        Read with its columns where its digest is not that of the bundle.
    shares : mapping of str to float, optional
        Class shares to give probabilities and ranks at (`rarml.workflows.prevalence`); those of training by default.
    any_species : bool
        Take an atlas of another species than the model's; the caller flags the answers.

    Raises
    ------
    BundleError
        If the atlas is of another assembly, or lacks columns that the model reads.
    """
    trained = bundle.manifest.prevalence
    if bundle.manifest.atlas_digest == atlas.digest:
        found, eligible = bundle.predictions, bundle.labels["eligibility"]
        if shares is None or dict(shares) == trained:
            return found
    else:
        found, eligible = _fresh_predictions(bundle, atlas, any_species=any_species)
    if shares is not None and dict(shares) != trained:
        found = at_prevalence(found, trained, shares)
    from rarml.workflows.predictions import genome_rank

    return found.assign(rank=genome_rank(found, eligible))


def _fresh_predictions(bundle: Bundle, atlas: Atlas, *, any_species: bool) -> tuple[pd.DataFrame, pd.Series]:
    """Predictions, without ranks, and eligibility of every gene of the atlas."""
    other = is_other_species(bundle.manifest.assembly, str(atlas.manifest["assembly"]))
    _require_fitting(bundle, atlas, any_assembly=other and any_species)
    # the boosters and their libraries take seconds to load: only where they are needed
    from rarml.training.eligibility import ELIGIBLE, EligibilityRule, eligibility
    from rarml.workflows.model_files import load_model

    with use_engine(Threads(1)):  # several chunks of genes at once, each on one thread
        model = load_model(bundle)
    features = atlas.features[bundle.manifest.columns]
    chunks = [(first, first + CHUNK) for first in range(0, len(features), CHUNK)]
    predictions = pd.concat(list(run(_predict_chunk, chunks, shared=(model, features), what="scoring")))
    if other and not set(bundle.manifest.context.stand_in) <= set(samples_of(list(atlas.features.columns))):
        # human stand-in cells say nothing of a mouse gene's expression: all are ranked alike
        return predictions, pd.Series(ELIGIBLE, index=atlas.genes.index)
    rule = EligibilityRule.model_validate(bundle.manifest.settings["eligibility"])
    return predictions, eligibility(atlas.genes, atlas.features, bundle.manifest.context.stand_in, rule)


def _predict_chunk(given: tuple[TrainedModel, pd.DataFrame], rows: tuple[int, int]) -> pd.DataFrame:
    """Predictions of some genes; one gene's depend on no other's."""
    from rarml.workflows.predictions import conformal_columns, predict_genes

    model, features = given
    some = features.iloc[slice(*rows)]
    return predict_genes(model, some, model.full.training_folds).join(conformal_columns(model, some))


def _require_fitting(bundle: Bundle, atlas: Atlas, *, any_assembly: bool) -> None:
    """A column that is not there would pass for a value that is missing in every gene."""
    assembly = str(atlas.manifest["assembly"])
    if assembly != bundle.manifest.assembly and not any_assembly:
        raise BundleError(
            f"was trained on {bundle.manifest.assembly}, the atlas is of {assembly}",
            where=bundle.path,
            fix="give an atlas of that assembly",
        )
    present = set(atlas.features.columns)
    absent = [name for name in bundle.manifest.columns if name not in present]
    if absent and any_assembly:
        raise BundleError(
            f"was trained on {bundle.manifest.assembly}; {len(absent):,} of its feature columns, such as {absent[0]}, "
            f"do not exist for {assembly}",
            where=bundle.path,
            fix="score the genes through --orthologues without this atlas, or train a model on it",
        )
    if absent:
        raise BundleError(
            f"needs {len(absent):,} feature columns that the atlas lacks, such as {absent[0]}",
            where=bundle.path,
            fix="build the reference with the same tracks and expression table, or train a model on this atlas",
        )
    blocks = set(bundle.manifest.blocks)
    if "sequence" in blocks and atlas.encoder_digest != bundle.manifest.encoder_digest:
        raise BundleError(
            "was trained on the columns of other promoter encoders than those of the atlas",
            where=bundle.path,
            fix="build the reference with --encoder and the encoders of the model, or train a model on this atlas",
        )
    if "coexpression" in blocks and atlas.components_digest != bundle.manifest.components_digest:
        raise BundleError(
            "was trained on co-expression components of another panel than the atlas's: columns of the same names mean "
            "other things",
            where=bundle.path,
            fix="build the reference with the same expression table, or train a model on this atlas",
        )
