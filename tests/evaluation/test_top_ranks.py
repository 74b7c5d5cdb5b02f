import numpy as np
import pandas as pd

from rarml.evaluation.top_ranks import top_ranks


def made(n: int = 400) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    rng = np.random.default_rng(2)
    genes = pd.Index([f"g{i}" for i in range(n)])
    p = rng.dirichlet([0.4, 0.3, 1.0], n)
    proba = pd.DataFrame(p, index=genes, columns=["p_up", "p_down", "p_unresponsive"])
    status = pd.Series([rng.choice(["up", "down", "unresponsive"], p=row) for row in p], index=genes)
    return proba, status, pd.Series([f"c{i // 2}" for i in range(n)], index=genes)


def test_precision_is_the_share_of_positives_among_the_first():
    proba, status, groups = made()
    rows = top_ranks(proba, status, groups, seed=1, n_bootstrap=50)
    assert set(rows["task"]) == {"up v unresponsive", "down v unresponsive", "responsive v unresponsive"}
    two = status[status != "down"].index
    score = proba.loc[two, "p_up"] / (proba.loc[two, "p_up"] + proba.loc[two, "p_unresponsive"])
    first = score.sort_values(ascending=False).index[:20]
    row = rows[(rows["task"] == "up v unresponsive") & (rows["depth"] == 20)].iloc[0]
    assert row["value"] == (status[first] == "up").mean()
    assert row["low"] <= row["value"] <= row["high"]
    assert row["prevalence"] == (status[two] == "up").mean()
    assert rows["depth"].max() <= len(status) / 2


def test_order_of_rows_does_not_matter_and_a_model_without_down_has_one_task():
    proba, status, groups = made()
    order = np.random.default_rng(0).permutation(len(proba))
    again = top_ranks(proba.iloc[order], status.iloc[order], groups, seed=1, n_bootstrap=20)
    pd.testing.assert_frame_equal(top_ranks(proba, status, groups, seed=1, n_bootstrap=20), again)
    two = top_ranks(proba.drop(columns="p_down"), status[status != "down"], groups, seed=1, n_bootstrap=20)
    assert set(two["task"]) == {"up v unresponsive"}
