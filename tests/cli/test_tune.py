"""`rarml tune` on the command line."""

from pathlib import Path

import pytest
import yaml

SPACE = "n_trials: 2\nspace:\n  model.gradient.max_depth: {type: int, low: 1, high: 4}\n"


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = tmp_path / "space.yaml"
    path.write_text(SPACE)
    return path


def test_a_table_is_tuned_and_its_best_settings_train_from_elsewhere(rarml, table, quick, space, tmp_path, monkeypatch):
    table()
    monkeypatch.chdir(tmp_path)
    ran = rarml("tune", "de.csv", "--config", quick, "--space", space, "--out", "tuned", "--no-nested")
    assert ran.status == 0, ran.err
    assert "model.gradient.max_depth" in ran.out
    assert "not estimated (--no-nested)" in ran.out
    best = yaml.safe_load((tmp_path / "tuned" / "best.yaml").read_text())
    assert best["labels"]["files"] == [str(tmp_path / "de.csv")]
    assert best["model"]["n_folds"] == 3
    assert f"rarml train --config {Path('tuned') / 'best.yaml'}" in (tmp_path / "tuned" / "best.yaml").read_text()
    monkeypatch.chdir("/")
    ran = rarml("train", "--config", tmp_path / "tuned" / "best.yaml", "--out", tmp_path / "model")
    assert ran.status == 0, ran.err


def test_more_trials_go_on_with_the_study(rarml, table, quick, space, tmp_path):
    given = ("tune", table(), "--config", quick, "--space", space, "--out", tmp_path / "t", "--no-nested", "--trials")
    assert rarml(*given, 1).status == 0
    assert "--resume" in rarml(*given, 2).fault()
    assert rarml(*given, 2, "--resume").status == 0
    assert len((tmp_path / "t" / "trials.tsv").read_text().splitlines()) == 3


def test_faults_are_one_line(rarml, table, quick, space, tmp_path):
    given = ("tune", table(), "--config", quick, "--out", tmp_path / "t")
    assert "no genes are left" not in rarml(*given, "--space", tmp_path / "none.yaml").fault()
    assert "--no-nested" in rarml(*given, "--space", space).fault()
    space.write_text(SPACE.replace("max_depth", "max_dept"))
    assert "did you mean 'model.gradient.max_depth'?" in rarml(*given, "--space", space).fault()
    assert "no study to go on with" in rarml(*given, "--no-nested", "--resume").fault()
    assert "not the URL of a database" in rarml(*given, "--no-nested", "--storage", "nonsense").fault()
    assert not (tmp_path / "t").exists()


def test_an_interrupt_is_one_line_that_says_how_to_go_on(rarml, table, quick, space, tmp_path, monkeypatch):
    from rarml.training import inner_folds

    def stops(*_given, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(inner_folds, "fit_and_predict", stops)
    ran = rarml("tune", table(), "--config", quick, "--space", space, "--out", tmp_path / "t", "--no-nested")
    assert ran.status == 130
    lines = [line for line in ran.err.splitlines() if not line.startswith("note: ")]
    assert lines == ["rarml: stopped; 0 finished trials are kept: go on with the same command and --resume"]
