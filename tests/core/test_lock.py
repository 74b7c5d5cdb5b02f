import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rarml.core import lock
from rarml.core.errors import InputError
from rarml.core.files import atomic_file, atomic_folder, claimed
from rarml.core.lock import output_lock

HOLDER = """
import sys, time
from rarml.core.files import atomic_folder
with atomic_folder(sys.argv[1], overwrite=True) as folder:
    (folder / "half").write_text("x")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """A living process that writes to ``out``."""
    started = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "out")], stdout=subprocess.PIPE, text=True, env=_environment()
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "held\n"
    yield started
    started.kill()
    started.wait()
    started.stdout.close()


def _environment():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def test_a_second_process_is_told_at_once_who_writes(tmp_path, holder):
    began = time.monotonic()
    with pytest.raises(InputError, match=rf"process {holder.pid} on .* since 20") as fault, claimed(tmp_path / "out"):
        pass
    assert time.monotonic() - began < 1
    assert "wait for it" in str(fault.value)
    assert holder.poll() is None
    with claimed(tmp_path / "other"):
        pass


def test_a_killed_process_holds_nothing_and_its_litter_goes_with_the_next_run(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert len(list(tmp_path.iterdir())) == 2  # the lock's file and the temporary folder
    with atomic_folder(tmp_path / "out") as folder:
        (folder / "whole").touch()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_living_run_writes_is_not_taken_for_litter(tmp_path):
    with atomic_file(tmp_path / "out.txt") as first:
        first.write_text("first")
        with atomic_file(tmp_path / "out.txt") as second:
            second.write_text("second")
        assert first.read_text() == "first"
    assert (tmp_path / "out.txt").read_text() == "first"
    assert len(list(tmp_path.iterdir())) == 1


def test_files_of_others_that_look_alike_are_left(tmp_path):
    kept = [tmp_path / name for name in (".out.settings", ".out.part", ".out.abcdefghi.part", ".outer.abcdefgh.part")]
    for path in kept:
        path.touch()
    with atomic_folder(tmp_path / "out"):
        pass
    assert all(path.exists() for path in kept)


def test_the_same_thread_may_take_it_again_and_another_may_not(tmp_path):
    found = []

    def other():
        try:
            with output_lock(tmp_path / "out"):
                found.append("taken")
        except InputError as error:
            found.append(str(error))

    with output_lock(tmp_path / "out"), output_lock(tmp_path / "x" / ".." / "out"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(found) == 1
    assert f"process {os.getpid()}, another thread" in found[0]
    assert list(tmp_path.iterdir()) == []


def test_without_locks_on_a_file_system_work_goes_on(tmp_path, monkeypatch):
    def none(*_given):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(lock.fcntl, "flock", none)
    dead = tmp_path / ".out.abcdefgh.part"
    dead.mkdir()
    with atomic_folder(tmp_path / "out") as folder:
        (folder / "a").touch()
    # nobody can tell whether a living run holds that one
    assert sorted(path.name for path in tmp_path.iterdir()) == [dead.name, "out"]


def test_folders_made_for_a_lock_alone_go_with_it(tmp_path):
    with output_lock(tmp_path / "a" / "b" / "out"):
        assert (tmp_path / "a" / "b" / ".out.lock").is_file()
    assert list(tmp_path.iterdir()) == []


def test_many_processes_that_race_for_one_folder_write_one_whole_result(tmp_path):
    script = """
import sys
from rarml.core.errors import InputError
from rarml.core.files import atomic_folder
done = 0
for _ in range(60):
    try:
        with atomic_folder(sys.argv[1], overwrite=True) as folder:
            for name in "abc":
                (folder / name).write_text(sys.argv[2])
        done += 1
    except InputError as error:
        assert "another run" in str(error), error
print(done)
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "out"), str(n)], stdout=subprocess.PIPE, env=_environment()
        )
        for n in range(3)
    ]
    done = [int(one.communicate(timeout=60)[0]) for one in started]
    assert sum(done) > 0
    assert len({(tmp_path / "out" / name).read_text() for name in "abc"}) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
