import numpy as np
import pandas as pd
import pytest

from rarml.report import words


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, np.float32("nan")])
def test_missing_values_become_a_dash_everywhere(value):
    for write in (words.number, words.signed, words.percent, words.count, words.pvalue):
        assert write(value) == "–"
    assert words.interval(value, 0.4) == ""


def test_percent_never_rounds_to_certainty():
    assert [words.percent(p) for p in (0, 0.004, 0.5, 0.996, 1)] == ["0 %", "<1 %", "50 %", ">99 %", "100 %"]


def test_signed_uses_a_true_minus_and_no_signed_zero():
    assert [words.signed(x) for x in (0.123, -0.123, -0.001, 0)] == ["+0.12", "−0.12", "0.00", "0.00"]
    assert words.signed(10, 0) == "+10"


def test_small_p_values_are_powers_of_ten():
    assert words.pvalue(3.14e-6) == "3.1 × 10⁻⁶"
    assert words.pvalue(0.0421) == "0.0421"


def test_listing_counts_what_it_leaves_out():
    assert words.listing(["A"]) == "A"
    assert words.listing(["A", "B", "C"]) == "A, B and C"
    assert words.listing(list("ABCDEFGH"), most=2) == "A, B and 6 more"


def test_plural():
    assert words.plural(1, "gene") == "1 gene"
    assert words.plural(1200, "gene") == "1,200 genes"


@pytest.mark.parametrize(("text", "said"), [("five folds", "Five folds."), (" Done.. ", "Done."), ("", "")])
def test_sentence_ends_once(text, said):
    assert words.sentence(text) == said
