"""A progress bar with remaining time on a terminal; silence anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rarml.core.plain_text import without_controls

T = TypeVar("T")
_silent = False


def track(items: Iterable[T], *, what: str, total: int | None = None) -> Iterator[T]:
    """Yield `items`, showing a bar named `what` on standard error if that is a terminal."""
    if _silent or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, total=total, description=without_controls(what))


@contextmanager
def byte_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar of bytes with rate and remaining time on a terminal: call it with the bytes so far and the bytes in all."""
    if _silent or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(without_controls(what), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def silence() -> None:
    """No bars in this process from now on, for workers of another."""
    global _silent
    _silent = True


@contextmanager
def silent() -> Iterator[None]:
    """No bars in this process while the block lasts."""
    global _silent
    before, _silent = _silent, True
    try:
        yield
    finally:
        _silent = before
