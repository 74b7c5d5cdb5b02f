"""What scripts write into the documentation is what they write today."""

import importlib
import sys

import pytest

from tests.conftest import REPO

EXAMPLES = REPO / "docs" / "examples"


@pytest.fixture
def script(monkeypatch):
    """Import a script as it is when it is run from its own folder."""

    def get(folder, name):
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    return get


def test_the_example_inputs_are_what_their_script_writes(script, tmp_path):
    written = script(EXAMPLES, "make_examples").write(tmp_path)
    assert len(written) > 10
    for path in written:
        assert (EXAMPLES / path.name).read_bytes() == path.read_bytes(), f"{path.name}: run make_examples.py"


def test_the_example_inputs_are_small():
    assert sum(path.stat().st_size for path in EXAMPLES.iterdir() if path.is_file()) < 1_000_000


def test_measured_tables_are_those_of_the_results(script):
    tables = script(REPO / "experiments", "readme_tables")
    for page, of_page in tables.pages().items():
        assert tables.filled(page, of_page) == page.read_text(encoding="utf-8"), f"{page.name}: run readme_tables.py"
