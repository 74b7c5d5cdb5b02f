"""A made-up atlas whose responses follow expression, a panel and one planted signal, judged by the real workflow."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rarml.core.settings import load_settings
from rarml.evaluation import baselines
from rarml.features.atlas_table import Atlas
from rarml.reference.gene_names import GeneNames
from rarml.training.dataset import Dataset, covariate_columns
from rarml.training.splits import chromosome_folds
from rarml.workflows.model_evaluation import baseline_predictions, model_evaluation
from rarml.workflows.predictions import held_out_predictions
from rarml.workflows.settings import EvaluationSettings, TrainSettings
from rarml.workflows.train import fit
from tests.conftest import REPO

SETTINGS = TrainSettings.model_validate(
    {
        "context": {"stand_in": ["A"], "chromatin": ["K562"]},
        "model": {"n_folds": 3, "gradient": {"n_rounds": 15, "learning_rate": 0.3, "colsample": 1.0}},
        "bootstrap": 60,
        "evaluation": {"allow_leaky": True},
        "seed": 1,
    }
)
NAMES = ["chance (prevalence)", "RARE rule (a DR1, DR2 or DR5)", "gene family mean", "covariates"]
FITTED = ["covariates + chromatin", "covariates + co-expression panel"]


def make(planted: float, n: int = 1500) -> tuple[Atlas, Dataset]:
    rng = np.random.default_rng(0)
    index = pd.Index([f"ENSG{i:011d}" for i in range(n)], name="gene_id")
    chrom = pd.Series([f"chr{1 + i % 6}" for i in range(n)], index=index)
    genes = pd.DataFrame({"chrom": chrom, "symbol": [f"FAM{i % 40}X{i}" for i in range(n)]}, index=index)
    level, panel, signal = rng.normal(3, 1, n), rng.normal(size=n), rng.normal(size=n)
    features = pd.DataFrame(
        {
            "expression:level:A": level,
            "expression:sd": rng.gamma(2, 0.5, n),
            "composition:gc": rng.normal(0.5, 0.05, n),
            "composition:cpg_oe": rng.normal(0.5, 0.1, n),
            "composition:cpg_island": rng.integers(0, 2, n),
            "coexpression:c01": panel,
            "chromatin:K562:ATAC:signal": rng.normal(size=n),
            "chromatin:HeLa:ATAC:signal": rng.normal(size=n),
            **{name: rng.integers(0, 2, n) * rng.integers(0, 2, n) for name in baselines.RULE_COLUMNS},
            "rare:DR5:best": signal,
        },
        index=index,
        dtype=np.float32,
    )
    z = 1.2 * (level - 3) + panel + planted * signal + rng.logistic(size=n)
    cut = np.quantile(z, [0.2, 0.8])
    status = pd.Series(np.where(z > cut[1], "up", np.where(z < cut[0], "down", "unresponsive")), index=index)
    columns = [name for name in features if "HeLa" not in name]
    data = Dataset(
        features=features[columns],
        baseline_columns=covariate_columns(columns),
        status=status,
        eligibility=pd.Series("eligible", index=index),
        folds=chromosome_folds(genes, n_folds=3),
        groups=pd.Series(index, index=index),
    )
    return Atlas(None, {}, genes, features, GeneNames, pd.DataFrame), data


def judge(planted: float, settings: TrainSettings = SETTINGS, **options):
    atlas, data = make(planted)
    model = fit(data, settings, threads=1)
    held_out = held_out_predictions(model, data.features, data.folds)
    return model_evaluation(model, data, atlas, held_out, settings, threads=1, **options)


@pytest.fixture(scope="module")
def found():
    return judge(1.5)


@pytest.fixture(scope="module")
def plain():
    """No planted signal, and every switch off."""
    off = EvaluationSettings(baselines=False, controls=False)
    return judge(0.0, SETTINGS.model_copy(update={"evaluation": off}), positive_unlabelled=True)


def rows(found, table, **where):
    return [row for row in found[table] if all(row[key] == value for key, value in where.items())]


def test_every_table_is_there_as_plain_values(found):
    tables = ["baselines", "matched", "deciles", "controls", "unlabelled", "top", "enrichment", "tss_distance"]
    assert list(found) == tables
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(dict.fromkeys(row["baseline"] for row in found["baselines"])) == [*NAMES, *FITTED]
    assert {row["control"] for row in found["controls"]} == {"direction", "permuted labels", "random folds"}
    assert found["unlabelled"] == []


def test_a_signal_beyond_panel_and_covariates_is_found(found):
    (gain,) = rows(found, "baselines", baseline=baselines.PANEL, metric="auroc", task="up v unresponsive")
    assert gain["gain_low"] > 0.03
    (weaker,) = rows(found, "baselines", baseline=baselines.COVARIATES, metric="auroc", task="up v unresponsive")
    assert weaker["value"] < gain["value"] < gain["model"]
    (within,) = rows(found, "matched", predictor=baselines.PANEL, task="up v unresponsive")
    assert within["gain_low"] > 0.03
    assert abs(within["imbalance"]) < 0.1


def test_the_controls_of_an_honest_training_pass(found):
    for row in rows(found, "controls", control="permuted labels"):
        assert row["verdict"] == "as it should be"
        assert row["low"] <= 0.5 <= row["high"]
    # nothing is shared between these genes, so random folds cannot flatter
    gaps = rows(found, "controls", control="random folds")
    assert len(gaps) == 4
    assert max(abs(row["gap"]) for row in gaps) < 0.02
    assert rows(found, "controls", control="direction")[0]["verdict"] == "direction is read"


def test_without_a_planted_signal_nothing_is_gained_and_nothing_more_is_fitted(plain):
    assert list(dict.fromkeys(row["baseline"] for row in plain["baselines"])) == NAMES
    assert {row["control"] for row in plain["controls"]} == {"direction"}
    assert {row["predictor"] for row in plain["matched"]} == {"model", baselines.COVARIATES}
    assert {row["quantity"] for row in plain["unlabelled"]} == {"auroc", "recall"}
    rule = rows(plain, "baselines", baseline=baselines.RARE_RULE, metric="auroc", task="up v unresponsive")[0]
    assert rule["low"] < 0.5 < rule["high"]


def test_baselines_read_only_the_cells_of_the_settings_and_skip_what_is_not_there():
    atlas, data = make(0.0, n=600)
    covariates = baselines.chance(data.status, data.classes)
    whole = baseline_predictions(data, atlas, covariates, SETTINGS, threads=1)
    other_cell = atlas.features.assign(**{"chromatin:HeLa:ATAC:signal": 7.0})
    again = baseline_predictions(data, replace(atlas, features=other_cell), covariates, SETTINGS, threads=1)
    pd.testing.assert_frame_equal(whole[baselines.CHROMATIN], again[baselines.CHROMATIN])
    few = atlas.features.drop(columns=["coexpression:c01", *baselines.RULE_COLUMNS])
    less = baseline_predictions(data, replace(atlas, features=few), covariates, SETTINGS, threads=1)
    assert set(whole) - set(less) == {baselines.PANEL, baselines.RARE_RULE}
    assert list(whole) == [*NAMES, *FITTED]


def test_shipped_configurations_print_the_gap_and_the_quick_one_is_quick():
    for name in ("mcf-7", "sh-sy5y", "neural-organoid", "nb4"):
        assert load_settings(REPO / "configs" / f"{name}.yaml", TrainSettings).evaluation == EvaluationSettings(
            allow_leaky=True
        )
    quick = load_settings(REPO / "configs" / "quick.yaml", TrainSettings).evaluation
    assert not quick.controls
    assert quick.model_fields_set == set(EvaluationSettings.model_fields)


def test_the_flag_of_the_command_line_reaches_the_settings(tmp_path):
    from rarml.workflows.train_inputs import train_inputs

    (tmp_path / "up.txt").write_text("CYP26A1\nDHRS3\n")
    (tmp_path / "c.yaml").write_text("evaluation:\n  controls: false\nlabels:\n  kind: gene_set\n  direction: up\n")
    for asked in (False, True):
        _, settings = train_inputs([str(tmp_path / "up.txt")], config=tmp_path / "c.yaml", allow_leaky=asked)
        assert settings.evaluation == EvaluationSettings(controls=False, allow_leaky=asked)
