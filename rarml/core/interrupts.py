"""Ctrl-C that ends the run, even where it comes while a library runs Python from inside its own code."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_AGAIN_AFTER = 0.5  # seconds: long beside the way from any callback back to Python, short to a person who waits


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """An interrupt that comes inside the block is raised at its end.

    A KeyboardInterrupt inside a callback from C is swallowed, and the library goes on with what it was half given: of
    28 interrupts at random moments of a training, XGBoost aborted the process after two and failed after one.
    Python handles signals in the main thread alone, so nothing is done in any other.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is None:
        yield  # None: a handler of a program around this one, which could not be put back
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def interrupts_insist(again_after: float = _AGAIN_AFTER) -> Iterator[None]:
    """One interrupt ends the block, wherever it comes.

    Python drops an exception that is raised in a callback from C, in ``__del__`` or while a weak reference dies, and
    libraries have bare ``except`` clauses: a run of hours would go on as if nobody had asked it to stop. So the
    interrupt is raised again every `again_after` seconds until the block is left. While one is on its way out
    (``finally`` and ``except`` clauses that put things in order) it is left alone. What Python says of a dropped
    interrupt is not printed. A program that handles interrupts its own way keeps it.
    """
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    insistence = _Insistence(again_after)
    said, sys.unraisablehook = sys.unraisablehook, insistence.unraisable
    insistence.otherwise = said
    signal.signal(signal.SIGINT, insistence.handle)
    try:
        yield
    finally:
        insistence.ended.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = said


class _Insistence:
    """The handler of `interrupts_insist`, and the thread that reminds it."""

    def __init__(self, again_after: float) -> None:
        self.ended = threading.Event()
        self.otherwise: Any = sys.__unraisablehook__
        self._after = again_after
        self._process = os.getpid()
        self._reminder: threading.Thread | None = None
        self._reminded = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Raise, unless this is a reminder of an interrupt that is on its way out."""
        reminded, self._reminded = self._reminded, False
        if os.getpid() == self._process:  # a forked worker just stops
            if reminded and _on_its_way():
                return
            if self._reminder is None:
                self._reminder = threading.Thread(target=self._remind, daemon=True)
                self._reminder.start()
        raise KeyboardInterrupt

    def unraisable(self, dropped: Any) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            self.otherwise(dropped)

    def _remind(self) -> None:
        while not self.ended.wait(self._after):
            self._reminded = True
            if hasattr(signal, "pthread_kill"):  # wakes the main thread, should it wait for a lock
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            else:
                signal.raise_signal(signal.SIGINT)


def _on_its_way() -> bool:
    """Whether the code that was interrupted handles an interrupt, or an exception that one became."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
