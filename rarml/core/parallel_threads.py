"""The engine of a single process: numeric libraries leave the interpreter's lock alone, so threads serve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from rarml.core.parallel_engine import Session


class Threads:
    """Threads of this process; with one, each task is done when its answer is asked for.

    Parameters
    ----------
    threads : int, optional
        How many, where `rarml.core.parallel.run` is not told.
    """

    def __init__(self, threads: int | None = None):
        self.threads = threads

    def open(
        self, function: Callable[[Any, Any], Any], shared: Any, threads: int, *, exclusive: bool = False
    ) -> Session:
        """See `rarml.core.parallel_engine.Engine`."""
        del exclusive  # `run` takes processes for several such tasks
        return _Inline(function, shared) if threads == 1 else _Pool(function, shared, threads)

    def close(self) -> None:
        """Nothing to let go."""


class _Inline:
    name = "this process"
    width = 1

    def __init__(self, function: Callable[[Any, Any], Any], shared: Any):
        self.function, self.shared = function, shared

    def submit(self, task: Any) -> Any:
        return task

    def result(self, future: Any) -> Any:
        return self.function(self.shared, future)

    def ended(self, future: Any) -> bool:
        return False

    def close(self, unread: Sequence[Any]) -> None:
        """Nothing has begun."""


def _one_thread() -> None:
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)  # `run` puts back what is common to all threads


class _Pool:
    def __init__(self, function: Callable[[Any, Any], Any], shared: Any, threads: int):
        self.function, self.shared = function, shared
        # OpenMP counts its threads for each calling thread: the limit of the main one does not hold in these
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="rarml", initializer=_one_thread)
        self.name = f"{threads} threads"
        self.width = 2 * threads

    def submit(self, task: Any) -> Future[Any]:
        return self.pool.submit(self.function, self.shared, task)

    def result(self, future: Future[Any]) -> Any:
        return future.result()

    def ended(self, future: Future[Any]) -> bool:
        return future.done()

    def close(self, unread: Sequence[Any]) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)
