"""One server of `rarml` for all pages that a process of the tests runs."""

import tempfile
from pathlib import Path

import pytest

from tests.docs.session import Server


@pytest.fixture(scope="session")
def server():
    with tempfile.TemporaryDirectory(prefix="docs-") as folder:  # a socket's path must be short
        serving = Server(Path(folder))
        yield serving
        serving.close()
