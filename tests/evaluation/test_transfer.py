import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from rarml.core.errors import InputError
from rarml.evaluation.mean_elsewhere import MEAN_ELSEWHERE, mean_elsewhere
from rarml.evaluation.tasks import TASKS, task_scores
from rarml.evaluation.transfer import COLUMNS, SUSPECT_ABOVE, transfer_matrix


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
    assert (table.groupby(["model", "labels", "task"])["metric"].agg(list).map(tuple) == ("auroc", "auprc")).all()
    found = table[table["metric"] == "auroc"].groupby(["model", "labels"])["task"].agg(list).to_dict()
    full, one = list(TASKS), ["up v unresponsive"]
    assert found == {
        **{(model, labels): full for model in "ab" for labels in "ab"},
        **{(model, "list"): one for model in ("a", "b", MEAN_ELSEWHERE)},
        **{("list", labels): one for labels in ("a", "b", "list")},
        **{(MEAN_ELSEWHERE, labels): full for labels in "ab"},
    }


def test_values_agree_with_sklearn(table, inputs):
    held_out, labels, _ = inputs
    for row in table[table["model"] != MEAN_ELSEWHERE].itertuples():
        used, truth, score = task_scores(row.task, held_out[row.model], labels[row.labels])
        metric = {"auroc": roc_auc_score, "auprc": average_precision_score}[row.metric]
        assert row.value == pytest.approx(metric(truth, score))
        assert row.prevalence == pytest.approx(truth.mean())
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
        return found[(found[list(row)] == pd.Series(row)).all(axis=1)].set_index("metric").loc["auroc"]

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


def test_the_lead_over_each_baseline_is_that_on_the_same_genes(inputs):
    held_out, labels, groups = inputs
    weak = {name: table.sample(frac=1, random_state=3).set_axis(table.index) for name, table in held_out.items()}
    found = transfer_matrix(held_out, labels, groups, n_bootstrap=40, seed=5, covariates=weak)
    models = found[found["model"] != MEAN_ELSEWHERE]
    assert len(models) == 42
    for row in models.itertuples():
        metric = {"auroc": roc_auc_score, "auprc": average_precision_score}[row.metric]
        _, truth, base = task_scores(row.task, weak[row.model], labels[row.labels])
        assert row.covariates == pytest.approx(metric(truth, base))
        assert row.over_covariates == pytest.approx(row.value - row.covariates)
        elsewhere = mean_elsewhere({name: table for name, table in labels.items() if name != row.labels})
        shared = held_out[row.model].loc[held_out[row.model].index.intersection(elsewhere.index)]
        used, truth, own = task_scores(row.task, shared, labels[row.labels])
        _, _, base = task_scores(row.task, elsewhere.loc[shared.index], labels[row.labels])
        assert row.n_elsewhere == used.sum()
        assert row.elsewhere == pytest.approx(metric(truth, base))
        assert row.over_elsewhere == pytest.approx(metric(truth, own) - metric(truth, base))
        assert row.over_elsewhere_low <= row.over_elsewhere <= row.over_elsewhere_high
    strong = models[(models["model"] == "a") & (models["labels"] == "a") & (models["metric"] == "auroc")]
    assert (strong["over_covariates_low"] > 0.3).all()


def test_a_model_is_never_ahead_of_itself(inputs):
    held_out, labels, groups = inputs
    same = transfer_matrix(held_out, labels, groups, n_bootstrap=10, seed=5, covariates=held_out)
    models = same[same["model"] != MEAN_ELSEWHERE]
    assert (models[["over_covariates", "over_covariates_low", "over_covariates_high"]] == 0).all(axis=None)


def test_only_unseen_cells_above_the_bound_are_suspect(table):
    expected = (
        (table["metric"] == "auroc")
        & (table["model"] != table["labels"])
        & (table["model"] != MEAN_ELSEWHERE)
        & (table["value"] > SUSPECT_ABOVE)
    )
    assert (table["suspect"] == expected).all()
    assert 0 < expected.sum() < len(table)


def test_without_covariates_there_is_no_lead_over_them(table):
    assert table[["covariates", "over_covariates", "over_covariates_low"]].isna().all(axis=None)
    baseline = table[table["model"] == MEAN_ELSEWHERE]
    assert baseline[["elsewhere", "over_elsewhere"]].isna().all(axis=None)


def test_a_response_shared_by_two_cells_transfers_and_an_own_one_does_not(status, groups):
    """Planted: a and b follow one response, c another; each model knows its own."""
    own = pd.Series(np.random.default_rng(8).permutation(status), index=status.index)
    labels = {"a": status, "b": other_status(status, 0.1), "c": own}

    def knows(truth, seed):
        logits = np.random.default_rng(seed).normal(size=(len(truth), 3))
        logits += 2 * np.stack([(truth == name).to_numpy() for name in ("up", "down", "unresponsive")], axis=1)
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return pd.DataFrame(p, truth.index, ["p_up", "p_down", "p_unresponsive"])

    held_out = {name: knows(table, seed) for seed, (name, table) in enumerate(labels.items())}
    found = transfer_matrix(held_out, labels, groups, n_bootstrap=100, seed=5)
    value = found[found["metric"] == "auroc"].set_index(["model", "labels", "task"])
    for task in TASKS:
        assert value.loc[("b", "a", task), "low"] > 0.75
        assert value.loc[("c", "a", task), "low"] < 0.5 < value.loc[("c", "a", task), "high"]
