"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The real data folder, or a skip that says what is missing."""
    folder = Path(os.environ.get("RARML_DATA", REPO.parent / "shared" / "data"))
    if not (folder / "labels").is_dir():
        pytest.skip(f"real data not found at {folder} (set RARML_DATA)")
    return folder
