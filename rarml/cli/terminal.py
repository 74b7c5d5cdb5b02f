"""Tables and notes on the terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rarml.cli.answer import running
from rarml.core.plain_text import on_one_line, without_controls

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 100
_MOST_NAMED = 5


def console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, or wide enough for a table where there is none."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, width=max(140, NARROWEST))
    return made


def print_table(
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    unbroken: Sequence[str] = (),
) -> None:
    """Print one table; columns named in `right` are right-aligned, cells of `unbroken` ones stay on one line.

    All text is shown as it is (no markup).
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(without_controls(title)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in header:
        justify: Literal["left", "right"] = "right" if name in right else "left"
        table.add_column(Text(without_controls(name)), justify=justify, overflow="fold", no_wrap=name in unbroken)
    for row in rows:
        table.add_row(*(Text(without_controls(str(cell))) for cell in row))
    console().print(table)


def note(text: str) -> None:
    """Print one line to standard error, so that standard output stays a clean table."""
    answer = running()
    if answer is not None:
        answer.notes.append(text.removeprefix("note: "))
        if answer.quiet:
            return
    console(stderr=True).print(without_controls(text), markup=False, soft_wrap=True)


def echo(text: str, *, err: bool = False) -> None:
    """Print one line as it is; names of others in it cannot steer the terminal."""
    print(without_controls(text), file=sys.stderr if err else sys.stdout)


def say_written(paths: Sequence[Path], *, stderr: bool = False) -> None:
    """A line per file or folder written; many files of a kind in one folder are counted."""
    answer = running()
    if answer is not None:
        answer.written += [str(path) for path in paths]
        return
    kinds = Counter((path.parent, path.suffix) for path in paths)
    said = set()
    for path in paths:
        kind = (path.parent, path.suffix)
        if kinds[kind] <= _MOST_NAMED:
            echo(f"wrote {on_one_line(str(path))}", err=stderr)
        elif kind not in said:
            said.add(kind)
            echo(f"wrote {on_one_line(f'{path.parent}/*{path.suffix}')} ({kinds[kind]} files)", err=stderr)


def percent(value: float | None, digits: int = 0) -> str:
    """A probability as a percentage; a dash where there is none."""
    if value is None or value != value:
        return "–"
    shown = 100 * value
    return f"{shown:.{digits}f}%" if shown >= 1 or digits else ("<1%" if shown > 0 else "0%")
