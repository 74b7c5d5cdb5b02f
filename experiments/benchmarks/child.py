"""One measured child process: its wall and CPU time and peak memory.

Only the standard library is imported here and in what starts the children: a child of a large parent inherits the
parent's peak (ru_maxrss) on Linux, so the parent has to be small.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]
_SAID = re.compile(r"memory: about ([\d.]+) ([MG])B at most")
_TO_BYTES = 1 if sys.platform == "darwin" else 1024  # Linux counts ru_maxrss in KiB


def measured(command: Sequence[str], limit_s: float = 3600) -> dict[str, Any]:
    """Run a command to its end.

    Returns
    -------
    dict
        `seconds` (wall) and `cpu` (user and system, with its own children) of the whole process, `peak_mb` (of the
        process, or of its largest child), `load` (of the machine just before), `told`: the JSON in the last line it
        printed, if that is JSON, and `said_mb`: the peak that it announced, or None.

    Raises
    ------
    RuntimeError
        If it fails or takes longer than `limit_s`; with the last lines that it printed.
    """
    environment = {**os.environ, "PYTHONPATH": str(REPO), "OMP_WAIT_POLICY": "PASSIVE", "COLUMNS": "120"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        load = os.getloadavg()[0]
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment, cwd=REPO)
        status, usage = _wait(child, began + limit_s)
        seconds = time.perf_counter() - began
        out.seek(0), err.seek(0)
        printed, faults = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    if status:
        raise RuntimeError(f"{' '.join(command)[:200]}: exit status {status}\n{(printed + faults)[-1500:]}")
    return {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * _TO_BYTES / 1e6,
        "load": load,
        "told": _last_json(printed),
        "said_mb": _announced(printed + faults),
    }


def forget(folder: Path) -> None:
    """Ask the system to drop the content of these files from memory, so that the next reader waits for the disk."""
    for file in folder.rglob("*"):
        if file.is_file() and hasattr(os, "posix_fadvise"):
            handle = os.open(file, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def _wait(child: subprocess.Popen[bytes], until: float) -> tuple[int, Any]:
    """Exit status and resources used; the child is stopped when its time is up."""
    pause = 0.001
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage
        if time.perf_counter() > until:
            child.kill()
            os.wait4(child.pid, 0)
            child.returncode = -9
            raise RuntimeError(f"took too long: {' '.join(map(str, child.args))[:200]}")
        time.sleep(pause)
        pause = min(0.01, pause * 1.5)


def _announced(printed: str) -> float | None:
    found = _SAID.search(printed)
    return None if found is None else float(found[1]) * (1000 if found[2] == "G" else 1)


def _last_json(text: str) -> dict[str, Any]:
    lines = text.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        return {}
    found: dict[str, Any] = json.loads(lines[-1])
    return found
