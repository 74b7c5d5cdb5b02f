"""``import rarml`` is light, and each name leads where it should."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import rarml as ra


def test_every_name_is_there_and_described():
    for name in ra.__all__:
        assert getattr(ra, name) is not None
        assert name == "__version__" or getattr(ra, name).__doc__


def test_an_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        ra.frobnicate  # noqa: B018


def test_import_loads_nothing_heavy():
    code = "import sys, rarml; print(sorted({'numpy', 'pandas', 'torch', 'sklearn', 'pyarrow'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_stub_names_what_the_module_does():
    stub = Path(ra.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    named = {line.rsplit(" as ", 1)[1] for line in stub.splitlines() if " as " in line}
    assert named == set(ra.__all__) - {"__version__"}
    for line in stub.splitlines():
        if line.startswith("from "):
            place, names = line.removeprefix("from ").split(" import ")
            own, ours = names.split(" as ")
            assert getattr(import_module(place), own) is getattr(ra, ours)
