"""Counts on the command line: `check`, `init` and `train` with a sample sheet."""

import json
import runpy
import shutil
from pathlib import Path

import pytest

from rarml.core.settings import load_settings
from rarml.workflows.settings import TrainSettings

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
COUNTS = ("--counts", "counts.tsv", "--design", "samples.tsv", "--treated", "ATRA", "--factor", "batch")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The made-up counts of the docs, the first 700 genes."""
    lines = (EXAMPLES / "counts.tsv").read_text().splitlines()
    (tmp_path / "counts.tsv").write_text("\n".join(lines[:701]) + "\n")
    shutil.copy(EXAMPLES / "samples.tsv", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_are_what_their_script_makes(tmp_path):
    runpy.run_path(str(EXAMPLES / "make_counts.py"))["main"](tmp_path)
    for name in ("counts.tsv", "samples.tsv"):
        assert (tmp_path / name).read_text() == (EXAMPLES / name).read_text()


def test_check_knows_counts_and_sheets_and_whether_they_fit(rarml, folder):
    done = rarml("check", "counts.tsv", "samples.tsv", *COUNTS)
    assert done.status == 0, done.err
    assert "counts.tsv: table of counts, 700 genes × 12 samples (vehicle_1, " in done.out
    assert "samples.tsv: sample sheet, 12 samples" in done.out
    assert "  column condition: vehicle (5), ATRA (5), TGFb (2)" in done.out
    assert "  would compare ATRA with vehicle, design ~ batch + condition" in done.out
    assert "2 samples of other conditions are left out: TGFb" in done.out


def test_check_says_what_does_not_fit(rarml, folder):
    sheet = (folder / "samples.tsv").read_text()
    (folder / "samples.tsv").write_text(sheet.replace("ATRA_2\t", "ATRA_02\t"))
    assert (
        "no column for ATRA_02, which the sample sheet names (did you mean 'ATRA_2'?)"
        in rarml("check", *COUNTS).fault()
    )
    assert "options of counts without --counts" in rarml("check", "--design", "samples.tsv").fault()
    assert "nothing to check" in rarml("check").fault()


def test_train_names_what_is_missing(rarml, folder, table):
    assert "--design goes with --counts" in rarml("train", "--design", "samples.tsv", "--out", "m").fault()
    assert "counts without a sample sheet" in rarml("train", "--counts", "counts.tsv", "--out", "m").fault()
    assert "exclude each other" in rarml("train", table(), *COUNTS, "--out", "m").fault()
    assert (
        "2 conditions besides the reference (name those to compare with vehicle: ATRA, TGFb)"
        in rarml("train", *COUNTS[:4], "--out", "m").fault()
    )
    Path("m").mkdir()
    Path("m", "x").write_text("mine")
    assert "m: exists already" in rarml("train", *COUNTS, "--out", "m").fault()


@pytest.mark.slow
def test_a_count_matrix_is_enough(rarml, folder, quick):
    """Train from counts; the draft of init trains the same; the table written beside the model trains the same."""
    pytest.importorskip("pydeseq2", reason="needs the extra counts")
    shutil.copy(EXAMPLES / "counts.tsv", folder)  # all of them: the first 700 genes are too few to train on
    done = rarml("train", *COUNTS, "--config", quick, "--out", "model")
    assert done.status == 0, done.err
    assert "table:  model.deseq2.tsv" in done.out
    assert "PyDESeq2" in done.err
    facts = json.loads((folder / "model" / "bundle.json").read_text())
    assert facts["labels"]["counts"]["samples"]["ATRA"] == [f"ATRA_{n}" for n in range(1, 6)]
    assert facts["settings"]["labels"]["counts"]["matrix"] == "counts.tsv"
    assert "against vehicle; Wald test" in (folder / "model" / "MODEL_CARD.md").read_text()

    again = rarml("train", "model.deseq2.tsv", "--config", quick, "--out", "from-table")
    assert again.status == 0, again.err
    predictions = [(folder / name / "predictions.parquet").read_bytes() for name in ("model", "from-table")]
    assert predictions[0] == predictions[1]

    drafted = rarml("init", *COUNTS, "--cell-type", "MCF-7 breast", "--out", "my.yaml")
    assert drafted.status == 0, drafted.err
    spec = load_settings(folder / "my.yaml", TrainSettings).labels.counts
    assert (spec.matrix, spec.design, spec.treated, spec.factors) == (
        "counts.tsv",
        "samples.tsv",
        ("ATRA",),
        ("batch",),
    )
    assert f"{facts['counts']['up']} / {facts['counts']['down']} / " in (folder / "my.yaml").read_text()
    assert rarml("check", "my.yaml").status == 0
    assert "a table or counts are needed" in rarml("init", "--out", "other.yaml").fault()
