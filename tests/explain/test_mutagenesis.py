import numpy as np
import pytest

from rarml.core.errors import InputError
from rarml.explain.mutagenesis import base_importance, mutation_effects

N = 4
rng = np.random.default_rng(0)
WORTH = np.column_stack([rng.normal(size=(12, 4)), np.zeros(12)])
"""What each base (A, C, G, T, N) at each place adds to the score."""
CODES = np.array([0, 1, 2, 3, N, 3, 2, 1, 0, N, 2, 2], dtype=np.uint8)


def additive(codes):
    assert codes.dtype == np.uint8
    return WORTH[np.arange(12), codes].sum(axis=1)


def test_effects_on_an_additive_score_are_differences_of_its_weights():
    expected = WORTH[:, :4] - WORTH[np.arange(12), CODES][:, None]
    np.testing.assert_allclose(mutation_effects(additive, CODES), expected, atol=1e-6)


def test_the_base_that_is_there_changes_nothing():
    known = CODES < N
    assert (mutation_effects(additive, CODES)[known, CODES[known]] == 0).all()


def test_a_part_is_that_part_of_the_whole():
    np.testing.assert_array_equal(mutation_effects(additive, CODES, 3, 7), mutation_effects(additive, CODES)[3:7])


def test_the_bases_given_are_left_alone():
    before = CODES.copy()
    mutation_effects(additive, CODES)
    np.testing.assert_array_equal(CODES, before)


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (0, 13), (5, 5), (7, 2), (12, None)])
def test_a_part_outside_the_promoter_is_refused(start, end):
    with pytest.raises(InputError, match="not within a promoter of 12"):
        mutation_effects(additive, CODES, start, end)


def test_several_promoters_at_once_are_refused():
    with pytest.raises(InputError):
        mutation_effects(additive, np.zeros((2, 12), dtype=np.uint8))


def test_importance_is_the_mean_fall_on_replacement_and_nothing_at_n():
    effects = mutation_effects(additive, CODES)
    found = base_importance(effects, CODES)
    for place, base in enumerate(CODES):
        others = [WORTH[place, base] - WORTH[place, other] for other in range(4) if other != base]
        assert found[place] == pytest.approx(np.mean(others) if base < N else 0, abs=1e-6)
