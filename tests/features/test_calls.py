"""The caller finds exactly what a plain per-base oracle finds, anywhere, on either strand."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.features import calls as calls_module
from rarml.features.calls import PairScanner, scan
from rarml.features.half_sites import HEXAMER
from rarml.features.spacing import pair_types, parse_types
from rarml.reference.bases import decode, encode, reverse_complement

_spec = importlib.util.spec_from_file_location("pair_oracle", Path(__file__).with_name("pair_oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

CLASSICAL_SITES = [
    ("GGTTCACCGAAAGTTCA", "DR5"),  # RARB2
    ("AGTTCACCCAAAGTTCA", "DR5"),  # CYP26A1 R1
    ("GGTTCACTGAAGGGTCA", "DR5"),
    ("AGGTCAAAAGGTCA", "DR2"),
    ("AGGTCAAAGGTCA", "DR1"),
    ("AGGTCACCAGGAGGTCA", "DR5"),
    ("AGGTCATGACCT", "IR0"),
    ("AGGTCAAGGTCA", "DR0"),
    ("TGACCTGTGGAGAAAGGTCA", "ER8"),
]


@pytest.mark.parametrize("max_pvalue", [3e-2, 1e-3, 1e-4])
def test_random_sequences_agree_with_the_oracle(max_pvalue):
    codes = oracle.random_codes(np.random.default_rng(3), 4, 160)
    scanner = PairScanner(max_pvalue=max_pvalue)
    assert oracle.as_set(scanner.scan(codes)) == oracle.naive_pairs(codes, scanner.types, scanner.thresholds)


def test_real_promoters_agree_with_the_oracle(real_data):
    import gzip

    rows = []
    with gzip.open(real_data / "sequence" / "promoters_tss_pm1kb.fa.gz", "rt") as lines:
        for line in lines:
            if line[0] != ">":
                rows.append(encode(line.strip())[800:1200])
            if len(rows) == 6:
                break
    codes = np.stack(rows)
    scanner = PairScanner(max_pvalue=2e-3)
    found = oracle.as_set(scanner.scan(codes))
    assert found
    assert found == oracle.naive_pairs(codes, scanner.types, scanner.thresholds)


@pytest.mark.parametrize(("site", "kind"), CLASSICAL_SITES)
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("lower", [False, True])
def test_planted_element_is_found_at_every_position_of_both_strands(site, kind, reverse, lower):
    planted = decode(reverse_complement(encode(site))) if reverse else site
    room = 12
    rows = ["N" * i + planted + "N" * (room - i) for i in range(room + 1)]
    types = parse_types([kind])
    found = scan(np.stack([encode(row.lower() if lower else row) for row in rows]), types, max_pvalue=2e-4)
    strand = 0 if types[0].palindromic else (-1 if reverse else 1)
    hits = {(r, s) for r, s, d in zip(found.row, found.start, found.strand, strict=True) if d == strand}
    assert {(i, i) for i in range(room + 1)} <= hits


@settings(max_examples=40, deadline=None)
@given(st.text("ACGTacgtNRYn", min_size=0, max_size=120), st.integers(0, 2**31))
def test_reverse_complement_mirrors_the_calls(text, seed):
    types = pair_types(3)
    rng = np.random.default_rng(seed)
    codes = np.concatenate([encode(text), oracle.random_codes(rng, 1, 60)[0]])
    forward = scan(codes, types, max_pvalue=3e-2)
    mirrored = scan(reverse_complement(codes), types, max_pvalue=3e-2)
    expected = {
        (0, len(codes) - start - types[kind].length, kind, -strand, score)
        for _, start, kind, strand, score in oracle.as_set(forward)
    }
    assert oracle.as_set(mirrored) == expected


def test_n_in_a_hexamer_never_matches_and_in_the_spacer_does():
    site = "AGGTCACCCAAAGGTCA"
    whole = scan(encode(site), parse_types(["DR5"]), max_pvalue=1e-3)
    assert len(whole) == 1
    for position in range(len(site)):
        found = scan(encode(site[:position] + "N" + site[position + 1 :]), parse_types(["DR5"]), max_pvalue=1e-3)
        in_spacer = HEXAMER <= position < HEXAMER + 5
        assert len(found) == int(in_spacer), position


def test_iupac_letters_are_unknown_bases():
    site = "AGGTCACCCAAAGGTCA"
    assert len(scan(encode("R" + site[1:]), parse_types(["DR5"]), max_pvalue=1e-2)) == 0


def test_an_unknown_flank_never_raises_a_score():
    site = "AGGTCACCCAAAGGTCA"
    alone = scan(encode(site), parse_types(["DR5"]), max_pvalue=1e-3).score[0]
    assert all(scan(encode(b + site), parse_types(["DR5"]), max_pvalue=1e-3).score[0] >= alone for b in "ACGT")


def test_pairs_never_span_two_rows():
    rows = np.stack([encode("ACACACACAGGTCA"), encode("AGGTCAACACACAC")])
    kinds = [(r, s) for r, s in zip(*(lambda c: (c.row, c.start))(scan(rows, max_pvalue=1e-3)), strict=True)]
    joined = scan(encode("ACACACACAGGTCAAGGTCAACACACAC"), parse_types(["DR0"]), max_pvalue=1e-3)
    assert len(joined) == 1
    assert (0, 8) not in kinds


def test_palindromes_are_counted_once():
    found = scan(encode("CC" + "AGGTCATGACCT" + "CC"), parse_types(["IR0"]), max_pvalue=1e-4)
    assert len(found) == 1
    assert found.strand[0] == 0


def test_long_sequence_is_scanned_in_parts_without_gaps_or_doubles(monkeypatch):
    codes = oracle.random_codes(np.random.default_rng(5), 2, 3000)
    whole = oracle.as_set(scan(codes, max_pvalue=1e-3))
    monkeypatch.setattr(calls_module, "CHUNK", 257)
    assert oracle.as_set(scan(codes, max_pvalue=1e-3)) == whole
    assert oracle.as_set(scan(codes, max_pvalue=1e-3, threads=2)) == whole


@pytest.mark.parametrize("length", [0, 1, 6, 11, 12])
def test_short_sequences(length):
    found = scan(encode("AGGTCAAGGTCA"[:length]), max_pvalue=1e-3)
    assert len(found) == int(length == 12)


def test_no_sequences():
    assert len(scan(np.empty((0, 50), dtype=np.uint8))) == 0


def test_icam1_is_a_documented_hard_case():
    """GGGTCATCGCCCTGCC (ICAM1) has one good half-site only: an honest matrix does not call it at 1e-4."""
    assert len(scan(encode("GGGTCATCGCCCTGCC"), max_pvalue=1e-4)) == 0
    assert len(scan(encode("GGGTCATCGCCCTGCC"), max_pvalue=5e-2)) > 0


@pytest.mark.parametrize("types", [pair_types(30), parse_types(["ER0", "DR4"]), parse_types(["DR50", "IR1"])])
def test_any_choice_of_types_agrees_with_the_oracle(types):
    codes = oracle.random_codes(np.random.default_rng(8), 3, 150)
    scanner = PairScanner(types, max_pvalue=5e-3)
    assert oracle.as_set(scanner.scan(codes)) == oracle.naive_pairs(codes, scanner.types, scanner.thresholds)
