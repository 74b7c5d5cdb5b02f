"""A Dask cluster on this machine, started by the commands that docs/scale-out.md names.

with local_cluster(tmp_path, workers=2) as address:
    ...
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
_PATIENCE = 60.0


@dataclass
class Local:
    """A running cluster."""

    address: str
    workers: list[subprocess.Popen]

    def stop_workers(self) -> None:
        """End all workers; the scheduler goes on."""
        _stop(self.workers)


@contextmanager
def local_cluster(folder: Path, workers: int = 2) -> Iterator[Local]:
    """A scheduler with so many workers; skips where Dask is not installed."""
    pytest.importorskip("distributed", reason="Dask is not installed (extra cluster)")
    dask = [sys.executable, "-m", "dask"]
    file = folder / "scheduler.json"
    env = {**os.environ, "PYTHONPATH": str(REPO), "DASK_DISTRIBUTED__WORKER__DAEMON": "true"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env, "cwd": folder}
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    worker = ["worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard"]
    scheduling = subprocess.Popen([*dask, *scheduler], **quiet)
    working: list[subprocess.Popen] = []
    try:
        address = _written(file)
        working += [subprocess.Popen([*dask, *worker], **quiet) for _ in range(workers)]
        if workers:
            _await_workers(address, workers)
        yield Local(address, working)
    finally:
        _stop(working)  # first: a worker that has lost its scheduler takes seconds to end
        _stop([scheduling])


def _stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(timeout=60)


def _written(file: Path) -> str:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            return str(json.loads(file.read_text())["address"])
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
    raise AssertionError("the scheduler does not start")


def _await_workers(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=_PATIENCE)
