"""A scan says how much memory it needs, and keeps to it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rarml.core.errors import InputError
from rarml.workflows import scan_memory
from rarml.workflows.scan import scan_fasta
from rarml.workflows.scan_memory import scan_plan
from rarml.workflows.scan_settings import ScanSettings

MEASURED = """
import re, sys
from pathlib import Path
from rarml.workflows.scan import scan_fasta
from rarml.workflows.scan_settings import ScanSettings
fasta, out, threads, p, memory = sys.argv[1:]
scan_fasta(fasta, out, ScanSettings(threads=int(threads), max_pvalue=float(p), memory=int(memory) or None))
# not ru_maxrss, which a child takes over from the process that forked it
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]))
"""


@pytest.fixture(scope="module")
def fasta(tmp_path_factory):
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)[np.random.default_rng(0).integers(0, 4, 6_000_000)]
    path = tmp_path_factory.mktemp("sequence") / "six.fa"
    lines = letters.reshape(-1, 100)
    path.write_bytes(b">chr1\n" + b"\n".join(line.tobytes() for line in lines) + b"\n")
    return path


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from /proc")
@pytest.mark.parametrize(
    ("threads", "pvalue", "memory"), [(1, 1e-5, 0), (2, 1e-4, 0), (2, 1e-3, 0), (2, 1e-4, 240_000_000)]
)
def test_the_peak_stays_within_what_was_said(fasta, tmp_path, threads, pvalue, memory):
    plan = scan_plan(ScanSettings(max_pvalue=pvalue).scanner(), threads, memory or None)
    words = [sys.executable, "-c", MEASURED, fasta, tmp_path / "o.parquet", threads, pvalue, memory]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
    peak = int(done.stdout.split()[-1])
    assert peak <= plan.peak
    assert plan.peak <= 2 * peak  # an estimate that anything fits in would be no estimate


def test_less_memory_means_smaller_batches_then_fewer_threads():
    scanner = ScanSettings().scanner()
    plans = [scan_plan(scanner, 4, limit) for limit in (2_000_000_000, 400_000_000, 230_000_000, 197_000_000)]
    assert all(plan.peak <= limit for plan, limit in zip(plans, (2e9, 4e8, 2.3e8, 1.97e8), strict=True))
    assert plans[0].piece == scan_memory.PIECE
    assert [plan.threads for plan in plans] == sorted((plan.threads for plan in plans), reverse=True)
    assert plans[0].piece > plans[1].piece
    assert plans[-1].threads < 4


def test_lax_pvalues_take_shorter_batches():
    pieces = [scan_plan(ScanSettings(max_pvalue=p).scanner(), 1).piece for p in (1e-5, 1e-3)]
    assert pieces[1] < pieces[0] / 4


def test_too_little_is_an_error_that_says_how_much():
    with pytest.raises(InputError, match=r"needs about \d+ MB of memory, and 50 MB are allowed"):
        scan_plan(ScanSettings().scanner(), 1, 50_000_000)


def test_where_hardly_any_is_free_the_smallest_way_is_taken(monkeypatch):
    monkeypatch.setattr(scan_memory, "available", lambda: 10_000_000)
    plan = scan_plan(ScanSettings().scanner(), 8)
    assert (plan.threads, plan.piece) == (1, 1 << 16)


def test_the_limit_changes_no_site(fasta, tmp_path):
    for name, memory in (("all.tsv", None), ("little.tsv", 199_000_000)):
        result = scan_fasta(fasta, tmp_path / name, ScanSettings(max_pvalue=1e-5, memory=memory))
        assert any(note.startswith("memory: about") for note in result.notes)
    assert (tmp_path / "all.tsv").read_bytes() == (tmp_path / "little.tsv").read_bytes()
