"""What runs in a worker process, of this machine or of a cluster: one task on one thread."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from rarml.core.errors import RarmlError

POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_alone = threading.Lock()


def settle() -> None:
    """One thread for each numeric library, also for those that are not loaded yet; no progress bars.

    For good: a worker with several threads would undo it under its other tasks.
    """
    from threadpoolctl import threadpool_limits

    from rarml.core import progress

    for name in POOLS:
        os.environ[name] = "1"
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    threadpool_limits(1)
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)
    progress.silence()


def start_local(parent: int) -> None:
    """At the start of a local worker: Ctrl-C is the parent's to handle, and without a parent there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    settle()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def call(function: Callable[[Any, Any], Any], shared: Any, task: Any, *, exclusive: bool = False) -> Any:
    """``function(shared, task)``; an exclusive one waits for others in this process."""
    settle()
    with _alone if exclusive else nullcontext():
        return function(shared, task)


class Opaque:
    """A task that Dask does not look into for parts of its graph."""

    def __init__(self, task: Any):
        self.task = task


def checked_call(
    function: Callable[[Any, Any], Any], shared: Any, task: Opaque, expected: dict[str, str], exclusive: bool
) -> Any:
    """`call` in a worker of a cluster, which may have joined after the check at the start."""
    from rarml.core.parallel_versions import differences, versions

    wrong = differences(expected, versions())
    if wrong:
        raise version_error(wrong)
    return call(function, shared, task.task, exclusive=exclusive)


def version_error(wrong: list[str], where: str | None = None) -> RarmlError:
    """A worker that would compute something else."""
    return RarmlError(
        f"a worker of the cluster differs in {'; '.join(wrong)}",
        where=where,
        fix="install the same rarml and libraries (constraints.txt) in every worker, and restart it",
    )
