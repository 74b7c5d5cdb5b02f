"""Predictions of a model for the genes of an atlas: its stored table where that fits, computed afresh elsewhere."""

from __future__ import annotations

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.features.atlas import Atlas


def gene_predictions(bundle: Bundle, atlas: Atlas) -> pd.DataFrame:
    """Predictions of a bundle for every gene of an atlas.

    The bundle's own table where it was trained on this very atlas (the same numbers, without loading the boosters);
    computed afresh for any other atlas.
    """
    if bundle.manifest.atlas_digest == atlas.digest:
        return bundle.predictions
    # the boosters and their libraries take seconds to load: only where they are needed
    from rarml.training.eligibility import EligibilityRule, eligibility
    from rarml.training.splits import chromosome_folds
    from rarml.workflows.model_files import load_model
    from rarml.workflows.predictions import genome_rank, predict_genes

    model = load_model(bundle)
    folds = chromosome_folds(atlas.genes, n_folds=model.full.settings.n_folds)
    features = atlas.features.reindex(columns=bundle.manifest.columns)
    predictions = predict_genes(model, features, folds)
    rule = EligibilityRule.model_validate(bundle.manifest.settings["eligibility"])
    eligible = eligibility(atlas.genes, atlas.features, bundle.manifest.context.stand_in, rule)
    predictions["rank"] = genome_rank(predictions, eligible)
    return predictions
