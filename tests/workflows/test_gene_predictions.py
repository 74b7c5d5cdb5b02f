"""A model on an atlas that it was not trained on: the same answers for the same features, or an error."""

from dataclasses import replace

import numpy as np
import pytest

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.core.errors import BundleError
from rarml.features.atlas import load_atlas
from rarml.workflows.gene_predictions import gene_predictions


@pytest.fixture(scope="module")
def bundle():
    return load_bundle(find_model("mcf-7"))


@pytest.fixture(scope="module")
def atlas():
    return load_atlas(shipped_atlas())


def another(atlas, genes=None, **manifest):
    genes = atlas.genes if genes is None else genes
    return replace(
        atlas,
        genes=genes,
        features=atlas.features.loc[genes.index],
        manifest={**atlas.manifest, "digest": "another", **manifest},
    )


def test_a_small_atlas_of_two_chromosomes_gives_the_stored_answers(bundle, atlas):
    """Whatever the other genes of the atlas, training genes are still answered by models that did not see them."""
    genes = atlas.genes[atlas.genes["chrom"].isin(["chr10", "chr21"])].iloc[::3]
    fresh = gene_predictions(bundle, another(atlas, genes))
    columns = [name for name in fresh.columns if name != "rank"]
    stored = bundle.predictions.loc[genes.index, columns]
    assert bundle.labels.loc[genes.index, "trained_as"].notna().sum() > 50
    np.testing.assert_allclose(fresh[columns], stored, atol=1.01e-4)
    eligible = bundle.labels.loc[genes.index, "eligibility"] == "eligible"
    assert fresh.loc[eligible, "rank"].max() <= eligible.sum()


def test_an_atlas_without_columns_of_the_model_is_an_error_that_names_one(bundle, atlas):
    gone = "composition:gc"
    lacking = replace(another(atlas), features=atlas.features.drop(columns=gone))
    with pytest.raises(BundleError, match="needs 1 feature columns that the atlas lacks, such as composition:gc"):
        gene_predictions(bundle, lacking)


def test_an_atlas_of_another_assembly_is_an_error(bundle, atlas):
    with pytest.raises(BundleError, match="trained on GRCh38, the atlas is of GRCh37"):
        gene_predictions(bundle, another(atlas, assembly="GRCh37"))


def test_columns_of_other_encoders_are_not_taken_for_those_of_the_model(bundle, atlas):
    with pytest.raises(BundleError, match="other promoter encoders"):
        gene_predictions(bundle, another(atlas, encoder_digest="0" * 64))


def test_components_of_another_panel_are_not_taken_for_those_of_the_model(bundle, atlas):
    swapped = {**atlas.manifest["components"], "coexpression:c01": ["another tissue"]}
    with pytest.raises(BundleError, match="components of another panel"):
        gene_predictions(bundle, another(atlas, components=swapped))
