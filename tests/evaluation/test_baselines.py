import numpy as np
import pandas as pd
import pytest

from rarml.evaluation import baselines
from rarml.evaluation.tasks import task_scores

CLASSES = ("up", "down", "unresponsive")


def test_a_baseline_reads_the_covariates_and_its_block_alone():
    columns = ["expression:a", "rare:b", "coexpression:c01", "chromatin:K562:ATAC:signal", "coexpression:c02"]
    own = ["expression:a", "composition:gc"]
    assert baselines.baseline_columns(baselines.PANEL, own, columns) == [*own, "coexpression:c01", "coexpression:c02"]
    assert baselines.baseline_columns(baselines.CHROMATIN, own, columns) == [*own, "chromatin:K562:ATAC:signal"]
    assert baselines.baseline_columns(baselines.PANEL, own, ["rare:b"]) == []


def test_chance_is_the_share_of_each_class(status):
    table = baselines.chance(status, CLASSES)
    assert (table.nunique() == 1).all()
    for name in CLASSES:
        assert table[f"p_{name}"].iloc[0] == pytest.approx((status == name).mean())


def test_the_rule_puts_genes_with_an_element_first_and_up_before_down():
    genes = pd.Index(["with", "without", "unknown", "other"])
    features = pd.DataFrame(0.0, index=genes, columns=[*baselines.RULE_COLUMNS, "rare:DR4:n_1e-5"])
    features.loc["with", "rare:DR5:n_1e-5"] = 2
    features.loc["other", "rare:DR4:n_1e-5"] = 1  # a DR4 is a reading of TR and LXR
    features.loc["unknown"] = np.nan
    for classes in (CLASSES, ("up", "unresponsive")):
        table = baselines.rare_rule(features, genes, classes)
        np.testing.assert_allclose(table.sum(axis=1), 1)
        assert len(table.loc[["without", "unknown", "other"]].drop_duplicates()) == 1
    table = baselines.rare_rule(features, genes, CLASSES)
    statuses = pd.Series(["up", "down", "unresponsive", "up"], index=genes)
    for task in ("up v unresponsive", "down v unresponsive", "up v down", "responsive v unresponsive"):
        every = pd.Series(statuses.iloc[0], index=genes)  # the truth does not matter, only the scores do
        used, _, score = task_scores(task, table, every.where(every.isin(task.split()), task.split()[0]))
        if used.all():
            assert score[0] > score[1] == score[2] == score[3]
    assert baselines.rare_rule(features.drop(columns="rare:DR2:n_1e-5"), genes, CLASSES) is None


def naive_family(status, symbols, folds, groups, gene):
    """Shares among the relatives that a model of the gene's fold may see, gene by gene."""
    import re

    def stem(symbol):
        found = re.fullmatch(r"(.*[A-Z])\d+[A-Z]*", symbol)
        return found.group(1) if found else None

    own = stem(symbols[gene])
    kin = [
        other
        for other in status.index
        if own is not None
        and stem(symbols[other]) == own
        and folds[other] != folds[gene]
        and groups[other] != groups[gene]
    ]
    prior = np.array([(status == name).mean() for name in CLASSES])
    counts = np.array([sum(status[other] == name for other in kin) for name in CLASSES])
    return (counts + baselines.SHRINKAGE * prior) / (len(kin) + baselines.SHRINKAGE)


@pytest.fixture(scope="module")
def families():
    rng = np.random.default_rng(4)
    names = ["HOXA1", "HOXA13", "CYP26A1", "CYP26A7", "TMEM176B", "TMEM9", "RARB", "TP53", "ZNF7", "ZNF21"] * 8
    genes = pd.Index([f"g{i:02d}" for i in range(len(names))])
    symbols = pd.Series(names, index=genes)
    status = pd.Series(rng.choice(CLASSES, len(genes)), index=genes)
    folds = pd.Series(rng.integers(0, 3, len(genes)), index=genes)
    groups = pd.Series(rng.integers(0, 30, len(genes)).astype(str), index=genes)
    return status, symbols, folds, groups


def test_a_family_mean_agrees_with_counting_by_hand(families):
    status, symbols, folds, groups = families
    table = baselines.family_mean(status, symbols, folds, groups, CLASSES)
    for gene in status.index:
        np.testing.assert_allclose(table.loc[gene], naive_family(status, symbols, folds, groups, gene), err_msg=gene)


def test_a_family_mean_never_uses_the_labels_of_its_fold_or_group(families):
    status, symbols, folds, groups = families
    gene = "g10"
    hidden = (folds == folds[gene]) | (groups == groups[gene])
    changed = status.copy()
    # labels trade places among hidden genes, so that the shares of all genes stay
    changed[hidden] = np.roll(status[hidden].to_numpy(), 1)
    assert (changed != status).any()
    one, two = (baselines.family_mean(y, symbols, folds, groups, CLASSES).loc[gene] for y in (status, changed))
    np.testing.assert_allclose(one, two)
