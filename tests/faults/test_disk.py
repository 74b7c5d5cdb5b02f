"""A full disk, a read-only folder, a folder that is lost while it is written to: one line, and nothing is harmed."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rarml.core.errors import InputError
from rarml.core.files import atomic_file, atomic_folder, require_new, write_json

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def disk(tmp_path):
    """A file system of one megabyte that can be filled and made read-only."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.name != "posix" or not shutil.which("mount"):
        pytest.skip("no file system can be mounted here")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("mounting a small file system needs rights that this user has not")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def earlier(place: Path) -> Path:
    with atomic_folder(place / "out") as folder:
        write_json(folder / "manifest.json", "earlier")
    return place / "out"


def whole(out: Path) -> bool:
    beside = [path.name for path in out.parent.iterdir()]
    return (out / "manifest.json").read_text() == '"earlier"\n' and beside == [out.name]


def test_a_full_disk_is_one_error_and_the_earlier_result_stands(disk):
    out = earlier(disk)
    with (
        pytest.raises(InputError, match=r"No space left on device \(make room") as fault,
        atomic_folder(out, overwrite=True) as folder,
    ):
        (folder / "big").write_bytes(bytes(2 << 20))
    assert fault.value.where == str(out)
    assert whole(out)


def test_a_file_inside_a_folder_that_is_being_written_is_not_named_by_its_hidden_place(disk):
    out = earlier(disk)
    with pytest.raises(InputError, match="No space") as fault, atomic_folder(out, overwrite=True) as folder:
        write_json(folder / "deep" / "big.json", "x" * (2 << 20))
    assert fault.value.where == str(out)
    assert ".part" not in str(fault.value)
    assert whole(out)


def test_libraries_that_write_are_no_exception(disk):
    import numpy as np
    import pandas as pd

    from rarml.reference.sequences import SequenceWriter

    out, values = earlier(disk), np.random.default_rng(0).random(1 << 18)
    writers = {
        "NumPy": lambda folder: np.save(folder / "a.npy", values),
        "Arrow": lambda folder: pd.DataFrame({"a": values}).to_parquet(folder / "a.parquet"),
        "pandas": lambda folder: pd.DataFrame({"a": values}).to_csv(folder / "a.tsv"),
        "a memory map": lambda folder: SequenceWriter(folder, 10_000, (1000, 500)),
    }
    for name, write in writers.items():
        with pytest.raises(InputError, match="No space left"), atomic_folder(out, overwrite=True) as folder:
            write(folder)
        assert whole(out), name


def test_a_full_disk_while_scores_are_written_is_one_line(rarml, disk):
    (disk / "others").write_bytes(bytes(1_000_000))
    ran = rarml("score", "CYP26A1", "--model", "mcf-7", "--out", disk / "out")
    assert f"{disk / 'out'}: cannot be written: No space left on device" in ran.fault()
    assert list(disk.iterdir()) == [disk / "others"]


def test_a_full_disk_behind_standard_output_is_one_line():
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "w") as full:
        given = [sys.executable, "-m", "rarml", "--version"]
        environment = {**os.environ, "PYTHONPATH": str(REPO)}
        ran = subprocess.run(given, stdout=full, stderr=subprocess.PIPE, text=True, env=environment)
    assert ran.returncode == 2
    assert ran.stderr == "rarml: error: standard output: No space left on device\n"


def test_a_limit_on_the_size_of_files_is_one_error(tmp_path):
    out = earlier(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(InputError, match="File too large"), atomic_folder(out, overwrite=True) as folder:
            (folder / "big").write_bytes(bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert whole(out)


def test_a_read_only_folder_is_said_before_any_work(rarml, disk):
    out = earlier(disk)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    for target in (out, disk / "new"):
        with pytest.raises(InputError, match="may not be written to"):
            require_new(target, overwrite=True)
        with pytest.raises(InputError, match="may not be written to"), atomic_folder(target, overwrite=True):
            pytest.fail("work began")
    with pytest.raises(InputError, match="Read-only file system"), atomic_file(disk / "sites.bed"):
        pytest.fail("work began")
    assert "may not be written to" in rarml("score", "CYP26A1", "--model", "mcf-7", "--out", disk / "new").fault()
    assert "Read-only" in rarml("scan", _fasta(disk.parent), "--out", disk / "sites.bed").fault()
    assert whole(out)


def test_a_folder_that_becomes_read_only_in_mid_run_is_one_error(disk):
    out = earlier(disk)
    with pytest.raises(InputError, match="Read-only file system"), atomic_folder(out, overwrite=True) as folder:
        (folder / "a").touch()
        # a file system with open files is made read-only by the kernel alone; a second mount in its place can be
        subprocess.run(["mount", "--bind", disk, disk], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
        (folder / "b").touch()
    assert (out / "manifest.json").read_text() == '"earlier"\n'
    subprocess.run(["umount", disk], check=True)
    with atomic_folder(out, overwrite=True) as folder:  # what could not be removed then is removed now
        write_json(folder / "manifest.json", "earlier")
    assert whole(out)


def test_a_folder_that_loses_its_permissions_in_mid_run_is_one_error(tmp_path, monkeypatch):
    out = earlier(tmp_path)

    def denied(self, *_given, **_more):
        raise PermissionError(13, "Permission denied", str(self))

    with pytest.raises(InputError, match="Permission denied"), atomic_folder(out, overwrite=True) as folder:
        monkeypatch.setattr(Path, "write_bytes", denied)
        (folder / "a").write_bytes(b"")
    assert whole(out)


def test_a_folder_that_is_removed_in_mid_run_is_one_error(tmp_path):
    out = tmp_path / "above" / "out"
    with pytest.raises(InputError, match="removed while it was written") as fault, atomic_folder(out) as folder:
        shutil.rmtree(tmp_path / "above")
        (folder / "a").write_text("x")
    assert fault.value.where == str(out)
    with pytest.raises(InputError, match="removed while it was written"), atomic_folder(tmp_path / "out") as folder:
        shutil.rmtree(folder)
    assert not (tmp_path / "out").exists()


def test_faults_of_other_files_keep_their_own_words(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_folder(tmp_path / "out"):
        (tmp_path / "input").read_text()
    assert list(tmp_path.iterdir()) == []


def _fasta(folder: Path) -> Path:
    file = folder / "a.fa"
    file.write_text(">a\n" + "ACGT" * 50 + "\n")
    return file
