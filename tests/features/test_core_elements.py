import re

import numpy as np
import pytest

from rarml.features.core_elements import ELEMENTS, consensus, log_odds, score_element
from rarml.reference.bases import encode

BY_NAME = {element.name: element for element in ELEMENTS}
UP = 200


def planted(motif: str, offset: int, fill: str = "T") -> np.ndarray:
    """One sequence of UP + 200 bases with `motif` starting `offset` bases from the TSS."""
    text = list(fill * (UP + 200))
    text[UP + offset : UP + offset + len(motif)] = motif
    return encode("".join(text))[None]


def brute(text: str, weights: np.ndarray) -> float:
    """Best sum of weights over all positions without N, base by base."""
    scores = [
        sum(weights[i]["ACGT".index(base)] for i, base in enumerate(text[at : at + len(weights)]))
        for at in range(len(text) - len(weights) + 1)
        if "N" not in text[at : at + len(weights)]
    ]
    return max(scores, default=np.nan)


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.name)
def test_score_equals_a_search_base_by_base(element):
    rng = np.random.default_rng(5)
    for _ in range(5):
        text = "".join(rng.choice(list("ACGTN"), size=2 * UP, p=[0.24] * 4 + [0.04]))
        place = text[UP + element.first : UP + element.last + 1]
        wanted = brute(place, element.weights)
        if element.both_strands:
            other = place.translate(str.maketrans("ACGT", "TGCA"))[::-1]
            wanted = np.nanmax([wanted, brute(other, element.weights)])
        np.testing.assert_allclose(score_element(encode(text)[None], UP, element), [wanted], rtol=1e-5)


def test_tata_is_found_at_its_place_and_not_elsewhere():
    element = BY_NAME["tata"]
    full = element.weights.max(axis=1).sum()
    for offset in (-35, -30, -27):
        assert score_element(planted("TATAAAAG", offset, "C"), UP, element)[0] == pytest.approx(full, abs=0.5)
    assert score_element(planted("TATAAAAG", -60, "C"), UP, element)[0] < 0


def test_full_consensus_scores_one_and_a_mismatch_less():
    inr = BY_NAME["inr"]  # the A of BBCABW is the TSS
    assert score_element(planted("TTCATT", -3), UP, inr)[0] == pytest.approx(1)
    assert score_element(planted("TTCATT", 30), UP, inr)[0] < 1
    assert score_element(planted("AGACGT", 27, "C"), UP, BY_NAME["dpe"])[0] == pytest.approx(1)
    assert score_element(planted("AGACGC", 27, "A"), UP, BY_NAME["dpe"])[0] == pytest.approx(5 / 6)
    assert score_element(planted("AGACGT", 60, "A"), UP, BY_NAME["dpe"])[0] < 1


def test_ccaat_counts_on_both_strands():
    element = BY_NAME["ccaat"]
    forward = score_element(planted("AGCCAATCAG", -90), UP, element)
    backward = score_element(planted("CTGATTGGCT", -90), UP, element)
    assert forward[0] == backward[0] == pytest.approx(element.weights.max(axis=1).sum(), abs=0.5)


def test_unknown_bases_never_match_and_a_short_window_is_missing():
    assert np.isnan(score_element(np.full((1, 400), 4, dtype=np.uint8), UP, BY_NAME["tata"]))[0]
    assert np.isnan(score_element(encode("A" * 40)[None], 20, BY_NAME["tata"]))[0]


def test_consensus_agrees_with_a_regular_expression():
    weights = consensus("SSRCGCC")
    pattern = re.compile("[CG][CG][AG]CGCC")
    for text in ("GGACGCC", "CCGCGCC", "AGACGCC", "GGTCGCC"):
        score = sum(weights[i]["ACGT".index(base)] for i, base in enumerate(text))
        assert (score == pytest.approx(1)) == bool(pattern.fullmatch(text))


def test_log_odds_of_an_even_column_is_zero():
    np.testing.assert_allclose(log_odds([[5, 5, 5, 5]]), 0, atol=1e-12)


@pytest.mark.real_data
def test_matrices_are_those_of_jaspar(real_data):
    text = (real_data / "motifs" / "JASPAR2022_vertebrates.pfm").read_text()
    for name, motif, first in (("tata", "MA0108.2", 1), ("ccaat", "MA0060.3", 0), ("gc_box", "MA0079.5", 0)):
        block = next(part for part in text.split(">") if part.startswith(motif))
        rows = [line for line in block.splitlines()[1:] if re.match(r"[\d.]", line)]
        counts = np.array([line.split() for line in rows], dtype=float)
        weights = BY_NAME[name].weights
        mine = counts[first : first + len(weights)]
        np.testing.assert_allclose(weights, log_odds(mine.tolist()), atol=0.12)
