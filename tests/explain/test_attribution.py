"""Accounts of a cross-fitted model: they add up to what it shows, and credit what it reads."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rarml.explain.attribution import attribute
from rarml.explain.evidence import KINDS, kind_numbers
from rarml.training.branches import branch_columns
from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit

COLUMNS = ("expression:mean", "composition:gc", "coexpression:c01", "chromatin:A:B:overlap", "rare:DR5:best")
SEQUENCE = ("sequence:kmer:001", "sequence:kmer:002")
QUICK = CrossfitSettings(n_folds=4, gradient=GradientSettings(n_rounds=12, learning_rate=0.3, colsample=1.0))


def make(classes=3, n=700, unused=False):
    rng = np.random.default_rng(2)
    genes = pd.Index([f"ENSG{i:011d}" for i in range(n)], name="gene_id")
    X = pd.DataFrame(
        rng.normal(size=(n, 7)).astype(np.float32), index=genes, columns=[*COLUMNS, *SEQUENCE], dtype=np.float32
    )
    z = X["expression:mean"] + 0.7 * X["rare:DR5:best"] * X["coexpression:c01"] + 0.5 * X["sequence:kmer:001"]
    z += 0.5 * rng.normal(size=n)
    X.iloc[::9, 2:] = np.nan
    if unused:
        X["chromatin:A:B:overlap"] = np.float32(1.0)  # never missing: to lack a value tells something
    status = pd.Series(np.where(z > 1, "up", np.where(z < -1, "down", "unresponsive")), index=genes)
    folds = pd.Series(rng.integers(0, 4, n), index=genes)
    if classes == 2:
        status = status.replace("down", "unresponsive")
    trained = genes[:600]
    settings = QUICK.model_copy(update={"block_dropout": 0.0}) if unused else QUICK
    model = crossfit(X.loc[trained], status.loc[trained], folds, settings, seed=0, n_threads=2)
    return model, X, folds


def account(model, X):
    return attribute(model, X, branch_columns(model.columns), kind_numbers(model.columns), len(KINDS))


@pytest.fixture(scope="module", params=[3, 2], ids=["three classes", "two classes"])
def case(request):
    model, X, folds = make(request.param)
    rows = X.iloc[[0, 5, 9, 300, 599, 600, 601, 650, 699]]  # training genes and others, with gaps and without
    return model, rows, folds, account(model, rows)


def test_accounts_add_up_to_the_shown_probability(case):
    model, rows, folds, found = case
    shown = model.predict(rows, folds).proba.to_numpy()
    log_odds = np.log(shown) - np.log1p(-shown)
    np.testing.assert_allclose(found.base + found.contributions.sum(axis=2), log_odds, atol=1e-4)
    np.testing.assert_allclose(found.base + found.contributions.sum(axis=2) + found.error, found.log_odds, atol=1e-10)
    assert np.abs(found.error).max() < 1e-6


def test_a_training_gene_is_accounted_for_by_the_models_that_did_not_see_it(case):
    """Other numbers in the models of the other folds leave its account as it is."""
    model, rows, _, found = case
    fold = int(model.training_folds[rows.index[0]])
    changed = {
        name: {pair: one if fold in pair else _Refuses() for pair, one in models.items()}
        for name, models in model.branches.items()
    }
    alone = account(replace(model, branches=changed), rows.iloc[:1])
    np.testing.assert_array_equal(alone.contributions[0], found.contributions[0])
    with pytest.raises(AssertionError, match="was asked"):
        account(replace(model, branches=changed), rows.iloc[-1:])


class _Refuses:
    def contributions(self, X):
        raise AssertionError("was asked")


def test_the_summary_is_the_sum_of_its_features(case):
    _, _, _, found = case
    expected = np.stack([found.contributions[:, :, found.groups == i].sum(axis=2) for i in range(len(KINDS))], axis=2)
    np.testing.assert_allclose(found.summary, expected, atol=1e-12)
    assert (found.half_width >= 0).all()
    assert found.half_width.max() > 0


def test_what_the_genes_follow_gets_the_credit(case):
    _, _, _, found = case
    size = np.abs(found.summary[:, 0]).mean(axis=0)
    assert size[KINDS.index("covariates")] > 3 * size[KINDS.index("chromatin")]


def test_one_gene_depends_on_no_other(case):
    model, rows, _, found = case
    alone = account(model, rows.iloc[[3]])
    np.testing.assert_allclose(alone.contributions[0], found.contributions[3], atol=1e-12)
    np.testing.assert_allclose(alone.half_width[0], found.half_width[3], atol=1e-12)


def test_more_genes_than_fit_in_one_go_are_the_same_genes():
    model, X, _ = make()
    many = X.iloc[:140]
    found, reverse = account(model, many), account(model, many.iloc[::-1])
    np.testing.assert_allclose(found.contributions, reverse.contributions[::-1], atol=1e-10)


def test_a_feature_without_a_say_gets_nothing():
    model, X, _ = make(unused=True)
    found = account(model, X.iloc[:40])
    column = model.columns.index("chromatin:A:B:overlap")
    assert np.abs(found.contributions[:, :, column]).max() < 1e-9
    assert np.abs(found.contributions[:, :, 0]).max() > 0.1


def test_models_that_agree_leave_no_interval():
    model, X, _ = make()
    one = {name: dict.fromkeys(models, models[0, 1]) for name, models in model.branches.items()}
    alike = replace(model, branches=one, stacks=(model.stacks[0],) * 4)
    found = account(alike, X.iloc[[0, 650]])
    np.testing.assert_allclose(found.half_width, 0, atol=1e-10)


def test_an_unknown_block_counts_as_covariates():
    assert [KINDS[i] for i in kind_numbers(["weather:rain", "partners:FOXA1:best", "rare:DR5:best"])] == [
        "covariates", "rare", "rare",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mcf-7", "sh-sy5y", "neural-organoid", "nb4"])
def test_shipped_models_add_up_for_every_gene_of_a_list(name):
    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import find_model, shipped_atlas
    from rarml.features.atlas import load_atlas
    from rarml.workflows.model_files import load_model

    model = load_model(load_bundle(find_model(name))).full
    atlas = load_atlas(shipped_atlas(), columns=list(model.columns))
    listed = ["CYP26A1", "DHRS3", "TGM2", "CD38", "HOXA1", "RARB", "CYP26B1", "STRA6", "MYC", "GAPDH"]
    genes = [*atlas.names.resolve(listed)["gene_id"], *atlas.features.index[::1500]]
    without = atlas.genes.index[~atlas.genes["has_sequence"].to_numpy(dtype=bool)][:3]
    rows = atlas.features.loc[[*genes, *without]]
    found = account(model, rows)
    shown = model.predict(rows, model.training_folds).proba.to_numpy()
    log_odds = np.log(shown) - np.log1p(-shown)
    np.testing.assert_allclose(found.base + found.contributions.sum(axis=2), log_odds, atol=1e-4)
    assert np.abs(found.error).max() < 1e-6
