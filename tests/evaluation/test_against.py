import numpy as np
import pandas as pd
import pytest

from rarml.evaluation.against import COLUMNS, against_baselines
from rarml.evaluation.baselines import CHANCE, chance
from rarml.evaluation.summary import evaluate

CLASSES = ("up", "down", "unresponsive")


@pytest.fixture(scope="module")
def table(predict, status, groups):
    rivals = {CHANCE: chance(status, CLASSES), "weak": predict(1.0, 2), "itself": predict(2.0, 1)}
    return against_baselines(predict(2.0, 1), rivals, status, groups, seed=7, n_bootstrap=200)


def test_it_agrees_with_the_table_of_one_baseline(table, predict, status, groups):
    other = evaluate(predict(2.0, 1), predict(1.0, 2), status, groups, seed=7, n_bootstrap=200)
    own = table[table["baseline"] == "weak"].set_index(["task", "metric"])
    assert tuple(table.columns) == COLUMNS
    for row in other[other["task"] != "all classes"].itertuples():
        found = own.loc[(row.task, row.metric)]
        assert found["value"] == pytest.approx(row.baseline)
        assert found["model"] == pytest.approx(row.value)
        gain = [row.gain, row.gain_low, row.gain_high]
        np.testing.assert_allclose(found[["gain", "gain_low", "gain_high"]].astype(float), gain)


def test_chance_is_the_prevalence_line_and_the_gain_over_it_that_of_the_model(table):
    own = table[table["baseline"] == CHANCE].set_index("metric")
    np.testing.assert_allclose(own.loc["auroc", ["value", "low", "high"]].astype(float), 0.5)
    np.testing.assert_allclose(own.loc["auprc", "value"], own.loc["auprc", "prevalence"])
    np.testing.assert_allclose(own.loc["precision_at_50", "value"], own.loc["precision_at_50", "prevalence"])
    np.testing.assert_allclose(own["gain"], own["model"] - own["value"])
    assert (own["told_apart"] == 0).all()


def test_a_planted_gain_is_found_and_none_against_itself(table):
    weak = table[(table["baseline"] == "weak") & table["metric"].isin(["auroc", "auprc"])]
    assert (weak["gain_low"] > 0).all()
    assert (table.loc[table["baseline"] == "itself", ["gain", "gain_low", "gain_high"]] == 0).all(axis=None)
    assert list(dict.fromkeys(table["baseline"])) == [CHANCE, "weak", "itself"]


def test_a_task_without_a_side_has_no_row(predict, status, groups):
    only = status[status != "down"]
    found = against_baselines(predict(2.0, 1), {"weak": predict(1.0, 2)}, only, groups, seed=7, n_bootstrap=5)
    assert set(found["task"]) == {"up v unresponsive", "responsive v unresponsive"}


def test_the_order_of_rows_does_not_matter(table, predict, status, groups):
    shuffled = status.sample(frac=1, random_state=5)
    rivals = {CHANCE: chance(shuffled, CLASSES), "weak": predict(1.0, 2), "itself": predict(2.0, 1)}
    again = against_baselines(predict(2.0, 1), rivals, shuffled, groups, seed=7, n_bootstrap=200)
    pd.testing.assert_frame_equal(table, again)
