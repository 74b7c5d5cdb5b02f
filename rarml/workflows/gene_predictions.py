"""Predictions of a model for the genes of an atlas: its stored table where that fits, computed afresh elsewhere."""

from __future__ import annotations

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.core.errors import BundleError
from rarml.features.atlas import Atlas


def gene_predictions(bundle: Bundle, atlas: Atlas) -> pd.DataFrame:
    """Predictions of a bundle for every gene of an atlas.

    The bundle's own table where it was trained on this very atlas (the same numbers, without loading the boosters);
    computed afresh for any other atlas.

    Raises
    ------
    BundleError
        If the atlas is of another assembly, or lacks columns that the model reads.
    """
    if bundle.manifest.atlas_digest == atlas.digest:
        return bundle.predictions
    _require_fitting(bundle, atlas)
    # the boosters and their libraries take seconds to load: only where they are needed
    from rarml.training.eligibility import EligibilityRule, eligibility
    from rarml.workflows.model_files import load_model
    from rarml.workflows.predictions import genome_rank, predict_genes

    model = load_model(bundle)
    predictions = predict_genes(model, atlas.features[bundle.manifest.columns], model.full.training_folds)
    rule = EligibilityRule.model_validate(bundle.manifest.settings["eligibility"])
    eligible = eligibility(atlas.genes, atlas.features, bundle.manifest.context.stand_in, rule)
    predictions["rank"] = genome_rank(predictions, eligible)
    return predictions


def _require_fitting(bundle: Bundle, atlas: Atlas) -> None:
    """A column that is not there would pass for a value that is missing in every gene."""
    assembly = str(atlas.manifest["assembly"])
    if assembly != bundle.manifest.assembly:
        raise BundleError(
            f"was trained on {bundle.manifest.assembly}, the atlas is of {assembly}",
            where=bundle.path,
            fix="give an atlas of that assembly",
        )
    present = set(atlas.features.columns)
    absent = [name for name in bundle.manifest.columns if name not in present]
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
