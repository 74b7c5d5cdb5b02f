import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from rarml.core.errors import InputError
from rarml.evaluation.tasks import TASKS, task_scores
from rarml.evaluation.transfer import COLUMNS, MEAN_ELSEWHERE, mean_elsewhere, transfer_matrix


def other_status(status, share=0.5, seed=4):
    """The same labels with a share of the genes shuffled."""
    rng = np.random.default_rng(seed)
    changed = status.copy()
    chosen = rng.random(len(status)) < share
    changed[chosen] = rng.permutation(changed[chosen])
    return changed


@pytest.fixture(scope="module")
def inputs(predict, status, groups):
    held_out = {"a": predict(2.0, 1), "b": predict(0.5, 2), "list": predict(1.0, 3, ("up", "unresponsive"))}
    labels = {
        "a": status,
        "b": other_status(status).iloc[:500],
        "list": status[status != "down"].iloc[50:400],
    }
    return held_out, labels, groups


@pytest.fixture(scope="module")
def table(inputs):
    return transfer_matrix(*inputs, n_bootstrap=60, seed=5)


def test_every_pair_is_there_with_the_tasks_both_can_answer(table):
    assert tuple(table.columns) == COLUMNS
    found = table.groupby(["model", "labels"])["task"].agg(list).to_dict()
    full, one = list(TASKS), ["up v unresponsive"]
    assert found == {
        **{(model, labels): full for model in "ab" for labels in "ab"},
        **{(model, "list"): one for model in ("a", "b", MEAN_ELSEWHERE)},
        **{("list", labels): one for labels in ("a", "b", "list")},
        **{(MEAN_ELSEWHERE, labels): full for labels in "ab"},
    }
    assert (table["metric"] == "auroc").all()


def test_values_agree_with_sklearn(table, inputs):
    held_out, labels, _ = inputs
    for row in table[table["model"] != MEAN_ELSEWHERE].itertuples():
        used, truth, score = task_scores(row.task, held_out[row.model], labels[row.labels])
        assert row.value == pytest.approx(roc_auc_score(truth, score))
        assert (row.n, row.n_positive) == (used.sum(), truth.sum())
        assert row.low <= row.value <= row.high


def test_mean_elsewhere_by_hand():
    labels = {
        "a": pd.Series({"g1": "up", "g2": "unresponsive", "g3": "ambiguous"}),
        "b": pd.Series({"g2": "down", "g1": "up", "g4": "untested"}),
        "c": pd.Series({"g1": "unresponsive"}),
    }
    found = mean_elsewhere(labels)
    assert list(found.columns) == ["p_up", "p_down", "p_unresponsive"]
    np.testing.assert_allclose(found.loc["g1"], [2 / 3, 0, 1 / 3])
    np.testing.assert_allclose(found.loc["g2"], [0, 0.5, 0.5])
    assert list(found.index) == ["g1", "g2"]
    assert mean_elsewhere({}).empty


def test_the_judged_labels_are_never_in_their_own_baseline(inputs, status):
    held_out, labels, groups = inputs
    row = {"model": MEAN_ELSEWHERE, "labels": "a", "task": "up v unresponsive"}

    def baseline(tables):
        found = transfer_matrix(held_out, tables, groups, n_bootstrap=5, seed=5)
        return found[(found[list(row)] == pd.Series(row)).all(axis=1)].iloc[0]

    shuffled = pd.Series(np.random.default_rng(0).permutation(status), index=status.index)
    assert baseline(labels)["value"] > 0.6
    assert baseline({**labels, "a": shuffled})["value"] == pytest.approx(0.5, abs=0.08)
    # only genes that another set labels can be asked about
    others = labels["b"].index.union(labels["list"].index)
    assert baseline(labels)["n"] == status.loc[others].isin(["up", "unresponsive"]).sum()


def test_one_label_set_has_no_elsewhere(inputs):
    held_out, labels, groups = inputs
    found = transfer_matrix(held_out, {"a": labels["a"]}, groups, n_bootstrap=5, seed=5)
    assert MEAN_ELSEWHERE not in set(found["model"])


def test_order_of_rows_and_of_other_models_does_not_matter(table, inputs):
    held_out, labels, groups = inputs
    again = transfer_matrix(
        {name: held_out[name].sample(frac=1, random_state=1) for name in ("list", "b", "a")},
        {name: labels[name].sample(frac=1, random_state=2) for name in ("b", "list", "a")},
        groups.sample(frac=1, random_state=3),
        n_bootstrap=60,
        seed=5,
    )
    keys = ["model", "labels", "task"]
    one, two = (x.sort_values(keys, ignore_index=True) for x in (table, again))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_genes_without_group_or_prediction(inputs):
    held_out, labels, groups = inputs
    alone = transfer_matrix(held_out, {"a": labels["a"]}, groups.iloc[:0], n_bootstrap=20, seed=5)
    each = groups.index.to_series()
    own = transfer_matrix(held_out, {"a": labels["a"]}, each, n_bootstrap=20, seed=5)
    assert (alone["value"] == own["value"]).all()
    assert alone["low"].notna().all()
    gaps = {"a": held_out["a"].where(pd.Series(np.arange(600) >= 100, index=groups.index), axis=0)}
    assert transfer_matrix(gaps, {"a": labels["a"]}, groups, n_bootstrap=5, seed=5)["n"].max() == 500


def test_a_gene_listed_twice_is_named(inputs):
    held_out, labels, groups = inputs
    twice = pd.concat([labels["a"], labels["a"].iloc[:1]])
    with pytest.raises(InputError, match="labels of a list a gene twice"):
        transfer_matrix(held_out, {"a": twice}, groups, n_bootstrap=5, seed=5)
