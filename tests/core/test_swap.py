import os
import subprocess
import sys
from pathlib import Path

import pytest

from rarml.core import swap
from rarml.core.errors import InputError
from rarml.core.files import atomic_folder, read_json, write_json


def made(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(f'"{text}"')
    return folder


def test_two_folders_are_exchanged_in_one_step(tmp_path):
    one, two = made(tmp_path / "one", "1"), made(tmp_path / "two", "2")
    if not swap.exchange(one, two):
        pytest.skip("this system cannot exchange two names")
    assert (read_json(one / "manifest.json"), read_json(two / "manifest.json")) == ("2", "1")
    assert not swap.exchange(one, tmp_path / "none")


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_kill_at_any_system_call_leaves_a_whole_result_or_one_that_is_put_back(tmp_path, exchanges):
    """The process kills itself at the n-th step of `put`, for every n, with and without the exchange in one step."""
    script = """
import os, shutil, signal, sys
from pathlib import Path
from rarml.core import files, swap
left = int(sys.argv[2])
def counted(call):
    def step(*given, **more):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **more)
    return step
if sys.argv[3] == "two steps":
    swap.exchange = lambda *_: False
Path.rename, Path.chmod, Path.unlink = counted(Path.rename), counted(Path.chmod), counted(Path.unlink)
swap.exchange, swap.remove = counted(swap.exchange), counted(swap.remove)
shutil.rmtree, os.unlink, os.rmdir, os.rename = map(counted, (shutil.rmtree, os.unlink, os.rmdir, os.rename))
os.close, os.open = counted(os.close), counted(os.open)
with files.atomic_folder(sys.argv[1], overwrite=True) as folder:
    (folder / "a").write_text("new")
    (folder / "manifest.json").write_text('"new"')
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    way = "exchange" if exchanges else "two steps"
    seen = set()
    for step in range(1, 60):
        place = tmp_path / str(step)
        target = made(place / "out", "earlier")
        done = subprocess.run([sys.executable, "-c", script, str(target), str(step), way], env=environment)
        if done.returncode == 0:
            break
        assert done.returncode == -9
        if exchanges:
            assert target.exists()
        found = read_json(target / "manifest.json")  # a reader puts an earlier result back where it was moved away
        assert (target / "a").exists() == (found == "new")
        seen.add(found)
        with atomic_folder(target, overwrite=True) as folder:
            write_json(folder / "manifest.json", "next")
        assert [path.name for path in place.iterdir()] == ["out"], step
    else:
        pytest.fail("never ended by itself")
    assert seen == {"earlier", "new"}


def test_without_the_exchange_a_failed_second_step_puts_the_earlier_one_back(tmp_path, monkeypatch):
    target = made(tmp_path / "out", "earlier")
    monkeypatch.setattr(swap, "exchange", lambda *_: False)
    rename = Path.rename

    def fails(self, other):
        if self.name.endswith(".part"):
            raise OSError(13, "Permission denied", str(self))
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(InputError, match="Permission denied"), atomic_folder(target, overwrite=True) as folder:
        (folder / "a").touch()
    assert read_json(target / "manifest.json") == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_living_run_moved_away_is_not_put_back(tmp_path):
    from rarml.core.lock import output_lock

    target, aside = tmp_path / "out", made(tmp_path / ".out.abcdefgh.old", "earlier")
    script = f"""
from rarml.core.swap import recover
from pathlib import Path
recover(Path({str(target)!r}))
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with output_lock(target):
        subprocess.run([sys.executable, "-c", script], env=environment, check=True)
        assert not target.exists()
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    assert target.exists()
    assert not aside.exists()
