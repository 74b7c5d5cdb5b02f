"""The command line as a user meets it: exit status and both streams of the console script."""

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

FLAT, UP, DOWN = 0.05, 2.0, -2.0


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


@pytest.fixture(scope="session")
def de_rows() -> list[str]:
    """Rows of a DESeq2 table of 1,500 expressed genes: 12 % up, 12 % down, the rest flat, spread over chromosomes."""
    import pandas as pd

    from rarml.bundle.registry import models_folder

    labels = pd.read_parquet(models_folder() / "sh-sy5y" / "labels.parquet")
    genes = labels.index[(labels["eligibility"] == "eligible").to_numpy()][::8][:1500]
    rows = []
    for i, gene in enumerate(genes):
        change, padj = ((UP, 1e-6) if i % 8 == 0 else (DOWN, 1e-6)) if i % 8 in (0, 4) else (FLAT, 0.9)
        rows.append(f"{gene},{500 + i % 50},{change},0.1,1,{padj / 2},{padj}")
    return rows


HEADER = "gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj"


@pytest.fixture
def table(tmp_path: Path, de_rows: list[str]):
    """Write a DE table; `edit` changes its lines first."""

    def write(name: str = "de.csv", edit=lambda lines: lines) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(edit([HEADER, *de_rows])) + "\n")
        return path

    return write


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """Settings small enough to train in a second or two."""
    path = tmp_path / "quick.yaml"
    path.write_text(
        "context: {stand_in: [SH-SY5Y], chromatin: [SK-N-SH]}\nblocks: [composition, expression]\n"
        "model: {n_folds: 3, gradient: {n_rounds: 5, learning_rate: 0.3}}\nbootstrap: 20\n"
    )
    return path
