from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rarml.features.coexpression import build, component_samples, components, varimax


@pytest.fixture
def panel():
    """400 genes, 12 samples driven by three programmes of four samples each, with noise."""
    rng = np.random.default_rng(3)
    programmes = rng.normal(size=(400, 3))
    return 5 + programmes.repeat(4, axis=1) + 0.1 * rng.normal(size=(400, 12))


def test_each_programme_is_one_component(panel):
    scores, loadings = components(panel, 3)
    assert scores.shape == (400, 3)
    owners = [set(np.flatnonzero(loadings[:, number] > 0.9)) for number in range(3)]
    assert sorted(map(sorted, owners)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    np.testing.assert_allclose(scores.std(axis=0), 1, rtol=1e-4)
    np.testing.assert_allclose(np.corrcoef(scores.T), np.eye(3), atol=1e-4)


def test_loadings_are_correlations_and_the_largest_is_positive(panel):
    scores, loadings = components(panel, 5)
    for number in range(5):
        for sample in range(12):
            wanted = np.corrcoef(panel[:, sample], scores[:, number])[0, 1]
            assert loadings[sample, number] == pytest.approx(wanted, abs=1e-4)
        assert loadings[np.abs(loadings[:, number]).argmax(), number] > 0


def test_all_components_keep_all_variance(panel):
    scores, loadings = components(panel, 12)
    standard = (panel - panel.mean(axis=0)) / panel.std(axis=0)
    np.testing.assert_allclose(scores @ loadings.T, standard, atol=1e-3)


def test_the_order_of_genes_does_not_matter(panel):
    scores, _ = components(panel, 4)
    shuffled = np.random.default_rng(0).permutation(400)
    other, _ = components(panel[shuffled], 4)
    np.testing.assert_allclose(other, scores[shuffled], atol=1e-4)


def test_a_gene_with_gaps_is_placed_by_its_other_samples(panel):
    whole, _ = components(panel, 3)
    gaps = panel.copy()
    gaps[0, [0, 5]] = np.nan
    gaps[1, :7] = np.nan  # more than half
    gaps[2] = np.nan
    scores, _ = components(gaps, 3)
    np.testing.assert_allclose(scores[0], whole[0], atol=0.1)
    assert np.isnan(scores[1:3]).all()
    assert not np.isnan(scores[3:]).any()


def test_constant_and_identical_samples_do_no_harm(panel):
    panel = np.column_stack([panel, np.zeros(400), panel[:, 0]])
    panel[5, 0] = np.nan
    scores, loadings = components(panel, 20)
    assert np.isfinite(scores).all()
    assert (loadings[12] == 0).all()


def test_varimax_is_a_rotation_that_raises_the_criterion():
    loadings = np.random.default_rng(1).normal(size=(20, 4))
    rotation = varimax(loadings)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(4), atol=1e-10)

    def criterion(table):
        return ((table**2).var(axis=0)).sum()

    assert criterion(loadings @ rotation) > criterion(loadings)


def test_block_by_gene(reference):
    block = build(reference)
    assert list(block.columns) == ["coexpression:c01", "coexpression:c02", "coexpression:c03"][: block.shape[1]]
    assert block.index.equals(reference.genes.index)
    assert block.loc["ENSG4"].isna().all()  # not in the panel
    assert not block.loc["ENSG5"].isna().any()  # one of three samples is missing
    reference.expression = reference.expression.iloc[:, :1]
    assert build(reference).shape == (5, 0)


def test_components_are_named_by_their_samples(panel):
    names = [f"tissue {number}, part" for number in range(12)]
    table = pd.DataFrame(2**panel - 1, columns=names, index=[f"g{number}" for number in range(400)]).clip(lower=0)
    named = component_samples(SimpleNamespace(expression=table, genes=pd.DataFrame(index=table.index)), 3, 4)
    groups = sorted(sorted(int(name.split()[1].rstrip(",")) for name in samples) for samples in named.values())
    assert groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
