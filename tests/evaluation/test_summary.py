import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from rarml.core.errors import InputError
from rarml.evaluation.summary import COLUMNS, evaluate
from rarml.evaluation.tasks import TASKS, task_scores


@pytest.fixture(scope="module")
def table(predict, status, groups):
    return evaluate(predict(2.0, 1), predict(1.0, 2), status, groups, seed=7, n_bootstrap=200)


def test_one_row_for_each_task_and_metric(table):
    assert tuple(table.columns) == COLUMNS
    rank = ["auroc", "auprc", "precision_at_50", "precision_at_100"]
    expected = [(task, metric) for task in TASKS for metric in rank]
    expected += [("all classes", metric) for metric in ("auroc_one_v_rest", "log_loss", "brier", "ece")]
    assert list(zip(table["task"], table["metric"], strict=True)) == expected
    assert table.notna().all(axis=None)


def test_values_agree_with_sklearn(table, predict, status):
    rows = table.set_index(["task", "metric"])
    for task in TASKS:
        for column, proba in (("value", predict(2.0, 1)), ("baseline", predict(1.0, 2))):
            _, truth, score = task_scores(task, proba, status)
            assert rows.loc[(task, "auroc"), column] == pytest.approx(roc_auc_score(truth, score))
            assert rows.loc[(task, "auprc"), column] == pytest.approx(average_precision_score(truth, score))
            assert rows.loc[(task, "auroc"), "n_positive"] == truth.sum()
            assert rows.loc[(task, "auroc"), "prevalence"] == pytest.approx(truth.mean())
    proba = predict(2.0, 1)
    names = ["down", "unresponsive", "up"]
    ordered = proba[[f"p_{name}" for name in names]]
    one_v_rest = roc_auc_score(status, ordered.div(ordered.sum(axis=1), axis=0), labels=names, multi_class="ovr")
    assert rows.loc[("all classes", "auroc_one_v_rest"), "value"] == pytest.approx(one_v_rest, abs=1e-5)
    expected = log_loss(status, ordered.div(ordered.sum(axis=1), axis=0).to_numpy(), labels=names)
    assert rows.loc[("all classes", "log_loss"), "value"] == pytest.approx(expected, rel=1e-4)
    assert rows.loc[("all classes", "log_loss"), "n_positive"] == (status != "unresponsive").sum()


def test_a_gain_above_zero_means_better_for_scores_and_losses(table):
    sign = np.where(table["metric"].isin(["log_loss", "brier", "ece"]), -1, 1)
    np.testing.assert_allclose(table["gain"], sign * (table["value"] - table["baseline"]))
    sure = table[table["metric"].isin(["auroc", "auprc", "log_loss", "brier"])]
    assert (sure["gain_low"] > 0).all()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()


def test_row_order_does_not_matter(table, predict, status, groups):
    again = evaluate(
        predict(2.0, 1).sample(frac=1, random_state=1)[["p_unresponsive", "p_up", "p_down"]],
        predict(1.0, 2).sample(frac=1, random_state=2),
        status.sample(frac=1, random_state=3),
        groups.sample(frac=1, random_state=4),
        seed=7,
        n_bootstrap=200,
    )
    pd.testing.assert_frame_equal(table, again, check_exact=True)


def test_a_model_against_itself_gains_nothing(predict, status, groups):
    same = evaluate(predict(2.0, 1), predict(2.0, 1), status, groups, seed=7, n_bootstrap=20)
    assert (same[["gain", "gain_low", "gain_high"]] == 0).all(axis=None)


def test_permuted_labels_are_at_chance(predict, status, groups):
    shuffled = pd.Series(np.random.default_rng(3).permutation(status), index=status.index)
    rows = evaluate(predict(2.0, 1), predict(1.0, 2), shuffled, groups, seed=7, n_bootstrap=200)
    auroc = rows[rows["metric"] == "auroc"]
    assert ((auroc["low"] < 0.5) & (auroc["high"] > 0.5)).all()


def test_a_two_class_model_gets_its_one_task(predict, status, groups):
    two = ("up", "unresponsive")
    rows = evaluate(predict(2.0, 1, two), predict(1.0, 2, two), status, groups, seed=7, n_bootstrap=20)
    assert list(dict.fromkeys(rows["task"])) == ["up v unresponsive", "all classes"]
    assert (rows["n"] == status.isin(two).sum()).all()


def test_a_depth_beyond_the_genes_has_no_row(predict, status, groups):
    few = status.sort_values().iloc[:60]  # down only, then a few unresponsive
    few = pd.concat([few.iloc[:30], status[status == "unresponsive"].iloc[:40]])
    rows = evaluate(predict(2.0, 1), predict(1.0, 2), few, groups, seed=7, n_bootstrap=20)
    assert set(rows.loc[rows["task"] == "down v unresponsive", "metric"]) == {"auroc", "auprc", "precision_at_50"}
    assert "up v down" not in set(rows["task"])


def test_other_statuses_are_left_out(table, predict, status, groups):
    more = pd.concat([status, pd.Series({"x1": "ambiguous", "x2": "untested"})])
    again = evaluate(predict(2.0, 1), predict(1.0, 2), more, groups, seed=7, n_bootstrap=200)
    pd.testing.assert_frame_equal(table, again)


def test_bad_tables_are_named(predict, status, groups):
    good, base = predict(2.0, 1), predict(1.0, 2)
    with pytest.raises(InputError, match="g0003.*1 labelled genes have no prediction"):
        evaluate(good.drop(index="g0003"), base, status, groups, seed=1)
    with pytest.raises(InputError, match="no baseline prediction"):
        evaluate(good, base.where(base.index.to_series() != "g0003"), status, groups, seed=1)
    with pytest.raises(InputError, match="no group"):
        evaluate(good, base, status, groups.drop(index="g0003"), seed=1)
    with pytest.raises(InputError, match="its baseline up, unresponsive"):
        evaluate(good, base.drop(columns="p_down"), status, groups, seed=1)
    with pytest.raises(InputError, match="statuses list a gene twice"):
        evaluate(good, base, pd.concat([status, status.iloc[:1]]), groups, seed=1)
