"""A progress bar with remaining time on a terminal; silence anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_silent = False


def track(items: Iterable[T], *, what: str, total: int | None = None) -> Iterator[T]:
    """Yield `items`, showing a bar named `what` on standard error if that is a terminal."""
    if _silent or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, total=total, description=what)


def silence() -> None:
    """No bars in this process from now on, for workers of another."""
    global _silent
    _silent = True
