"""The half-site model: what it prefers, its grades, its tables."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from rarml.core.errors import InputError, SettingsError
from rarml.features.half_sites import dr1_half_sites, generic_half_site, mismatches
from rarml.features.kmer_index import NEVER_SCORE, score_tables, window_index
from rarml.features.matrices import parse_matrices, shipped_matrices
from rarml.features.spacing import pair_types, parse_types
from rarml.reference.bases import encode, reverse_complement

_spec = importlib.util.spec_from_file_location("pair_oracle", Path(__file__).with_name("pair_oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)


def score(text, half=None):
    return (half or generic_half_site()).score(int(encode(text)[0]), encode(text)[1:])


def test_consensus_order():
    assert score("GAGGTCA") > score("GAGTTCA") > score("GAGTTGA")
    assert score("GAGGTCA") > score("TAGGTCA")
    assert score("GGGGTCA") > score("GCGGTCA")


def test_dr1_ends_differ():
    five, three = dr1_half_sites()
    assert (five.matrix != three.matrix).any()
    assert score("GGGGTCA", five) > score("GGGGTCA", three)


def test_mismatches_by_grade():
    hexamers = np.stack([encode(text) for text in ("AGGTCA", "GGTTCA", "AGTTGA", "AGGGCA", "ANGTCA", "TTTTTT")])
    assert mismatches(hexamers).tolist() == [0, 0, 1, 1, 1, 4]
    assert mismatches(hexamers, "RGKTSA").tolist()[:3] == [0, 0, 0]
    assert mismatches(hexamers, "RGKKSA").tolist()[:4] == [0, 0, 0, 0]


def test_tables_score_every_window_of_both_strands():
    half = generic_half_site()
    forward, backward = score_tables(half)
    codes = oracle.random_codes(np.random.default_rng(4), 1, 3000, unknown=0.15)[0]
    index = window_index(codes)
    for start, window in enumerate(index):
        bases = codes[start : start + 7]
        plus = half.score(int(bases[0]), bases[1:])
        minus = half.score(int(reverse_complement(bases)[0]), reverse_complement(bases)[1:])
        assert forward[window] == (NEVER_SCORE if plus is None else plus)
        assert backward[window] == (NEVER_SCORE if minus is None else minus)


def test_types_and_names():
    assert len(pair_types()) == 33
    assert [pair.name for pair in parse_types(["dr5", "IR0", "DR5"])] == ["DR5", "IR0"]
    assert parse_types(["ER8"])[0].length == 20
    for wrong in ("XR5", "DR", "DR99"):
        with pytest.raises(SettingsError, match="unknown spacing type"):
            parse_types([wrong])
    with pytest.raises(SettingsError):
        pair_types(-1)


def test_shipped_matrices_are_counts_of_four_bases():
    for name in ("jaspar_retinoid", "jaspar_partners"):
        for factor, counts in shipped_matrices(name).values():
            assert factor
            assert counts.shape[1] == 4
            assert (counts >= 0).all()


@pytest.mark.parametrize(
    "lines", [[], [">M1 X"], ["1 2 3 4"], [">M1 X", "1 2 3"], [">M1", "a b c d"], [">M", "-1 1 1 1"]]
)
def test_bad_matrix_files_are_named(lines):
    with pytest.raises(InputError):
        parse_matrices(lines, where="m.txt")
