"""Dockerfile, conda recipe and citation: what they name is there, and is what pyproject.toml says."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from rarml import __version__

REPO = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"torch": "pytorch", "xgboost-cpu": "py-xgboost-cpu", "matplotlib": "matplotlib-base"}


@pytest.fixture(scope="module")
def recipe():
    text = (REPO / "packaging/conda/meta.yaml").read_text(encoding="utf-8")
    values = dict(re.findall(r'\{% set (\w+) = "(.*?)" %\}', text))
    text = re.sub(r"\{%.*?%\}", "", text)
    return yaml.safe_load(re.sub(r"\{\{ (\w+) \}\}", lambda found: values.get(found[1], found[1]), text))


def test_the_conda_recipe_asks_for_what_the_project_asks_for(recipe):
    wanted = {"python": PROJECT["requires-python"]}
    for text in PROJECT["dependencies"]:
        asked = Requirement(text)
        if asked.marker is None or asked.marker.evaluate({"sys_platform": "linux"}):
            wanted[CONDA_NAMES.get(asked.name, asked.name)] = str(asked.specifier)
    assert dict(line.split() for line in recipe["requirements"]["run"]) == wanted
    assert recipe["package"]["version"] == __version__
    assert recipe["build"]["entry_points"] == [f"{name} = {place}" for name, place in PROJECT["scripts"].items()]


def test_the_citation_is_of_this_version_and_licence():
    citation = yaml.safe_load((REPO / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)  # what the format requires
    assert (citation["cff-version"], citation["version"], citation["license"]) == (
        "1.2.0",
        __version__,
        PROJECT["license"],
    )


def test_what_the_dockerfile_copies_is_there_and_let_through():
    lines = (REPO / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    assert copied
    let_through = {line[1:] for line in (REPO / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == let_through
    assert all((REPO / name).exists() for name in copied)


def test_the_image_installs_by_the_lock_and_runs_as_a_user_of_its_own():
    text = (REPO / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes --requirement requirements.lock" in text.replace("\\\n", " ")
    assert text.index("\nUSER rarml") < text.index("\nENTRYPOINT")
    minor = int(re.search(r"^FROM python:3\.(\d+)-slim$", text, flags=re.MULTILINE)[1])
    assert 11 <= minor <= 13
