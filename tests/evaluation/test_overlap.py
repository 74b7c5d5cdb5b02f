from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.evaluation.overlap import INTERSECTION_COLUMNS, PAIR_COLUMNS, intersections, pairs


@pytest.fixture(scope="module")
def members():
    rng = np.random.default_rng(3)
    return pd.DataFrame(rng.random((500, 4)) < [0.3, 0.2, 0.1, 0.05], columns=list("abcd"))


def test_counts_by_brute_force(members):
    found = intersections(members)
    sets = {name: set(members.index[members[name]]) for name in members}
    expected = {}
    for degree in range(1, 5):
        for inside in combinations(members.columns, degree):
            outside = [name for name in members if name not in inside]
            genes = set.intersection(*(sets[name] for name in inside)) - set().union(*(sets[name] for name in outside))
            if genes:
                expected[inside] = len(genes)
    assert tuple(found.columns) == INTERSECTION_COLUMNS
    assert dict(zip(found["sets"], found["n"], strict=True)) == expected
    assert found["n"].is_monotonic_decreasing
    assert found["n"].sum() == members.any(axis=1).sum()
    assert (found["degree"] == found["sets"].map(len)).all()


def test_expected_is_that_of_independent_sets(members):
    row = intersections(members).set_index("sets").loc[[("a", "b")]].iloc[0]
    share = members.mean()
    assert row["expected"] == pytest.approx(500 * share["a"] * share["b"] * (1 - share["c"]) * (1 - share["d"]))


def test_pairs_by_brute_force(members):
    found = pairs(members).set_index(["a", "b"])
    assert (*found.index.names, *found.columns) == PAIR_COLUMNS
    for one, two in combinations(members.columns, 2):
        a, b = (set(members.index[members[name]]) for name in (one, two))
        row = found.loc[(one, two)]
        assert (row["n_a"], row["n_b"], row["both"]) == (len(a), len(b), len(a & b))
        assert row["jaccard"] == pytest.approx(len(a & b) / len(a | b))
        assert row["low"] < row["odds_ratio"] < row["high"]


def test_planted_overlap_is_found_and_a_disjoint_pair_has_none():
    members = pd.DataFrame({"a": [True] * 40 + [False] * 160, "b": [True] * 30 + [False] * 170})
    assert pairs(members)["low"].iloc[0] > 20
    apart = members.assign(b=np.roll(members["b"], 100))
    row = pairs(apart).iloc[0]
    assert (row["both"], row["odds_ratio"], row["jaccard"]) == (0, 0, 0)
    assert list(intersections(apart)["sets"]) == [("a",), ("b",)]


def test_order_of_genes_does_not_matter(members):
    shuffled = members.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(intersections(members), intersections(shuffled))
    pd.testing.assert_frame_equal(pairs(members), pairs(shuffled))


def test_no_gene_in_any_set():
    nothing = pd.DataFrame(False, index=range(5), columns=["a", "b"])
    assert intersections(nothing).empty
    assert pairs(nothing)["odds_ratio"].isna().all()


def test_a_missing_membership_is_an_error():
    with pytest.raises(InputError, match="neither in nor out"):
        intersections(pd.DataFrame({"a": [True, None]}))
