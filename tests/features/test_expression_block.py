import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rarml.core.errors import InputError
from rarml.features.expression_block import build, tau


def test_levels_keep_sample_names_and_missing_genes(reference):
    block = build(reference)
    assert block.loc["ENSG2", "expression:level:cervix, uterine"] == 2
    assert block.loc["ENSG5", "expression:level:BJ hTERT+ SV40 Large T+"] == 4
    assert block.loc["ENSG4"].isna().all()
    assert np.isnan(block.loc["ENSG5", "expression:level:cervix, uterine"])
    assert (block.dtypes == np.float32).all()


def test_summaries(reference):
    block = build(reference)
    assert block.loc["ENSG2", ["expression:mean", "expression:sd", "expression:tau"]].tolist() == [2, 0, 0]
    assert block.loc["ENSG3", "expression:tau"] == 1
    assert block.loc["ENSG3", "expression:breadth"] == pytest.approx(1 / 3)
    assert block.loc["ENSG5", "expression:breadth"] == 1  # of the samples that were measured
    assert block.loc["ENSG5", "expression:mean"] == pytest.approx(2.5)
    assert block.loc["ENSG1", "expression:max"] == 0
    assert np.isnan(block.loc["ENSG1", "expression:tau"])  # silent everywhere: specificity has no meaning
    assert block["expression:percentile"].max() == 100


@given(st.lists(st.floats(0, 20), min_size=2, max_size=20).filter(lambda row: max(row) > 0.01))
def test_tau_is_yanais_formula(row):
    wanted = sum(1 - value / max(row) for value in row) / (len(row) - 1)
    assert tau(np.array([row]))[0] == pytest.approx(wanted, abs=1e-9)


def test_impossible_values_are_named(reference):
    reference.expression.iloc[1, 1] = -2
    with pytest.raises(InputError, match=r"ENSG2 in 'cervix, uterine' is -2"):
        build(reference)


def test_no_table_no_columns(reference):
    reference.expression = None
    assert build(reference).shape == (5, 0)
