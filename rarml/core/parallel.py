"""Tasks over an engine that the user chose: threads here, processes here, or an existing cluster.

`run` is the only thing that the rest of rarml knows. Every task runs on one thread of numeric libraries, and answers
come in the order of the tasks, so that a result does not depend on the engine or on how many work.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from rarml.core.errors import RarmlError
from rarml.core.parallel_engine import Engine, Session, WorkerLostError
from rarml.core.progress import track

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

TIMES = 3
"""A task whose worker dies is sent again so many times."""
_engine: ContextVar[Engine | None] = ContextVar("engine", default=None)


def thread_count(wanted: int | None = None) -> int:
    """`wanted`, else what the engine in use was given, else ``RARML_THREADS``, else the processors (at most 16)."""
    if wanted is not None and wanted > 0:
        return wanted
    engine = _engine.get()
    if engine is not None and engine.threads is not None:
        return engine.threads
    named = os.environ.get("RARML_THREADS", "")
    if named.isascii() and named.isdigit() and int(named) > 0:
        return int(named)
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return min(available, 16)


@contextmanager
def use_engine(engine: Engine) -> Iterator[Engine]:
    """Every `run` inside the block goes over this engine; it is closed at the end."""
    token = _engine.set(engine)
    try:
        yield engine
    finally:
        _engine.reset(token)
        engine.close()


@contextmanager
def interpreters(threads: int | None = None) -> Iterator[None]:
    """`run` inside the block goes to local processes where it would go to threads, kept until the end of the block.

    For functions that hold the interpreter, so that threads would wait for each other.
    """
    from rarml.core.parallel_processes import Processes
    from rarml.core.parallel_threads import Threads

    engine = _engine.get() or Threads()
    count = thread_count(threads)
    if not isinstance(engine, Threads) or count == 1:
        yield
        return
    with use_engine(Processes(count)):
        yield


def run(
    function: Callable[[S, T], R],
    tasks: Iterable[T],
    *,
    shared: S,
    what: str = "",
    total: int | None = None,
    threads: int | None = None,
    own_process: bool = False,
) -> Generator[R]:
    """``function(shared, task)`` of every task, lazily and in order; close it early to leave the rest undone.

    Tasks are taken as workers become free, so that a long stream of them needs little memory.

    Parameters
    ----------
    function : callable
        At the top level of a module, so that other processes find it by name. It may not change what it is given.
    tasks : iterable
        Small objects that can be pickled; what is large and the same for all goes into `shared`.
    shared : object
        Given to every call; sent once to each worker, whose arrays may then be read-only.
    what : str
        Words for a progress bar; none without.
    total : int, optional
        Number of tasks, where they have no length.
    threads : int, optional
        Tasks at once on threads of this process; `thread_count` by default. Other engines have their own number.
    own_process : bool
        The function sets the state of its whole process (torch's random stream), so that no two may share one: several
        at once are then local processes where threads would be used.

    Raises
    ------
    RarmlError
        If a task's worker dies four times, or the workers cannot be reached. What the function raises comes as it is.
    """
    from threadpoolctl import threadpool_limits

    from rarml.core.parallel_processes import Processes
    from rarml.core.parallel_threads import Threads

    engine = _engine.get() or Threads()
    count = thread_count(threads)
    own = Processes(count) if own_process and count > 1 and isinstance(engine, Threads) else None
    size = len(tasks) if total is None and isinstance(tasks, Sized) else total
    answers: Generator[R] | None = None
    try:
        # what reads the answers computes on one thread too, whatever the engine, for the same last digits
        with threadpool_limits(1):
            session = (own or engine).open(_alone, (function, shared), count, exclusive=own_process)
            answers = _ordered(session, tasks)
            yield from track(answers, what=what, total=size) if what else answers
    finally:
        if answers is not None:
            answers.close()
        if own is not None:
            own.close()


def _alone(given: tuple[Callable[[S, T], R], S], task: T) -> R:
    """One task; what it runs in turn stays on its one thread."""
    from rarml.core.parallel_threads import Threads

    function, shared = given
    token = _engine.set(Threads(1))
    try:
        return function(shared, task)
    finally:
        _engine.reset(token)


@dataclass
class _Sent:
    task: Any
    future: Any
    again: int = 0


def _ordered(session: Session, tasks: Iterable[Any]) -> Generator[Any]:
    """Answers in order, with as many tasks under way as the session is wide."""
    source = iter(tasks)
    waiting: deque[_Sent] = deque()
    try:
        while True:
            for task in islice(source, max(0, session.width - len(waiting))):
                waiting.append(_Sent(task, session.submit(task)))
            if not waiting:
                return
            try:
                answer = session.result(waiting[0].future)
            except WorkerLostError as lost:
                _send_again(session, waiting, lost)
                continue
            waiting.popleft()
            yield answer
    finally:
        session.close([sent.future for sent in waiting])


def _send_again(session: Session, waiting: Iterable[_Sent], lost: WorkerLostError) -> None:
    """Tasks that had not ended when their worker died, each at most `TIMES` times."""
    for sent in waiting:
        if session.ended(sent.future):
            continue
        if sent.again == TIMES:
            raise RarmlError(
                f"a worker died {TIMES + 1} times over the same task: {lost}",
                where=session.name,
                fix="most often memory ran out: use fewer workers, or machines with more memory",
            ) from lost
        sent.again += 1
        sent.future = session.submit(sent.task)
