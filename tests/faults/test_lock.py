"""Two runs on one output: every command that writes is told at once who is at work there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOLDER = """
import sys, time
from rarml.core.lock import output_lock
with output_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""
QUICK = (
    "context: {stand_in: [SH-SY5Y], chromatin: [SK-N-SH]}\nblocks: [composition]\n"
    "model: {n_folds: 3, gradient: {n_rounds: 5}}\nbootstrap: 20\n"
)
SPACE = "n_trials: 2\nspace:\n  model.gradient.max_depth: {type: int, low: 1, high: 4}\n"


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """An output that a living process of its own holds, the process, and small inputs beside it."""
    place = tmp_path_factory.mktemp("held")
    (place / "quick.yaml").write_text(QUICK)
    (place / "space.yaml").write_text(SPACE)
    (place / "a.fa").write_text(">a\n" + "ACGT" * 50 + "\n")
    out = place / "out.bed"  # a folder may be called so, too
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    started = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(out)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "held\n"
    yield out, started
    started.kill()
    started.wait()
    started.stdout.close()


@pytest.mark.parametrize(
    "given",
    [
        "train sh-sy5y --config quick.yaml",
        "tune sh-sy5y --config quick.yaml --space space.yaml --no-nested",
        "score CYP26A1 --model mcf-7",
        "explain CYP26A1 --model mcf-7",
        "compare mcf-7 sh-sy5y",
        "enrich CYP26A1 DHRS3",
        "bench CYP26A1 --reference none",
        "pretrain none",
        "reference build none.yaml",
        "scan a.fa",
    ],
)
def test_the_second_run_is_told_who_writes(rarml, held, given, monkeypatch):
    out, process = held
    monkeypatch.chdir(out.parent)
    fault = rarml(*given.split(), "--out", out.name).fault()
    assert f"{out}: another run is writing to it: process {process.pid} on " in fault
    assert "choose another --out" in fault
    assert not out.exists()


def test_the_lock_goes_with_the_command(rarml, tmp_path):
    for _ in range(2):  # one process, as in a notebook: the first command's lock is not the second one's trouble
        ran = rarml("score", "no-such-gene", "--model", "mcf-7", "--out", tmp_path / "out")
        assert "another run" not in ran.err
        assert list(tmp_path.iterdir()) == []
