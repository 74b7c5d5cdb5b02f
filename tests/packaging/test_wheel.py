"""Wheel and sdist: they build, hold what they should, and work away from the source tree."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from rarml import __version__

REPO = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def built(tmp_path_factory, *words, source=REPO):
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", *words, "-d", str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (file,) = out.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(tmp_path_factory, "-t", "wheel")


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The Python of an environment that holds the wheel, and beside it only what rarml depends on."""
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    with zipfile.ZipFile(wheel) as archive:  # what an installer does with a wheel of pure Python
        archive.extractall(site)
    # a path alone: the file that puts the source tree on the path of this environment is not read from there
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def run(python, *words, cwd):
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "RARML_MODELS")}
    return subprocess.run([str(python), *words], cwd=cwd, env=environment, capture_output=True, text=True)


def test_the_wheel_holds_the_package_and_the_models_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names}
    assert tops == {"rarml", f"rarml-{__version__}.dist-info"}
    models = {path.relative_to(REPO / "models").as_posix() for path in (REPO / "models").rglob("*") if path.is_file()}
    shipped = {name.removeprefix("rarml/shipped/") for name in names if name.startswith("rarml/shipped/")}
    assert shipped == models
    assert "rarml/py.typed" in names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]
    assert wheel.stat().st_size < 100e6  # the limit of package indexes for one file


def test_a_wheel_from_the_sdist_is_the_same(wheel, tmp_path_factory):
    sdist = built(tmp_path_factory, "-t", "sdist")
    place = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(place, filter="data")
    (source,) = place.iterdir()
    again = built(tmp_path_factory, "-t", "wheel", source=source)
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {entry.filename: entry.CRC for entry in one.infolist()} == {
            entry.filename: entry.CRC for entry in other.infolist()
        }


def test_it_scores_with_the_shipped_models_away_from_the_source(installed, tmp_path):
    where = run(installed, "-c", "import rarml; print(rarml.__file__)", cwd=tmp_path)
    assert str(REPO) not in where.stdout
    assert run(installed, "-m", "rarml", "--version", cwd=tmp_path).stdout.strip().endswith(__version__)
    done = run(installed, "-m", "rarml", "score", "CYP26A1", "DHRS3", "-m", "sh-sy5y", "--out", "answers", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "sh-sy5y" in done.stdout
    assert (tmp_path / "answers" / "report.html").stat().st_size > 10_000
