"""A whole search on labels of a shipped model, thinned to be quick."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from rarml.bundle.registry import models_folder
from rarml.core.errors import InputError, Stopped
from rarml.core.settings import load_settings
from rarml.labels.label_table import LabelTable
from rarml.training.search_space import values_of
from rarml.training.splits import chromosome_folds
from rarml.workflows.settings import TrainSettings
from rarml.workflows.tune import tune
from rarml.workflows.tune_settings import TuneSettings

BASE = TrainSettings.model_validate(
    {
        "name": "quick",
        "context": {"stand_in": ["MCF7"], "chromatin": ["MCF-7"]},
        "blocks": ["composition"],
        "model": {"n_folds": 4, "block_dropout": 0, "gradient": {"n_rounds": 3, "learning_rate": 0.3, "max_bin": 16}},
        "bootstrap": 20,
        "seed": 0,
    }
)
SEARCH = TuneSettings.model_validate(
    {
        "n_trials": 2,
        "startup": 2,
        "space": {
            "model.gradient.max_depth": {"type": "int", "low": 1, "high": 4},
            "model.gradient.learning_rate": {"type": "float", "low": 0.05, "high": 0.6, "log": True},
        },
    }
)


@pytest.fixture(scope="module")
def status():
    """MCF-7 statuses of the shipped bundle: the responsive genes and a few of the others."""
    shipped = pd.read_parquet(models_folder() / "mcf-7" / "labels.parquet")["trained_as"].dropna().astype(object)
    flat = shipped[shipped == "unresponsive"].iloc[::40]
    return pd.concat([shipped[shipped != "unresponsive"], flat]).sort_index()


@pytest.fixture(scope="module")
def labels(status):
    return LabelTable.from_status(status)


@pytest.fixture(scope="module")
def tuned(labels, tmp_path_factory):
    return tune(labels, BASE, SEARCH, tmp_path_factory.mktemp("tuned") / "out")


def chosen(result):
    return {one.held_out: (one.values, [row.values for row in one.trials]) for one in result.studies}


def test_every_fold_has_a_study_and_all_files_are_there(tuned):
    assert [one.held_out for one in tuned.studies] == [0, 1, 2, 3, None]
    assert all(len(one.trials) == 2 and one.trials[0].default for one in tuned.studies)
    assert {path.name for path in tuned.out.iterdir()} == {
        "best.yaml",
        "trials.tsv",
        "tune.json",
        "report.html",
        "study.journal",
        "figures",
    }
    trials = pd.read_csv(tuned.out / "trials.tsv", sep="\t")
    assert len(trials) == 10
    assert set(trials["state"]) <= {"complete", "pruned"}
    written = json.loads((tuned.out / "tune.json").read_text())
    assert written["best"] == tuned.final.values
    assert written["helped"] == tuned.helped
    best = trials[trials["without_fold"].isna() & (trials["state"] == "complete")]["log_loss"].min()
    assert best == pytest.approx(tuned.final.loss, abs=1e-6)


def test_the_held_out_estimate_stands_beside_the_default_settings(tuned):
    row = tuned.metrics[tuned.metrics["metric"] == "log_loss"].iloc[0]
    assert row["gain"] == pytest.approx(row["baseline"] - row["value"])
    assert tuned.helped == (row["gain_low"] > 0)
    page = (tuned.out / "report.html").read_text()
    assert f"{row['value']:.4f}" in page
    assert "Default settings" in page
    if not tuned.helped:
        assert "the default settings serve as well" in page or "keep the default settings" in page
    assert page.count("<svg") >= 1
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_two_searches_give_the_same(tuned, labels, tmp_path):
    again = tune(labels, BASE, SEARCH, tmp_path / "again", threads=1, nested=False)
    assert chosen(again)[None] == chosen(tuned)[None]
    assert again.metrics is None
    assert again.helped is None
    for name in ("report.html", "best.yaml"):
        assert "--no-nested" in (again.out / name).read_text()


def test_labels_of_an_outer_fold_do_not_touch_the_settings_chosen_for_it(tuned, status, tmp_path):
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import load_atlas

    fold = chromosome_folds(load_atlas(shipped_atlas(), columns=[]).genes, n_folds=4).reindex(status.index)
    inside = status.index[(fold == 1).to_numpy()]
    poisoned = status.copy()
    poisoned.loc[inside] = np.random.default_rng(0).permutation(status.loc[inside].to_numpy())
    result = tune(LabelTable.from_status(poisoned), BASE, SEARCH, tmp_path / "poisoned")
    assert chosen(result)[1] == chosen(tuned)[1]
    assert result.studies[1].loss == tuned.studies[1].loss
    assert result.studies[0].loss != tuned.studies[0].loss


def test_a_stopped_search_says_how_to_go_on_and_ends_as_if_it_had_not_been(tuned, labels, tmp_path, monkeypatch):
    from rarml.training import inner_folds

    calls, fit = 0, inner_folds.fit_and_predict

    def stops(*given, **more):
        nonlocal calls
        calls += 1
        if calls == 7:
            raise KeyboardInterrupt
        return fit(*given, **more)

    out = tmp_path / "out"
    monkeypatch.setattr(inner_folds, "fit_and_predict", stops)
    with pytest.raises(Stopped, match=r"finished trials are kept.*--resume") as stop:
        tune(labels, BASE, SEARCH, out, nested=False, threads=1)
    assert stop.value.exit_status == 130
    assert not (out / "best.yaml").exists()
    monkeypatch.undo()
    with pytest.raises(InputError, match="--resume"):
        tune(labels, BASE, SEARCH, out, nested=False)
    with pytest.raises(InputError, match="made with other settings"):
        tune(
            labels,
            BASE.model_copy(update={"blocks": ("composition",), "seed": 1}),
            SEARCH.model_copy(update={"seed": 0}),
            out,
            nested=False,
            resume=True,
        )
    result = tune(labels, BASE, SEARCH, out, nested=False, resume=True)
    finished = [row.values for row in result.final.trials if row.state != "failed"]
    assert (result.final.values, finished) == chosen(tuned)[None]
    assert any(row.state == "failed" for row in result.final.trials)


def test_other_labels_are_refused(tuned, status):
    other = status.copy()
    other.iloc[:40] = other.iloc[:40].to_numpy()[::-1]
    with pytest.raises(InputError, match="made with other labels"):
        tune(LabelTable.from_status(other), BASE, SEARCH, tuned.out, resume=True)


def test_train_takes_the_best_settings(tuned):
    text = (tuned.out / "best.yaml").read_text()
    assert text.startswith("# Settings found by `rarml tune`")
    settings = load_settings(tuned.out / "best.yaml", TrainSettings)
    assert settings.model == tuned.best.model
    assert values_of(settings, SEARCH.space) == tuned.final.values
    assert settings.blocks == BASE.blocks
    assert (settings.seed, settings.bootstrap, settings.name) == (0, 20, "quick")
    assert "labels" not in yaml.safe_load(text)


def test_label_files_of_a_configuration_are_found_from_the_result(tmp_path, monkeypatch):
    from rarml.workflows.tune_output import _found_from_anywhere

    (tmp_path / "config").mkdir()
    settings = TrainSettings.model_validate({"labels": {"files": ["data/de.csv", "${RARML_DATA}/x.csv", "/abs/y.csv"]}})
    monkeypatch.chdir(tmp_path)
    moved = _found_from_anywhere(settings, Path("config"))
    assert moved.labels.files == (str(tmp_path / "config" / "data" / "de.csv"), "${RARML_DATA}/x.csv", "/abs/y.csv")
