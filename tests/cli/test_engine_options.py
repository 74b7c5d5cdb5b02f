"""Where the work runs is said by options alike for all commands, or by the environment."""

import pytest

BASES = "AGTTCACCCAAAGTTCA" + "ACGT" * 20


@pytest.fixture
def scan(rarml, tmp_path):
    (tmp_path / "in.fa").write_text(f">chr1\n{BASES}\n")
    return lambda *more: rarml("scan", tmp_path / "in.fa", "--out", tmp_path / "o.tsv", "--overwrite", *more)


def test_jobs_and_threads_are_one_option(scan, tmp_path):
    assert scan("--jobs", 2).status == 0
    first = (tmp_path / "o.tsv").read_bytes()
    assert scan("--threads", 1).status == 0
    assert (tmp_path / "o.tsv").read_bytes() == first


def test_processes_and_a_cluster_exclude_each_other(scan):
    assert "--processes and --cluster exclude each other" in scan("--processes", 2, "--cluster", "tcp://a:1").fault()


def test_the_environment_names_a_cluster_and_processes_go_before_it(scan, monkeypatch):
    parallel_connect = pytest.importorskip("rarml.core.parallel_connect")
    pytest.importorskip("distributed", reason="Dask is not installed (extra cluster)")
    monkeypatch.setattr(parallel_connect, "_PATIENCE", 0.5)
    monkeypatch.setenv("RARML_CLUSTER", "tcp://127.0.0.1:9")
    assert "tcp://127.0.0.1:9: no cluster answers" in scan().fault()
    assert scan("--processes", 1).status == 0


@pytest.mark.parametrize("command", ["train", "tune", "scan", "score", "pretrain", "compare", "reference build"])
def test_every_long_command_takes_them(rarml, command):
    shown = rarml(*command.split(), "--help").out
    assert "--processes" in shown
    assert "--cluster" in shown
    assert "--jobs" in shown
