"""The engine past one machine: an existing Dask cluster, which schedules, moves data and replaces lost workers."""

from __future__ import annotations

import itertools
import os
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from rarml.core.errors import RarmlError
from rarml.core.parallel_connect import check_versions, connect
from rarml.core.parallel_engine import Session, WorkerLostError
from rarml.core.parallel_shared import pickled
from rarml.core.parallel_versions import versions
from rarml.core.parallel_worker import Opaque, checked_call

_POLL = 2.0
_KEPT = 4
WAIT = "RARML_CLUSTER_WAIT"


def patience() -> float:
    """Seconds to wait for a worker where the cluster has none: ``RARML_CLUSTER_WAIT``, else 60."""
    try:
        return max(1.0, float(os.environ.get(WAIT, "60")))
    except ValueError:
        return 60.0


class Cluster:
    """A Dask cluster that runs already.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786`` or ``tls://…``, or the scheduler's file.

    Raises
    ------
    MissingPartError
        Without the extra `cluster`.
    RarmlError
        If nobody answers within 10 seconds, no worker comes, or a worker has other versions.
    """

    threads: int | None = None

    def __init__(self, address: str):
        self.address = address
        self.client = connect(address)
        try:
            check_versions(self.client, address, patience())
        except BaseException:
            self.close()
            raise
        self._held: dict[str, Any] = {}

    def open(
        self, function: Callable[[Any, Any], Any], shared: Any, threads: int, *, exclusive: bool = False
    ) -> Session:
        """See `rarml.core.parallel_engine.Engine`."""
        del threads
        return _Session(self, function, shared, exclusive)

    def hold(self, digest: str, shared: Any) -> Any:
        """The future of shared data: sent to all workers once, and to later ones by these."""
        if digest in self._held and self._held[digest].status not in ("finished", "pending"):
            del self._held[digest]  # all workers that had it are gone
        if digest not in self._held:
            while len(self._held) >= _KEPT:
                del self._held[next(iter(self._held))]
            key = f"rarml-shared-{digest[:16]}"
            self._held[digest] = self.client.scatter({key: shared}, broadcast=True)[key]
        return self._held[digest]

    def close(self) -> None:
        """Leave the cluster; it goes on."""
        self._held = {}
        self.client.close(timeout=5)


class _Session:
    def __init__(self, engine: Cluster, function: Callable[[Any, Any], Any], shared: Any, exclusive: bool):
        self.engine, self.client = engine, engine.client
        self.function, self.shared, self.exclusive = function, shared, exclusive
        self.name = engine.address
        self.digest = pickled(shared)[0]
        self.key, self.numbers = uuid.uuid4().hex[:12], itertools.count()
        self._cores, self._asked = 0, 0.0
        self._seen = time.monotonic()

    @property
    def width(self) -> int:
        """Twice the threads of the cluster, which may grow and shrink."""
        return 2 * max(1, self._workers())

    def submit(self, task: Any) -> Any:
        from distributed import CancelledError

        self._seen = time.monotonic()
        while not self._workers():  # shared data needs a worker to lie in
            self._require_workers()
            time.sleep(_POLL / 10)
        shared = self._tried(lambda: self.engine.hold(self.digest, self.shared))
        key = f"rarml-{self.key}-{next(self.numbers)}"
        try:
            return self.client.submit(
                checked_call, self.function, shared, Opaque(task), versions(), self.exclusive, key=key, pure=False
            )
        except CancelledError as gone:  # the shared data, with the last worker that had it
            raise WorkerLostError("all workers that held its data are gone") from gone

    def result(self, future: Any) -> Any:
        from distributed import CancelledError, KilledWorker

        self._seen = time.monotonic()
        while not self._done(future):
            self._require_workers()
        try:
            return future.result()
        except KilledWorker as killed:
            raise RarmlError(
                f"workers died again and again over the same task: {killed}".splitlines()[0],
                where=self.engine.address,
                fix="most often memory ran out: give workers more, or run fewer on a machine",
            ) from killed
        except CancelledError as gone:
            self._require_scheduler()
            raise WorkerLostError("all workers that held its data are gone") from gone

    def ended(self, future: Any) -> bool:
        return bool(future.status in ("finished", "error"))

    def close(self, unread: Sequence[Any]) -> None:
        if unread and self.client.status == "running":
            self.client.cancel(list(unread), force=True)

    def _done(self, future: Any) -> bool:
        from distributed import CancelledError
        from distributed import TimeoutError as DaskTimeoutError

        try:
            future.exception(timeout=_POLL)
        except (TimeoutError, DaskTimeoutError):
            return False
        except CancelledError:
            return True
        return True

    def _workers(self) -> int:
        """Threads of all workers, asked for now and then."""
        if time.monotonic() > self._asked + _POLL:
            self._cores = sum(self._tried(self.client.nthreads).values())
            self._asked = time.monotonic()
        return self._cores

    def _require_workers(self) -> None:
        self._require_scheduler()
        if self._workers():
            self._seen = time.monotonic()
        elif time.monotonic() > self._seen + patience():
            raise RarmlError(
                f"the cluster has had no worker for {patience():.0f} s",
                where=self.engine.address,
                fix=f"start workers (dask worker {self.engine.address}); set {WAIT} to wait longer",
            )

    def _require_scheduler(self) -> None:
        if self.client.status not in ("running", "newly-created"):
            raise RarmlError(
                "the connection to the cluster's scheduler is lost",
                where=self.engine.address,
                fix="see whether it still runs, then give the same command again",
            )

    def _tried(self, ask: Callable[[], Any]) -> Any:
        from distributed.comm import CommClosedError

        try:
            return ask()
        except (CommClosedError, OSError) as error:
            raise RarmlError(
                f"the connection to the cluster's scheduler is lost: {error}".splitlines()[0],
                where=self.engine.address,
                fix="see whether it still runs, then give the same command again",
            ) from error
