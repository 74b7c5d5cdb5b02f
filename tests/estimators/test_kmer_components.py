import numpy as np
import pytest
from sklearn.decomposition import PCA

from rarml.estimators.kmer_components import KmerComponents
from rarml.estimators.kmers import word_counts


@pytest.fixture(scope="module")
def codes():
    rng = np.random.default_rng(0)
    rich = rng.choice(4, (80, 200), p=[0.1, 0.4, 0.4, 0.1])
    poor = rng.choice(4, (80, 200), p=[0.4, 0.1, 0.1, 0.4])
    return np.concatenate([rich, poor]).astype(np.uint8)


@pytest.fixture(scope="module")
def fitted(codes):
    return KmerComponents(3, reach=60, n_components=5, total_variance=2.0).fit(codes, tss=100)


def test_they_are_principal_components_of_root_shares_around_the_tss(codes, fitted):
    counts = word_counts(codes[:, 40:160], 3)
    roots = np.sqrt(counts / counts.sum(axis=1, keepdims=True))
    oracle = PCA(5).fit_transform(roots)
    found = fitted.transform(codes, tss=100)
    for number in range(3):  # well apart, so in one order
        assert abs(np.corrcoef(found[:, number], oracle[:, number])[0, 1]) > 0.999
    assert found.var(axis=0).sum() == pytest.approx(2.0, rel=0.01)
    assert (np.diff(found.var(axis=0)) < 0).all()


def test_what_differs_most_comes_first(codes, fitted):
    first = fitted.transform(codes, tss=100)[:, 0]
    assert (first[:80] > 0).all() != (first[80:] > 0).all()


def test_strand_of_the_window_does_not_matter(codes, fitted):
    other = 3 - codes[:, ::-1]
    np.testing.assert_allclose(fitted.transform(other, tss=100), fitted.transform(codes, tss=100), atol=1e-5)


def test_a_window_without_a_known_word_is_an_average_one(codes, fitted):
    unknown = np.full((1, 200), 4, dtype=np.uint8)
    np.testing.assert_array_equal(fitted.transform(unknown, tss=100), np.zeros((1, 5)))


def test_bases_out_of_reach_do_not_matter(codes, fitted):
    changed = codes.copy()
    changed[:, :40] = 0
    changed[:, 160:] = 2
    np.testing.assert_array_equal(fitted.transform(changed, tss=100), fitted.transform(codes, tss=100))


def test_stored_and_read_back_is_the_same(codes, fitted):
    from safetensors.numpy import load, save

    again = KmerComponents.from_tensors(load(save(fitted.to_tensors())), fitted.get_params())
    np.testing.assert_array_equal(again.transform(codes, tss=100), fitted.transform(codes, tss=100))
    refit = KmerComponents(**fitted.get_params()).fit(codes, tss=100)
    np.testing.assert_array_equal(refit.directions_, fitted.directions_)
