import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.core.errors import InputError
from rarml.evaluation.matching import FAR, MATCHED, UNKNOWN, balance, matched_pairs, within_pairs_auroc


def made_up(seed=0, n=400, shift=0.7):
    rng = np.random.default_rng(seed)
    genes = pd.Index([f"g{i:04d}" for i in range(n)])
    case = pd.Series(rng.random(n) < 0.25, index=genes)
    covariates = pd.DataFrame(rng.normal(size=(n, 3)) * [1, 10, 0.1], genes, ["expression", "gc", "cpg"])
    covariates["expression"] += shift * case
    return covariates, case


def test_nearest_pairs_go_first_and_no_control_is_used_twice():
    # a wants x (0.1 apart) and b wants x too (0.05): b is nearer, a takes y; c is far from all that is left
    covariates = pd.DataFrame({"expression": {"a": 0.0, "b": 0.15, "c": 9.0, "x": 0.1, "y": 0.4, "z": 5.0}})
    case = pd.Series({name: name in "abc" for name in "abcxyz"})
    pairs = matched_pairs(covariates, case).set_index("case")
    assert pd.isna(pairs.loc["c", "control"])
    assert pairs.loc[["a", "b"], "control"].tolist() == ["y", "x"]
    assert pairs["outcome"].tolist() == [MATCHED, MATCHED, FAR]
    scale = covariates["expression"].std(ddof=0)
    np.testing.assert_allclose(pairs["distance"], [0.4 / scale, 0.05 / scale, np.nan])


@given(st.integers(0, 10_000), st.sampled_from([0.1, 0.25, 1.0]))
@settings(max_examples=25, deadline=None)
def test_pairs_keep_the_caliper_and_leave_no_free_match(seed, caliper):
    covariates, case = made_up(seed, n=60)
    pairs = matched_pairs(covariates, case, caliper=caliper)
    assert pairs["case"].tolist() == sorted(case.index[case])
    found = pairs[pairs["outcome"] == MATCHED]
    assert found["control"].is_unique
    assert not case[found["control"]].any()
    z = (covariates - covariates.mean()) / covariates.std(ddof=0)
    apart = np.sqrt(((z.loc[found["case"]].to_numpy() - z.loc[found["control"]].to_numpy()) ** 2).mean(axis=1))
    np.testing.assert_allclose(found["distance"], apart)
    assert (apart <= caliper).all()
    free = z.loc[case.index[~case].difference(found["control"])].to_numpy()
    for gene in pairs.loc[pairs["outcome"] == FAR, "case"]:
        assert not len(free) or np.sqrt(((free - z.loc[gene].to_numpy()) ** 2).mean(axis=1)).min() > caliper


def test_order_and_units_do_not_matter():
    covariates, case = made_up()
    pairs = matched_pairs(covariates, case)
    shuffled = matched_pairs(covariates.sample(frac=1, random_state=1), case.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(pairs, shuffled)
    scaled = matched_pairs((covariates * 1024 + 0.0).assign(constant=3.0), case)
    assert (pairs["outcome"] == MATCHED).sum() > 50
    # a constant column takes no part in the distance
    pd.testing.assert_frame_equal(pairs, scaled)


def test_matching_balances_what_it_matches_on():
    covariates, case = made_up(n=2000)
    table = balance(covariates, case, matched_pairs(covariates, case)).set_index("covariate")
    assert table.loc["expression", "before"] > 0.5
    assert (table["after"].abs() < 0.1).all()


def test_missing_covariates_are_told():
    covariates, case = made_up(n=60)
    gene, control = case.index[case][0], case.index[~case][0]
    covariates.loc[[gene, control], "gc"] = np.nan
    pairs = matched_pairs(covariates, case, caliper=5).set_index("case")
    assert pairs.loc[gene, "outcome"] == UNKNOWN
    assert control not in set(pairs["control"].dropna())
    nothing = matched_pairs(covariates, case & False)
    assert nothing.empty


def test_a_covariate_alone_is_worth_little_within_pairs():
    covariates, case = made_up(n=2000)
    pairs, groups = matched_pairs(covariates, case), case.index.to_series()
    matched_away = within_pairs_auroc(covariates["expression"], pairs, groups, n_bootstrap=200)
    assert matched_away.value < 0.6
    signal = pd.Series(np.random.default_rng(3).normal(size=2000) + 1.0 * case, index=case.index)
    found = within_pairs_auroc(signal, pairs, groups, n_bootstrap=200)
    gain = within_pairs_auroc(signal, pairs, groups, baseline=covariates["expression"], n_bootstrap=200)
    assert gain.value == pytest.approx(found.value - matched_away.value)
    assert gain.low > 0


def test_a_signal_of_known_strength_is_found_within_pairs():
    # AUROC of two normals one apart is 0.760, whatever the covariates
    found = []
    for seed in range(30):
        covariates, case = made_up(seed, n=500)
        signal = pd.Series(np.random.default_rng(1000 + seed).normal(size=500) + 1.0 * case, index=case.index)
        pairs = matched_pairs(covariates, case, caliper=0.5)
        found.append(within_pairs_auroc(signal, pairs, case.index.to_series(), n_bootstrap=200, seed=seed))
    assert np.mean([one.value for one in found]) == pytest.approx(0.760, abs=0.03)
    assert sum(one.low <= 0.760 <= one.high for one in found) >= 24


def pairs_of(*both):
    return pd.DataFrame([(a, b, 0.0, MATCHED) for a, b in both], columns=["case", "control", "distance", "outcome"])


def test_share_of_pairs_in_order_by_hand():
    score = pd.Series({"a": 3.0, "b": 1.0, "c": 2.0, "x": 2.0, "y": 1.0, "z": 9.0})
    groups = score.index.to_series()
    found = within_pairs_auroc(score, pairs_of("ax", "by", "cz"), groups, n_bootstrap=50)
    assert found.value == pytest.approx((1 + 0.5 + 0) / 3)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_pairs_linked_by_a_promoter_cluster_are_drawn_together():
    score = pd.Series({"a": 2.0, "x": 1.0, "b": 1.0, "y": 2.0})
    apart = pd.Series({"a": "1", "x": "2", "b": "3", "y": "4"})
    linked = apart.replace({"4": "1"})  # y lies in the cluster of a
    assert within_pairs_auroc(score, pairs_of("ax", "by"), apart, n_bootstrap=100).low == 0
    together = within_pairs_auroc(score, pairs_of("ax", "by"), linked, n_bootstrap=100)
    assert (together.low, together.high) == (0.5, 0.5)


def test_bad_input_is_named():
    covariates, case = made_up(n=20)
    with pytest.raises(InputError, match="matches nothing"):
        matched_pairs(covariates, case, caliper=0)
    with pytest.raises(InputError, match="g0003.*have no covariates"):
        matched_pairs(covariates.drop(index="g0003"), case)
    with pytest.raises(InputError, match="listed twice"):
        matched_pairs(pd.concat([covariates, covariates.iloc[:1]]), case)
    score, groups = covariates["gc"], case.index.to_series()
    with pytest.raises(InputError, match="no pair is matched"):
        within_pairs_auroc(score, matched_pairs(covariates, case, caliper=1e-9), groups)
    pairs = pairs_of(("g0000", "g0001"))
    with pytest.raises(InputError, match="without a score"):
        within_pairs_auroc(score.drop(index="g0000"), pairs, groups)
    with pytest.raises(InputError, match="no group"):
        within_pairs_auroc(score, pairs, groups.drop(index="g0001"))
