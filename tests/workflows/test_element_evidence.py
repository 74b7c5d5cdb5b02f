"""Element evidence agrees with counting by hand and with SciPy, and finds what was planted."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, fisher_exact

from rarml.workflows.element_evidence import distance_rows, enrichment_rows, wilson


def made(n: int = 900) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(4)
    genes = [f"g{i}" for i in range(n)]
    status = pd.Series(["up"] * 100 + ["down"] * 50 + ["unresponsive"] * (n - 150), index=genes)
    table = pd.DataFrame({"composition:gc": rng.random(n), "expression:mean": rng.random(n)}, index=genes)
    for kind in ("DR2", "DR5"):
        for threshold, share in (("1e-4", 0.2), ("1e-5", 0.05)):
            table[f"rare:{kind}:n_{threshold}"] = (rng.random(n) < share).astype(float)
    table.loc[genes[:50], ["rare:DR5:n_1e-4", "rare:DR5:n_1e-5"]] = 1.0
    return table, status


def test_the_planted_type_alone_is_enriched_and_only_in_its_set():
    rows = enrichment_rows(*made(), seed=1)
    strong = {(row["set"], row["sites"], row["type"]) for row in rows if row["qvalue"] < 0.01}
    assert strong == {("up", "1e-4", "DR5"), ("up", "1e-5", "DR5")}
    assert len(rows) == 2 * 2 * 2
    for row in rows:
        here, there = row["with_site"], row["background_with_site"]
        table = [[here, row["n"] - here], [there, row["n_background"] - there]]
        assert row["pvalue"] == pytest.approx(fisher_exact(table).pvalue, rel=1e-4)
        assert row["n_background"] == 3 * row["n"]


def test_no_upper_bound_is_none_and_everything_is_json():
    table, status = made()
    table["rare:DR2:n_1e-5"] = (status == "up").astype(float)
    row = next(r for r in enrichment_rows(table, status, seed=1) if (r["type"], r["sites"]) == ("DR2", "1e-5"))
    assert row["high"] is None
    assert row["low"] > 10
    json.dumps(enrichment_rows(table, status, seed=1), allow_nan=False)


def test_few_unresponsive_genes_mean_fewer_matches_and_none_mean_no_rows():
    table, status = made(300)
    rows = enrichment_rows(table, status, seed=1)
    assert {row["set"]: row["n_background"] for row in rows} == {"up": 100, "down": 100}
    assert enrichment_rows(table, status.replace("unresponsive", "ambiguous"), seed=1) == []
    assert enrichment_rows(table[["composition:gc"]], status, seed=1) == []


def test_each_gene_counts_once_per_bin_and_only_types_of_rar():
    status = pd.Series(["up", "up", "unresponsive"], index=["a", "b", "c"])
    sites = pd.DataFrame(
        [("a", "DR5", -1.0), ("a", "DR2", -150.0), ("a", "DR5", 0.0), ("b", "ER3", 10.0), ("c", "DR1", 199.0)]
        + [("stranger", "DR5", 5.0), ("c", "DR5", 200.0)],
        columns=["gene_id", "type", "tss_distance"],
    )
    rows = distance_rows(sites, status)
    found = {(row["status"], row["from_bp"]): (row["with_site"], row["n"]) for row in rows}
    assert found == {
        ("up", -200): (1, 2), ("up", 0): (1, 2), ("up", 200): (0, 2),
        ("unresponsive", -200): (0, 1), ("unresponsive", 0): (1, 1), ("unresponsive", 200): (1, 1),
    }  # fmt: skip
    assert distance_rows(sites.iloc[:0], status) == []


@pytest.mark.parametrize(("some", "n"), [(0, 7), (3, 7), (7, 7), (160, 6179)])
def test_wilson_agrees_with_scipy(some, n):
    expected = binomtest(some, n).proportion_ci(method="wilson")
    assert wilson(some, n) == pytest.approx((expected.low, expected.high), abs=1e-12)
