"""The best pair of each type is the best of the oracle, whatever its score."""

import importlib.util
from pathlib import Path

import numpy as np

from rarml.features.best_pairs import best_pairs
from rarml.features.spacing import pair_types

_spec = importlib.util.spec_from_file_location("pair_oracle", Path(__file__).with_name("pair_oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)


def test_best_is_the_best_of_all_positions():
    codes = oracle.random_codes(np.random.default_rng(8), 3, 120, unknown=0.03)
    types = pair_types()
    best = best_pairs(codes, types)
    everything = oracle.naive_pairs(codes, types, [-32000] * len(types))
    for row in range(3):
        for kind in range(len(types)):
            mine = [item for item in everything if item[0] == row and item[2] == kind]
            top = max(item[4] for item in mine)
            assert best.score[row, kind] == top
            assert (row, best.start[row, kind], kind, best.strand[row, kind], top) in everything


def test_nothing_is_found_in_unknown_or_too_short_sequence():
    assert not best_pairs(np.full((2, 50), 4, dtype=np.uint8), pair_types()).found.any()
    assert not best_pairs(np.zeros((2, 11), dtype=np.uint8), pair_types()).found.any()


def test_threads_change_nothing():
    codes = oracle.random_codes(np.random.default_rng(9), 300, 900)
    one, two = best_pairs(codes, pair_types()), best_pairs(codes, pair_types(), threads=2)
    assert (one.score == two.score).all()
    assert (one.start == two.start).all()
    assert (one.strand == two.strand).all()
