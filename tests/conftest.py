"""Fixtures shared by all tests."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Ran:
    """What one call of rarml printed, and its exit status."""

    status: int
    out: str
    err: str

    def fault(self) -> str:
        """The one error line; fails if there is anything else, such as a traceback."""
        lines = [line for line in self.err.splitlines() if not line.startswith("note: ")]
        assert self.status == 2, self
        assert len(lines) == 1, self.err
        assert lines[0].startswith("rarml: error: ")
        return lines[0]


@pytest.fixture
def rarml(monkeypatch: pytest.MonkeyPatch):
    """Run the console script's `main` with arguments, in this process."""
    from rarml.cli.app import main

    monkeypatch.setenv("RARML_THREADS", "2")

    def run(*arguments: object, stdin: str = "") -> Ran:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr("sys.argv", ["rarml", *map(str, arguments)])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as stop:
                status = int(stop.code or 0)
        return Ran(status, out.getvalue(), err.getvalue())

    return run
