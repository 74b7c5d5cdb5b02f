"""Fixtures shared by all tests."""

import io
import os
import signal
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

REPO = Path(__file__).resolve().parents[1]

# the first example of a test may import libraries, and the machine may be busy: neither is a fault of what is tested
settings.register_profile("rarml", deadline=None)
settings.load_profile("rarml")


def pytest_configure(config: pytest.Config) -> None:
    """Ctrl-C reaches the tests of interrupts also where a shell started pytest in the background, deaf to it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def slowness() -> float:
    """How many times as long as on an idle machine a process waits for its own work just now; 1 or more."""
    wall, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.2:
        sum(range(10_000))
    return max(1.0, (time.perf_counter() - wall) / 0.2)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The real data folder, or a skip that says what is missing."""
    folder = Path(os.environ.get("RARML_DATA", REPO.parent / "shared" / "data"))
    if not (folder / "labels").is_dir():
        pytest.skip(f"real data not found at {folder} (set RARML_DATA)")
    return folder


@pytest.fixture(scope="session")
def small_reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up reference folder large enough to pre-train on: 210 genes on 3 chromosomes, windows of 112 bases."""
    import numpy as np

    from rarml.reference.build import build_reference
    from rarml.reference.spec import load_reference_spec

    rng = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("small")
    genome, genes, levels, peaks = [], [], ["id\tA\tB\tC"], []
    for chrom in ("1", "2", "3"):
        genome += [f">chr{chrom}:0-15000", "".join(rng.choice(list("ACGT"), 15_000))]
        for start in range(200, 14_200, 200):
            gene = f"ENSG{len(genes):011d}"
            genes.append(
                f'{chrom}\thavana\ttranscript\t{start}\t{start + 150}\t.\t+\t.\tgene_id "{gene}"; '
                f'transcript_id "T{gene}"; gene_name "G{len(genes)}"; gene_biotype "protein_coding";'
            )
            levels.append("\t".join([gene, *(f"{level:.2f}" for level in rng.exponential(10, 3))]))
            if rng.random() < 0.5:
                peaks.append(f"{chrom}\t{start - 20}\t{start + 20}\t{rng.random():.2f}")
    files = {
        "a.gtf": ["#!genome-build GRCh38.p14", *genes], "g.fa": genome, "e.tsv": levels, "peaks.bed": peaks,
        "sheet.tsv": ["cell\tmark\tfile", "K562\tATAC\tpeaks.bed"],
        "spec.yaml": ["annotation: a.gtf", "genome: g.fa", "tracks: sheet.tsv", "expression: e.tsv",
            "window: [64, 48]"],
    }  # fmt: skip
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    build_reference(load_reference_spec(folder / "spec.yaml"), folder / "reference")
    return folder / "reference"


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
