"""Joining tables and rows, checked against the definition."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.core.errors import SettingsError
from rarml.labels.agreement import join_by_agreement, one_row_per_gene
from rarml.labels.calling import STATUSES


def table(statuses, padj=0.01):
    genes = pd.Index([f"G{n}" for n in range(len(statuses))], name="gene_id")
    return pd.DataFrame({"status": statuses, "log2fc": 1.0, "padj": padj, "base_mean": 9.0}, index=genes)


@pytest.mark.parametrize(
    ("votes", "joined"),
    [
        (("up", "up", "ambiguous"), "up"),
        (("up", "up", "down"), "ambiguous"),
        (("up", "ambiguous", "ambiguous"), "ambiguous"),
        (("down", "down", "untested"), "down"),
        (("up", "untested", "untested"), "untested"),
        (("unresponsive", "unresponsive", "ambiguous"), "unresponsive"),
        (("unresponsive", "unresponsive", "up"), "ambiguous"),
        (("untested", "untested", "untested"), "untested"),
    ],
)
def test_two_of_three(votes, joined):
    assert join_by_agreement([table([vote]) for vote in votes], 2)["status"].tolist() == [joined]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=5), st.integers(1, 5), st.randoms())
def test_the_order_of_tables_does_not_matter(votes, least, random):
    least = min(least, len(votes))
    shuffled = random.sample(votes, len(votes))
    first, second = (join_by_agreement([table([vote]) for vote in some], least) for some in (votes, shuffled))
    pd.testing.assert_frame_equal(first, second)
    assert (first["status"].iloc[0] == "untested") == (len(votes) - votes.count("untested") < least)


def test_values_are_of_the_tables_that_tested_the_gene():
    tables = [table(["up"], 0.01), table(["up"], 0.03), table(["untested"], 0.9)]
    tables[1]["log2fc"], tables[2]["log2fc"] = 3.0, 99.0
    joined = join_by_agreement(tables, 2)
    assert joined.loc["G0", ["log2fc", "padj", "base_mean"]].tolist() == [2.0, 0.03, 9.0]


def test_a_gene_missing_from_a_table_is_untested_there():
    joined = join_by_agreement([table(["up", "up"]), table(["up"])], 2)
    assert joined["status"].tolist() == ["up", "untested"]
    assert np.isnan(joined.loc["G1", "padj"])


@pytest.mark.parametrize("least", [0, 3])
def test_min_agree_must_fit(least):
    with pytest.raises(SettingsError, match="choose 1 to 2"):
        join_by_agreement([table(["up"]), table(["up"])], least)


@pytest.mark.parametrize(
    ("rows", "status", "padj"),
    [
        ([("up", 0.02, "symbol"), ("up", 0.01, "symbol")], "up", 0.01),
        ([("up", 0.01, "symbol"), ("down", 0.02, "symbol")], "ambiguous", 0.01),
        ([("up", 0.01, "symbol"), ("unresponsive", 0.9, "symbol")], "ambiguous", 0.01),
        ([("up", 0.01, "symbol"), ("ambiguous", 0.5, "symbol")], "up", 0.01),
        ([("ambiguous", 0.01, "symbol"), ("up", 0.02, "symbol")], "ambiguous", 0.01),
        ([("untested", np.nan, "symbol"), ("up", 0.02, "symbol")], "up", 0.02),
        ([("down", 0.001, "alias"), ("up", 0.02, "symbol")], "up", 0.02),  # the approved name counts
        ([("down", 0.001, "alias"), ("up", 0.02, "previous")], "ambiguous", 0.001),
    ],
)
def test_rows_of_one_gene(rows, status, padj):
    frame = pd.DataFrame(rows, columns=["status", "padj", "via"]).assign(gene_id="G", log2fc=0.0, base_mean=1.0)
    for some in (frame, frame[::-1]):
        best = one_row_per_gene(some)
        assert best.loc["G", ["status", "padj"]].tolist() == [status, padj]
