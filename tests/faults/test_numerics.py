"""Where numbers run out: a right, finite answer or one clear error each, as docs/numerics.md says."""

import json

import numpy as np
import pandas as pd
import pytest

from rarml.bundle.registry import shipped_atlas
from rarml.core.errors import InputError, RarmlError, SettingsError
from rarml.core.files import write_json
from rarml.core.settings import parse_settings
from rarml.estimators.conformal import ConformalSets
from rarml.estimators.domain import DomainCheck
from rarml.estimators.gradient import GradientClassifier
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.stack import StackedCalibrator
from rarml.evaluation.bootstrap import cluster_bootstrap
from rarml.evaluation.metrics import auprc, auroc, ece, log_loss
from rarml.evaluation.summary import evaluate
from rarml.features.atlas import load_atlas
from rarml.labels.table import LabelSpec, load_labels
from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit
from rarml.training.dataset import training_status
from rarml.training.splits import chromosome_folds
from rarml.workflows.prevalence import parse_prevalence
from rarml.workflows.settings import TrainSettings

SETTINGS = CrossfitSettings(n_folds=3, gradient=GradientSettings(n_rounds=5))


def example(n=240, seed=0):
    rng = np.random.default_rng(seed)
    genes = pd.Index([f"g{number:04d}" for number in range(n)])
    names = ["rare:DR5:best", "chromatin:A:B:mean", "expression:mean", "sequence:0"]
    features = pd.DataFrame(rng.normal(size=(n, 4)).astype(np.float32), index=genes, columns=names)
    status = pd.Series(np.where(features["expression:mean"] > 0.5, "up", "unresponsive"), index=genes)
    return features, status, pd.Series(np.arange(n) % 3, index=genes)


def answers(features, status, folds, asked=None, settings=SETTINGS):
    model = crossfit(features, status, folds, settings, seed=0, n_threads=1)
    found = model.predict_held_out(features, folds) if asked is None else model.predict(asked, folds)
    for table in (found.proba, found.lower, found.upper):
        assert np.isfinite(table.to_numpy()).all()
        assert ((table >= 0) & (table <= 1)).all(axis=None)
    np.testing.assert_allclose(found.proba.sum(axis=1), 1, atol=1e-9)
    return found.proba


@pytest.mark.parametrize("block", ["rare", "chromatin", "sequence"])
def test_a_block_that_is_wholly_missing(block):
    features, status, folds = example()
    features[[name for name in features if name.startswith(block)]] = np.nan
    proba = answers(features, status, folds)
    assert auroc(status == "up", proba["p_up"]) > 0.9


def test_nothing_known_of_a_gene_or_of_any():
    features, status, folds = example()
    blank = pd.DataFrame(np.nan, index=["new"], columns=features.columns, dtype=np.float32)
    answers(features, status, folds, asked=blank)
    assert DomainCheck().fit(features.to_numpy()).percentile(blank.to_numpy())[0] >= 99
    all_blank = answers(features * np.nan, status, folds)
    np.testing.assert_allclose(all_blank["p_up"], (status == "up").mean(), atol=0.1)


@pytest.mark.parametrize("value", [0.0, 1.0, 3.0e38, -3.0e38, 1e-38])
def test_constant_and_extreme_features(value):
    features, status, folds = example()
    features["chromatin:A:B:mean"] = np.float32(value)
    proba = answers(features, status, folds)
    assert auroc(status == "up", proba["p_up"]) > 0.9


def test_one_extreme_value_among_common_ones():
    features, status, folds = example()
    features.iloc[3, 1] = 3e38
    features.iloc[4, 1] = -3e38
    assert auroc(status == "up", answers(features, status, folds)["p_up"]) > 0.8


def test_constant_labels_and_five_genes_are_refused():
    features, status, folds = example()
    for few in (status.replace("up", "unresponsive"), status.replace("unresponsive", "up"), status.iloc[:5]):
        eligible = pd.Series("eligible", index=features.index)
        with pytest.raises(InputError, match=r"too few"):
            training_status(few, eligible, positive_unlabelled=False)
    with pytest.raises(InputError, match="at least 10 are needed"):
        crossfit(features.iloc[:5], status.iloc[:5], folds, SETTINGS, seed=0)


def test_a_class_on_one_chromosome_only_is_refused_by_name():
    features, _, folds = example()
    status = pd.Series(np.where((folds == 1) & (np.arange(240) < 200), "up", "unresponsive"), index=features.index)
    with pytest.raises(InputError, match=r"no up genes are left to train on when folds 0 and 1|folds 1 and 2"):
        crossfit(features, status, folds, SETTINGS, seed=0)


def test_a_fold_without_positives_is_answered():
    features, status, _ = example(600)
    folds = pd.Series(np.arange(600) % 4, index=features.index)
    status[(folds == 2)] = "unresponsive"
    proba = answers(features, status, folds, settings=SETTINGS.model_copy(update={"n_folds": 4}))
    assert proba.loc[folds == 2, "p_up"].notna().all()
    rows = folds.index[folds == 2]
    assert np.isnan(auroc(status[rows] == "up", proba.loc[rows, "p_up"]))
    table = evaluate(
        proba.loc[rows], proba.loc[rows], status[rows], pd.Series(rows, index=rows), seed=0, n_bootstrap=20
    )
    assert "auroc" not in set(table["metric"])
    assert np.isfinite(table.loc[table["metric"] == "log_loss", "value"]).all()


def test_metrics_where_all_scores_are_equal_or_a_side_is_empty():
    truth, equal = np.array([1, 0, 0, 1]), np.full(4, 0.5)
    assert auroc(truth, equal) == 0.5
    assert auprc(truth, equal) == 0.5
    assert np.isnan(auroc(np.zeros(4), equal))
    assert np.isnan(auprc(np.zeros(4), equal))
    assert ece(truth, equal) == 0
    assert np.isfinite(log_loss(truth, np.array([0.0, 1.0, 0.5, 1.0])))


def test_a_bootstrap_of_one_group_has_no_interval_that_lies():
    found = cluster_bootstrap([1, 0, 1], [0.9, 0.1, 0.8], ["a"] * 3, n=20)
    assert found.value == 1
    assert np.isnan(found.low) or found.low <= found.value


def test_not_a_number_never_gets_into_json(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "x.json", {"auroc": float("nan")})
    assert not list(tmp_path.iterdir())


def test_calibration_on_scores_that_are_all_equal():
    codes = np.array([0, 1] * 10 + [1] * 10)
    flat = np.full((30, 2), 0.5)
    map_ = StackedCalibrator().fit([flat], codes)
    np.testing.assert_allclose(map_.transform([flat])[:, 1], 2 / 3, atol=0.02)
    sure = np.eye(2)[codes]
    assert np.isfinite(StackedCalibrator().fit([sure], codes).transform([sure])).all()


def test_prediction_sets_of_few_calibration_genes_rule_out_nothing():
    few = ConformalSets().fit(np.full((4, 2), 0.5), np.array([0, 1, 0, 1]))
    counts = few.counts_
    assert counts.tolist() == [2, 2]
    # the least p-value is 1 / (n + 1): with two genes of a class none is below 0.1
    assert ((1 / (counts + 1)) > 0.1).all()


@pytest.mark.parametrize("text", ["up=0", "up=1", "up=-0.1", "up=nan", "up=1e-400", "up=.6,down=.6"])
def test_shares_that_leave_no_class_are_refused(text):
    with pytest.raises(InputError):
        parse_prevalence(text)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_settings_that_are_not_finite_are_refused_by_name(value):
    with pytest.raises(SettingsError, match=r"key 'model.linear.C'.*finite"):
        parse_settings({"model": {"linear": {"C": value}}}, TrainSettings, where="x.yaml")


@pytest.fixture(scope="module")
def names():
    return load_atlas(shipped_atlas(), columns=[]).names


def called(tmp_path, names, rows):
    file = tmp_path / "table.tsv"
    lines = ["gene\tbaseMean\tlog2FoldChange\tpvalue\tpadj", *("\t".join(row) for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = load_labels(LabelSpec(files=(str(file),)), names).table
    return table.set_index("symbol")["status"]


def test_extreme_changes_and_p_values(tmp_path, names):
    found = called(
        tmp_path,
        names,
        [
            ("RARB", "500", "1e300", "0", "0"),
            ("CYP26A1", "500", "-1e300", "5e-324", "5e-324"),
            ("GAPDH", "1e300", "0", "1", "1"),
            ("MYCN", "500", "Inf", "0.01", "0.01"),
            ("HOXA1", "500", "NaN", "0.01", "0.01"),
            ("DHRS3", "500", "3", "1e-400", "NA"),
            ("ACTB", "500", "-0.0", "1", "1"),
        ],
    )
    assert found[["RARB", "CYP26A1", "GAPDH", "ACTB"]].tolist() == ["up", "down", "unresponsive", "unresponsive"]
    assert found["MYCN"] not in ("up", "down")
    assert found["HOXA1"] not in ("up", "down")
    assert found["DHRS3"] not in ("up", "down")


def test_all_p_values_one(tmp_path, names):
    genes = ["RARB", "CYP26A1", "GAPDH", "MYCN"]
    found = called(tmp_path, names, [(gene, "500", "3", "1", "1") for gene in genes])
    assert set(found) == {"ambiguous"}


def test_fewer_chromosomes_than_folds_is_said():
    genes = pd.DataFrame({"chrom": ["chr1"] * 50}, index=[f"g{number}" for number in range(50)])
    with pytest.raises(RarmlError, match="1 chromosome units cannot make 6 folds"):
        chromosome_folds(genes)


@pytest.mark.slow
def test_a_million_genes():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(500, 8)).astype(np.float32), rng.integers(0, 2, 500)
    many = rng.normal(size=(1_000_000, 8)).astype(np.float32)
    for model in (GradientClassifier(n_rounds=10, seed=0), LinearClassifier(C=0.1)):
        proba = model.fit(X, y).predict_proba(many)
        assert proba.shape == (1_000_000, 2)
        np.testing.assert_array_equal(proba[-3:], model.predict_proba(many[-3:]))


@pytest.mark.slow
def test_a_million_names(names):
    asked = [f"nogene{number}" for number in range(999_999)] + ["RARB"]
    found = names.resolve(asked)
    assert len(found) == 1_000_000
    assert found["gene_id"].notna().sum() == 1
    assert json.loads(found.tail(1).to_json(orient="records"))[0]["symbol"] == "RARB"
