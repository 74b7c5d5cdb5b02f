"""The calling rule, row by row, and its own limits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rarml.core.errors import SettingsError
from rarml.core.settings import parse_settings
from rarml.labels.calling import STATUSES, CallingRule, call_rows, call_status, log2_of_mean
from rarml.labels.dialects import RawTable

NAN = float("nan")


def raw(log2fc, padj, base=NAN, unit="counts"):
    frame = pd.DataFrame({"log2fc": [log2fc], "padj": [padj], "base_mean": [base]}, dtype=float)
    return RawTable(frame, "test", {}, [], Path("t"), unit)


@pytest.mark.parametrize(
    ("log2fc", "padj", "status"),
    [
        (1.0, 0.049, "up"),
        (1.0, 0.05, "ambiguous"),
        (0.99, 0.001, "ambiguous"),
        (-1.0, 0.01, "down"),
        (0.25, 0.1, "unresponsive"),
        (-0.25, 1.0, "unresponsive"),
        (0.26, 1.0, "ambiguous"),
        (0.1, 0.09, "ambiguous"),  # small but nearly significant
        (3.0, 0.9, "ambiguous"),  # large but noisy
        (3.0, NAN, "untested"),
        (0.0, NAN, "untested"),
        (NAN, 0.5, "unresponsive"),
        (NAN, 0.49, "ambiguous"),
        (NAN, 0.001, "ambiguous"),
        (np.inf, 0.001, "ambiguous"),
        (-np.inf, 0.9, "ambiguous"),
        (NAN, NAN, "untested"),
    ],
)
def test_each_case(log2fc, padj, status):
    assert call_status(raw(log2fc, padj), CallingRule()).tolist() == [status]


@pytest.mark.parametrize(("log2fc", "padj"), [(4.0, 1e-9), (-4.0, 1e-9), (0.0, 1.0), (0.5, 0.5)])
def test_the_least_expression_is_one_rule_for_all(log2fc, padj):
    found = call_rows(raw(log2fc, padj, base=9.9), CallingRule())
    assert found.iloc[0].tolist() == ["untested", "below the least expression"]
    assert call_status(raw(log2fc, padj, base=10), CallingRule())[0] != "untested"
    assert call_status(raw(log2fc, padj, base=-0.1, unit="log2_mean"), CallingRule())[0] == "untested"
    assert call_status(raw(log2fc, padj, base=-9, unit="unknown"), CallingRule())[0] != "untested"


def test_a_gene_switched_on_is_not_lost_by_a_mean_of_logarithms():
    assert call_status(raw(8.0, 1e-9, base=-2, unit="mean_log2"), CallingRule())[0] == "up"
    assert call_status(raw(0.0, 1.0, base=-0.1, unit="mean_log2"), CallingRule())[0] == "untested"


@given(st.floats(-8, 8), st.floats(-8, 8))
def test_log2_of_mean_is_that_of_two_groups(control, treated):
    found = log2_of_mean(np.array([(control + treated) / 2]), np.array([treated - control]))
    assert found[0] == pytest.approx(np.log2((2**control + 2**treated) / 2), abs=1e-9)


@given(st.floats(-5, 5), st.floats(0, 1))
def test_up_mirrors_down(log2fc, padj):
    mirror = {"up": "down", "down": "up"}
    one = call_status(raw(log2fc, padj), CallingRule())[0]
    other = call_status(raw(-log2fc, padj), CallingRule())[0]
    assert one in STATUSES
    assert mirror.get(one, one) == other


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"flat_log2fc": 1.0}, "flat_log2fc must be smaller"),
        ({"padj": 0.2}, "must not be smaller than padj"),
        ({"up_logfc": 1}, "did you mean 'up_log2fc'"),
        ({"down_log2fc": 1}, "down_log2fc"),
    ],
)
def test_a_rule_that_makes_no_sense(settings, message):
    with pytest.raises(SettingsError, match=message):
        parse_settings(settings, CallingRule, where="config.yaml")
