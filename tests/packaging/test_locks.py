"""The locks: every package pinned and hashed, within what pyproject.toml asks; no index, no CUDA package."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPO = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {"requirements.lock": (), "requirements-dev.lock": ("dev",)}


def pins(name):
    """(requirement, number of hashes) of each entry of a lock."""
    text = (REPO / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(Requirement(line.split(" --hash=")[0].strip()), line.count("--hash=sha256:")) for line in lines]


def wanted(extras):
    """Requirements of the project with some of its extras, extras of its own followed."""
    found = [Requirement(text) for text in PROJECT["dependencies"]]
    for extra in extras:
        for text in PROJECT["optional-dependencies"][extra]:
            asked = Requirement(text)
            found += wanted_of_own(asked) if asked.name == "rarml" else [asked]
    return found


def wanted_of_own(asked):
    return [Requirement(text) for extra in sorted(asked.extras) for text in PROJECT["optional-dependencies"][extra]]


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_is_pinned_and_hashed(name):
    found = pins(name)
    assert len(found) > 30
    for requirement, hashes in found:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes > 0, requirement


@pytest.mark.parametrize("name", LOCKS)
def test_no_index_no_path_and_no_cuda(name):
    text = (REPO / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--index|--find-links|^-e ", text, flags=re.MULTILINE)
    assert not re.search(r"^(nvidia|cuda|triton|torch)", text, flags=re.MULTILINE)


@pytest.mark.parametrize(("name", "extras"), LOCKS.items())
def test_the_lock_holds_what_the_project_asks_for(name, extras):
    locked = {}
    for requirement, _ in pins(name):
        locked.setdefault(canonicalize_name(requirement.name), []).append(str(requirement.specifier)[2:])
    for asked in wanted(extras):
        if canonicalize_name(asked.name) == "torch":
            continue  # installed before the others: see docs/supply-chain.md
        assert canonicalize_name(asked.name) in locked, f"{asked.name}: run make lock"
        for version in locked[canonicalize_name(asked.name)]:
            assert asked.specifier.contains(version, prereleases=True), f"{asked}: locked is {version}"


def test_the_project_has_floors_and_no_pins():
    everything = [
        *PROJECT["dependencies"],
        *(one for many in PROJECT["optional-dependencies"].values() for one in many),
    ]
    for text in everything:
        asked = Requirement(text)
        if asked.name != "rarml":
            assert [one.operator for one in asked.specifier] == [">="], text


def test_torch_is_held_where_it_is_installed():
    lines = (REPO / "constraints.txt").read_text(encoding="utf-8").splitlines()
    held = [line.removeprefix("torch==") for line in lines if line.startswith("torch==")]
    assert len(held) == 1
    floor = next(Requirement(text) for text in PROJECT["dependencies"] if Requirement(text).name == "torch")
    assert SpecifierSet(str(floor.specifier)).contains(held[0])
