"""Every engine gives the same answers in the same order, whatever happens to its workers."""

import os
import time

import numpy as np
import pytest

from rarml.core.errors import BundleError, RarmlError
from rarml.core.parallel import run, thread_count, use_engine
from rarml.core.parallel_processes import Processes
from rarml.core.parallel_threads import Threads
from tests.core import parallel_tasks as tasks
from tests.dask_cluster import local_cluster

CLUSTER = pytest.param("cluster", marks=pytest.mark.slow)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with local_cluster(tmp_path_factory.mktemp("cluster")) as local:
        yield local.address


@pytest.fixture(scope="module", params=["one thread", "threads", "processes", CLUSTER])
def engine(request):
    if request.param == "cluster":
        from rarml.core.parallel_cluster import Cluster

        chosen = Cluster(request.getfixturevalue("address"))
    else:
        chosen = {"one thread": Threads(1), "threads": Threads(3), "processes": Processes(2)}[request.param]
    yield chosen
    chosen.close()


@pytest.fixture
def used(engine):
    """The engine in use, not closed at the end."""
    with use_engine(_Kept(engine)):
        yield engine


class _Kept:
    def __init__(self, engine):
        self.threads, self.open = engine.threads, engine.open

    def close(self):
        pass


with_workers = pytest.mark.parametrize("engine", ["processes", CLUSTER], indirect=True)


def test_the_answers_are_those_of_a_loop_to_the_last_digit(used):
    shared = {"values": np.random.default_rng(0).normal(size=300_001)}
    given = np.random.default_rng(1).normal(size=20)
    assert list(run(tasks.scaled, given, shared=shared)) == [tasks.scaled(shared, one) for one in given]


def test_answers_come_in_the_order_of_the_tasks(used):
    assert list(run(tasks.slow_first, range(9), shared=None)) == list(range(9))
    assert list(run(tasks.slow_first, [], shared=None)) == []


def test_tasks_are_taken_as_they_are_needed_and_the_rest_is_never_begun(used, tmp_path):
    taken = []

    def endless():
        while True:
            taken.append(len(taken))
            yield taken[-1]

    answers = run(tasks.noted, endless(), shared=str(tmp_path))
    assert [next(answers), next(answers)] == [0, 1]
    answers.close()
    assert len(taken) < 12
    time.sleep(0.3)
    begun = len(list(tmp_path.iterdir()))
    assert begun <= len(taken)
    assert list(run(tasks.noted, ["next"], shared=str(tmp_path))) == ["next"]  # the engine serves on
    assert len(list(tmp_path.iterdir())) == begun + 1


def test_an_error_arrives_as_it_was_raised(used):
    answers = run(tasks.refused, range(6), shared=None)
    assert [next(answers), next(answers)] == [0, 1]
    with pytest.raises(BundleError) as caught:
        next(answers)
    assert (caught.value.what, caught.value.where, caught.value.fix) == ("is damaged", "trees.json", "restore it")


def test_a_task_has_one_thread_and_stays_on_it(used):
    for pools, threads, inner in run(tasks.surroundings, range(4), shared=None):
        assert (pools, threads, inner) == (1, 1, [0, 1, 2])


@with_workers
def test_a_worker_killed_in_mid_run_changes_nothing(used, tmp_path):
    marker = tmp_path / "killed"
    assert list(run(tasks.killed_once, range(12), shared=str(marker))) == list(range(12))
    assert marker.exists()


@with_workers
def test_a_task_that_always_kills_its_worker_is_given_up(used):
    answers = run(tasks.always_killed, range(6), shared=None)
    with pytest.raises(RarmlError, match=r"worker.* died .*over the same task.*memory"):
        list(answers)
    assert list(run(tasks.slow_first, range(3), shared=None)) == [0, 1, 2]


@with_workers
def test_several_processes_work_and_none_is_this_one(used):
    found = set(run(tasks.where, range(8), shared=None))
    assert len(found) == 2
    assert os.getpid() not in found


@with_workers
def test_shared_data_is_sent_once_however_many_tasks_and_runs(used, monkeypatch, tmp_path):
    sent = []
    if isinstance(used, Processes):
        used.close()
        list(run(tasks.slow_first, range(2), shared=None))
        before = {file.name for file in used._folder.iterdir()}
    else:
        scatter = used.client.scatter
        monkeypatch.setattr(used.client, "scatter", lambda *a, **k: sent.append(a) or scatter(*a, **k))
    for factor in (1.0, 2.0, 1.0):
        list(run(tasks.scaled, range(8), shared={"values": np.full(50_000, 1.5)}))
        list(run(tasks.scaled, [factor], shared={"values": np.full(50_000, 2.5)}))
    if isinstance(used, Processes):
        files = [file for file in used._folder.iterdir() if file.name not in before]
        assert sorted(file.stat().st_size for file in files) == [400_000, 400_000]
    else:
        assert len(sent) == 2


def test_what_sets_the_state_of_its_process_gets_processes_in_place_of_threads():
    with use_engine(Threads(2)):
        found = set(run(tasks.where, range(6), shared=None, own_process=True))
        assert os.getpid() not in found
        assert set(run(tasks.where, range(2), shared=None, own_process=True, threads=1)) == {os.getpid()}


def test_the_engine_says_how_many_threads_there_are(monkeypatch):
    monkeypatch.setenv("RARML_THREADS", "5")
    with use_engine(Threads(3)):
        assert thread_count() == 3
        with use_engine(Threads()):
            assert thread_count() == 5
    assert thread_count() == 5
