"""Copies are found by their sequence, on either strand; chance, repeats and N are not kinship."""

import numpy as np
import pytest

from rarml.features.similar_promoters import MOST_PROMOTERS, similar_families
from rarml.reference.bases import N


@pytest.fixture
def promoters():
    return np.random.default_rng(0).integers(4, size=(120, 2000), dtype=np.uint8)


def mutated(codes, share, rng):
    hit = rng.random(codes.shape) < share
    return np.where(hit, (codes + rng.integers(1, 4, codes.shape)) % 4, codes).astype(np.uint8)


def families(codes):
    found = similar_families(codes)
    return {frozenset(np.flatnonzero(found == number).tolist()) for number in np.unique(found)} - {
        frozenset([gene]) for gene in range(len(codes))
    }


def test_unrelated_promoters_are_families_of_one(promoters):
    assert len(np.unique(similar_families(promoters))) == 120


def test_copies_are_one_family_on_either_strand_and_through_one_another(promoters):
    rng = np.random.default_rng(1)
    promoters[50] = mutated(promoters[3], 0.05, rng)
    promoters[70] = 3 - promoters[50][::-1]
    promoters[90] = mutated(promoters[70], 0.05, rng)
    promoters[99, 1000:] = promoters[7, 200:1200]  # overlapping windows
    assert families(promoters) == {frozenset({3, 50, 70, 90}), frozenset({7, 99})}


def test_old_copies_are_not_told_from_chance(promoters):
    promoters[50] = mutated(promoters[3], 0.3, np.random.default_rng(1))
    assert families(promoters) == set()


def test_a_repeat_in_many_promoters_is_no_family_and_in_few_it_is(promoters):
    repeat = promoters[0, :600].copy()
    few = promoters.copy()
    promoters[: MOST_PROMOTERS + 1, 700:1300] = repeat
    assert families(promoters[1:]) in ({frozenset(range(MOST_PROMOTERS))}, set())
    promoters[: MOST_PROMOTERS + 10, 700:1300] = repeat
    assert families(promoters) == set()
    few[:5, 700:1300] = repeat
    assert families(few) == {frozenset(range(5))}


def test_unknown_bases_are_shared_by_nobody(promoters):
    promoters[:, 100:1900] = N
    assert families(promoters) == set()


def test_no_promoters_and_short_ones_are_no_error():
    assert len(similar_families(np.empty((0, 50), dtype=np.uint8))) == 0
    assert similar_families(np.zeros((2, 10), dtype=np.uint8)).tolist() == [0, 1]
