"""Shuffled sequences and spacings: exact counts, and every Eulerian walk as likely as any other."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import chisquare

from rarml.core.errors import InputError
from rarml.features.calls import scan
from rarml.features.half_sites import dr1_half_sites, generic_half_site
from rarml.features.shuffles import CONTROL_SPACERS, RespacedPair, dinucleotide_shuffle, shuffle_spacers
from rarml.features.spacing import CLASSICAL, PairType, parse_types
from rarml.reference.bases import Codes, N, decode, encode


def dinucleotides(row: Codes) -> list[str]:
    text = decode(row)
    return sorted(text[i : i + 2] for i in range(len(text) - 1))


@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 40)), elements=st.integers(0, 4)),
    st.integers(0, 9),
)
def test_every_dinucleotide_and_every_n_is_kept(codes: Codes, seed: int) -> None:
    shuffled = dinucleotide_shuffle(codes, seed=seed)
    assert shuffled.shape == codes.shape
    assert shuffled.dtype == np.uint8
    assert np.array_equal(shuffled == N, codes == N)
    for before, after in zip(codes, shuffled, strict=True):
        assert dinucleotides(before) == dinucleotides(after)
        for run, other in zip(decode(before).split("N"), decode(after).split("N"), strict=True):
            assert sorted(run) == sorted(other)
            assert run[:1] + run[-1:] == other[:1] + other[-1:]


def walks(text: str) -> list[str]:
    """All orders of the bases between the first and the last that keep the dinucleotides, by trying every one."""
    orders = {text[0] + "".join(inner) + text[-1] for inner in permutations(text[1:-1])}
    pairs = sorted(text[i : i + 2] for i in range(len(text) - 1))
    return sorted(order for order in orders if sorted(order[i : i + 2] for i in range(len(order) - 1)) == pairs)


@pytest.mark.parametrize("text", ["ACGATCAGA", "AACCAGCAC", "GATTACAGT"])
def test_all_sequences_with_the_same_dinucleotides_are_equally_likely(text: str) -> None:
    expected = walks(text)
    assert len(expected) > 5
    drawn = dinucleotide_shuffle(np.tile(encode(text), (6000, 1)), seed=11)
    seen, counts = np.unique([decode(row) for row in drawn], return_counts=True)
    assert seen.tolist() == expected
    assert chisquare(counts).pvalue > 1e-3


def test_rows_do_not_share_their_order_and_the_seed_decides() -> None:
    codes = np.tile(np.random.default_rng(0).integers(0, 4, 300).astype(np.uint8), (3, 1))
    first = dinucleotide_shuffle(codes, seed=0)
    assert np.array_equal(first, dinucleotide_shuffle(codes, seed=0))
    assert not np.array_equal(first, dinucleotide_shuffle(codes, seed=1))
    assert len({decode(row) for row in first}) == 3
    assert (first[0] == codes[0]).mean() < 0.5


def test_what_was_given_is_not_changed() -> None:
    codes = np.tile(encode("ACGATCAGATTACAGGAT"), (4, 1))
    kept = codes.copy()
    dinucleotide_shuffle(codes, seed=3)
    assert np.array_equal(codes, kept)


@pytest.mark.parametrize("codes", [np.zeros(5, np.uint8), np.zeros((2, 5)), np.full((2, 5), 7, np.uint8)])
def test_what_is_no_matrix_of_codes_is_refused(codes: np.ndarray) -> None:
    with pytest.raises(InputError):
        dinucleotide_shuffle(codes, seed=0)


def test_spacings_are_drawn_from_the_controls_and_differ() -> None:
    classical = parse_types(CLASSICAL)
    draws = [shuffle_spacers(classical, seed=seed) for seed in range(40)]
    for drawn in draws:
        spacers = [pair.spacer for pair in drawn]
        assert set(spacers) <= set(CONTROL_SPACERS)
        assert len(set(spacers)) == 3
        assert [pair.model.name for pair in drawn] == list(CLASSICAL)
    assert {pair.spacer for drawn in draws for pair in drawn} == set(CONTROL_SPACERS)
    assert shuffle_spacers(classical, seed=5) == shuffle_spacers(classical, seed=5)


def test_a_respaced_dr1_keeps_its_two_half_sites() -> None:
    pair = RespacedPair("DR", 7, model=PairType("DR", 1))
    assert (pair.name, pair.length, pair.half_sites) == ("DR1@7", 19, dr1_half_sites())
    assert RespacedPair("DR", 7, model=PairType("DR", 5)).half_sites == (generic_half_site(), generic_half_site())


def test_the_scanner_finds_the_same_half_sites_at_the_other_spacing() -> None:
    """A DR5 and the same two half-sites one base further apart, with the same bases before them, score the same."""
    site, moved = "AGGTCAACGTCAGGTCA", "AGGTCAACGTACAGGTCA"
    rows = np.stack([encode("T" * 30 + text + "T" * (30 - len(text))) for text in (site, moved)])
    real, control = PairType("DR", 5), RespacedPair("DR", 6, model=PairType("DR", 5))
    calls = scan(rows, [real, control], max_pvalue=1e-5)
    best = {(row, kind): score for row, kind, score in zip(calls.row, calls.type_index, calls.score, strict=True)}
    assert (0, 0) in best
    assert (1, 1) in best
    assert (0, 1) not in best
    assert (1, 0) not in best
    assert best[0, 0] == best[1, 1]


@pytest.mark.parametrize(("types", "spacers"), [(["IR0"], CONTROL_SPACERS), (["DR1", "DR2"], (1, 2, 6))])
def test_what_cannot_be_respaced_is_refused(types: list[str], spacers: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        shuffle_spacers(parse_types(types), seed=0, spacers=spacers)
