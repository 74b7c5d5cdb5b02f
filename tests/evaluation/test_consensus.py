import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rarml.core.errors import InputError
from rarml.estimators.probability import shift_prevalence
from rarml.evaluation.consensus import COLUMNS, consensus, evidence

PROBABILITY = st.floats(0.001, 0.999)


@pytest.fixture(scope="module")
def scores():
    rng = np.random.default_rng(2)
    table = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    table.iloc[:5, 0] = np.nan
    return table


@pytest.fixture(scope="module")
def usable(scores):
    known = pd.DataFrame(np.random.default_rng(4).random(scores.shape) < 0.8, columns=list(scores))
    known.iloc[7] = False
    return known


@given(PROBABILITY, PROBABILITY)
def test_evidence_is_the_logit_at_a_base_rate_of_one_half(p, share):
    moved = shift_prevalence([[p, 1 - p]], [share, 1 - share], [0.5, 0.5])[0, 0]
    assert evidence([p], share)[0] == pytest.approx(np.log(moved / (1 - moved)), abs=1e-8)


def test_evidence_of_the_base_rate_is_nought_and_of_0_and_1_is_finite():
    assert evidence([0.2], 0.2)[0] == pytest.approx(0, abs=1e-12)
    low, high = evidence([0.0, 1.0], 0.5)
    assert low == pytest.approx(-high)
    assert np.isfinite(low)
    assert np.isnan(evidence([np.nan], 0.5)[0])
    with pytest.raises(InputError, match="has no odds"):
        evidence([0.5], 0.0)


def test_by_hand():
    scores = pd.DataFrame({"a": [1.0, -2.0], "b": [3.0, 1.0], "c": [-1.0, np.nan]}, index=["g", "h"])
    found = consensus(scores, scores.notna(), least=3)
    assert tuple(found.columns) == COLUMNS
    assert found.loc["g", ["consensus", "spread", "n_models", "agree"]].tolist() == pytest.approx([1.0, 2.0, 3, 2])
    assert found.loc["h", ["consensus", "n_models", "agree"]].tolist() == pytest.approx([-0.5, 2, 1])
    assert found.loc["g", "probability"] == pytest.approx(1 / (1 + np.exp(-1)))
    assert found["rank"].tolist()[0] == 1
    assert np.isnan(found["rank"].iloc[1])


def test_one_model_is_its_own_consensus(scores):
    one = scores[["b"]]
    found = consensus(one, pd.DataFrame(True, index=one.index, columns=["b"]))
    assert found["consensus"].tolist() == one["b"].tolist()
    assert found["rank"].tolist() == one["b"].rank(ascending=False).tolist()
    assert found["spread"].isna().all()


def test_equal_models_agree_fully(scores):
    same = pd.DataFrame(dict.fromkeys("xyz", scores["b"]))
    found = consensus(same, pd.DataFrame(True, index=same.index, columns=list("xyz")))
    np.testing.assert_allclose(found["consensus"], scores["b"], rtol=1e-12)
    np.testing.assert_allclose(found["spread"], 0, atol=1e-12)
    assert (found["agree"] == 3).all()


@pytest.mark.parametrize("order", [["c", "a", "b"], ["b", "c", "a"]])
def test_the_order_of_models_changes_no_bit(scores, usable, order):
    pd.testing.assert_frame_equal(consensus(scores, usable), consensus(scores[order], usable[order]), check_exact=True)


def test_what_is_out_of_domain_has_no_say(scores, usable):
    changed = scores.mask(~usable, 99.0)
    pd.testing.assert_frame_equal(consensus(scores, usable), consensus(changed, usable))
    nobody = consensus(scores, usable).iloc[7]
    assert nobody["n_models"] == 0
    assert nobody[["consensus", "spread", "rank"]].isna().all()


def test_tables_of_other_genes_are_an_error(scores, usable):
    with pytest.raises(InputError, match="other genes or models"):
        consensus(scores, usable.iloc[1:])
