"""A cluster that is not there, has no workers or runs other code is refused by one clear error."""

import subprocess
import sys
import time

import pytest

from rarml.core import parallel_connect
from rarml.core.errors import InputError, RarmlError
from rarml.core.parallel import run, use_engine
from rarml.core.parallel_versions import differences, versions
from tests.core import parallel_tasks as tasks
from tests.dask_cluster import REPO, local_cluster

cluster = pytest.importorskip("rarml.core.parallel_cluster")
pytest.importorskip("distributed", reason="Dask is not installed (extra cluster)")
pytestmark = pytest.mark.slow


def test_a_wrong_address_is_one_error(monkeypatch):
    monkeypatch.setattr(parallel_connect, "_PATIENCE", 1.0)
    with pytest.raises(InputError, match="no cluster answers") as caught:
        cluster.Cluster("tcp://127.0.0.1:9")
    assert caught.value.where == "tcp://127.0.0.1:9"
    with pytest.raises(InputError, match="no cluster answers"):
        cluster.Cluster("nonsense://127.0.0.1:9")
    with pytest.raises(InputError, match="is no scheduler file"):
        cluster.Cluster("nowhere/scheduler.json")


def test_a_cluster_without_workers_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv(cluster.WAIT, "1.5")
    with local_cluster(tmp_path, workers=0) as local:
        with pytest.raises(RarmlError, match="no worker") as caught:
            cluster.Cluster(str(tmp_path / "scheduler.json"))
        assert caught.value.where == str(tmp_path / "scheduler.json")
        assert local.address.startswith("tcp://127.0.0.1:")


def test_a_cluster_that_goes_away_in_mid_run_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_POLL", 0.2)
    with local_cluster(tmp_path, workers=1) as local:
        engine = cluster.Cluster(local.address)
        with use_engine(engine):
            answers = run(tasks.slow_first, range(1000), shared=None)
            assert next(answers) == 0
            monkeypatch.setenv(cluster.WAIT, "1.5")
            local.stop_workers()
            with pytest.raises(RarmlError, match="no worker for") as caught:
                list(answers)
            assert caught.value.where == local.address
        other = cluster.Cluster.__new__(cluster.Cluster)
        other.address, other.client, other._held = local.address, parallel_connect.connect(local.address), {}
    try:
        with pytest.raises(RarmlError, match="connection to the cluster's scheduler is lost"):
            list(run_over(other))
    finally:
        other.close()


def run_over(engine):
    with use_engine(engine):
        yield from run(tasks.slow_first, range(3), shared=None)


def test_workers_of_another_version_are_refused(tmp_path, monkeypatch):
    with local_cluster(tmp_path, workers=1) as local:
        cluster.Cluster(local.address).close()
        monkeypatch.setitem(versions(), "numpy", "1.0")
        with pytest.raises(RarmlError, match=r"differs in numpy 1\.0 here, 2.* there") as caught:
            cluster.Cluster(local.address)
        assert "tcp://127.0.0.1" in caught.value.where


def test_the_versions_tell_two_states_of_the_source_apart():
    assert differences(versions(), dict(versions())) == []
    assert differences(versions(), {**versions(), "rarml": "0"})[0].startswith("rarml ")
    assert {"python", "numpy", "xgboost"} <= set(versions())


def test_the_command_line_says_it_in_one_line_within_ten_seconds():
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "rarml", "score", "RARB", "--cluster", "tcp://127.0.0.1:9"],
        capture_output=True, text=True, cwd=REPO, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 2
    assert time.monotonic() - began < 10 + 5  # the start of rarml itself, on a busy machine
    assert ran.stderr.count("\n") == 1
    assert "rarml: error: tcp://127.0.0.1:9: no cluster answers" in ran.stderr
