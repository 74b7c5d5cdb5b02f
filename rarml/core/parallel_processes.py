"""The engine of one machine whose work keeps the interpreter busy: joblib's worker processes (loky)."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from rarml.core import parallel_worker
from rarml.core.parallel_engine import Session, WorkerLostError
from rarml.core.parallel_shared import Packed, pack, unpack


class Processes:
    """Worker processes of this machine, started with the first task and kept until `close`.

    Parameters
    ----------
    count : int
        How many.
    """

    threads: int | None = None

    def __init__(self, count: int):
        self.count = count
        self._pool: Any = None
        self._folder: Path | None = None
        self._sessions = itertools.count()

    def open(
        self, function: Callable[[Any, Any], Any], shared: Any, threads: int, *, exclusive: bool = False
    ) -> Session:
        """See `rarml.core.parallel_engine.Engine`; a process does one task at a time in any case."""
        del threads, exclusive
        if self._folder is None:
            self._folder = _own_folder()
        stop = self._folder / f"stop-{next(self._sessions)}"
        return _Session(self, function, pack(shared, self._folder), stop)

    def submit(self, *given: Any) -> Future[Any]:
        """Send a call to the pool; a new pool where a worker of the last one died."""
        for fresh in (False, True):
            if self._pool is None or fresh:
                self._pool = _pool(self.count)
            try:
                with _no_interrupt():
                    future: Future[Any] = self._pool.submit(*given)
                return future
            except BrokenProcessPool as broken:
                lost = broken
        raise WorkerLostError(_first_line(lost))

    def close(self) -> None:
        """End the workers, whatever they do, and remove the shared data."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=True)
            self._pool = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            _tracker().unregister(str(self._folder), "folder")
            self._folder = None


class _Session:
    def __init__(self, engine: Processes, function: Callable[[Any, Any], Any], packed: Packed, stop: Path):
        self.engine, self.function, self.packed, self.stop = engine, function, packed, stop
        self.name = f"{engine.count} processes"
        self.width = 2 * engine.count

    def submit(self, task: Any) -> Future[Any]:
        return self.engine.submit(_work, self.function, self.packed, task, str(self.stop))

    def result(self, future: Future[Any]) -> Any:
        try:
            return future.result()
        except (BrokenProcessPool, CancelledError) as broken:
            raise WorkerLostError(_first_line(broken)) from broken

    def ended(self, future: Future[Any]) -> bool:
        if not future.done() or future.cancelled():
            return False
        return not isinstance(future.exception(), BrokenProcessPool)

    def close(self, unread: Sequence[Future[Any]]) -> None:
        # tasks on their way to a worker cannot be called back: they find this file and end at once
        sent = [future for future in unread if not (future.cancel() or future.done())]
        if sent:
            self.stop.touch()


def _work(function: Callable[[Any, Any], Any], packed: Packed, task: Any, stop: str) -> Any:
    if Path(stop).exists():
        return None
    return parallel_worker.call(function, unpack(packed), task)


def _pool(count: int) -> Any:
    from joblib.externals.loky import ProcessPoolExecutor

    # loky replaces a worker that has grown by 300 MB, of which it warns; results do not depend on it
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs", category=UserWarning)
    if hasattr(signal, "pthread_sigmask"):
        for tracker in (resource_tracker, _tracker()):
            tracker.ensure_running()  # now: when one starts, it lets Ctrl-C through again
    env = dict.fromkeys(parallel_worker.POOLS, "1")
    return ProcessPoolExecutor(count, initializer=parallel_worker.start_local, initargs=(os.getpid(),), env=env)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Processes started inside the block do not see Ctrl-C while they import; here it arrives after the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _own_folder() -> Path:
    """A folder that is removed even where this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="rarml-shared-"))
    _tracker().register(str(folder), "folder")
    return folder


def _tracker() -> Any:
    from joblib.externals.loky.backend import resource_tracker

    return resource_tracker


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
