"""`--json` and `--quiet` for every command that computes something: one decorator, one shape.

With ``--json`` standard output is one JSON document and nothing else:

    {"format": 1, "rarml": "0.1.0", "command": "score", "notes": [...], "written": [...], "result": {...}}

``notes`` and ``written`` are what the command would have said and the paths it wrote; ``result`` is named per command
in docs/how-to/in-a-pipeline.md. NaN and infinite numbers are null. ``format`` grows when a key changes its meaning or
goes; new keys may come at any time. A command that fails prints its one line on standard error and no document, except
where the document says what failed (`check`, `models verify`).
"""

from __future__ import annotations

import functools
import inspect
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

FORMAT = 1
_PANEL = "Output"
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of tables.", rich_help_panel=_PANEL)
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="No summary, notes or progress; errors only.", rich_help_panel=_PANEL)
]


@dataclass
class Answer:
    """What the running command has to say to a machine."""

    quiet: bool
    json: bool
    notes: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    result: dict[str, Any] | None = None
    tells_failure: bool = False


_running: ContextVar[Answer | None] = ContextVar("answer", default=None)


def running() -> Answer | None:
    """The answer that is being collected; None where tables are printed as usual."""
    return _running.get()


def give(result: Callable[[], Mapping[str, Any]], *, tells_failure: bool = False) -> None:
    """The result of the running command, computed only if JSON was asked for.

    With `tells_failure` the document is printed even if the command then fails, since it says what failed.
    """
    answer = _running.get()
    if answer is not None and answer.json:
        answer.result, answer.tells_failure = dict(result()), tells_failure


def answers(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options ``--json`` and ``--quiet``; it hands its result to `give`."""

    def wrap(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        more = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
            for key, kind in (("as_json", JsonOption), ("quiet", QuietOption))
        ]

        @functools.wraps(function)
        def command(*given: Any, as_json: bool = False, quiet: bool = False, **named: Any) -> None:
            if not (as_json or quiet):
                function(*given, **named)
                return
            answer = Answer(quiet, as_json)
            try:
                with _collected(answer):
                    function(*given, **named)
            except BaseException:
                if answer.tells_failure:
                    _print(name, answer)
                raise
            _print(name, answer)

        whole = signature.replace(parameters=[*signature.parameters.values(), *more])
        setattr(command, "__signature__", whole)  # noqa: B010 - no attribute that a type checker knows
        # typer reads annotations from here; those of postponed evaluation would be looked up in this module
        command.__annotations__ = {
            **{key: value.annotation for key, value in signature.parameters.items()},
            **{parameter.name: parameter.annotation for parameter in more},
            "return": None,
        }
        delattr(command, "__wrapped__")  # inspect would go back to the bare command
        return command

    return wrap


def _print(name: str, answer: Answer) -> None:
    if answer.json and answer.result is not None:
        print(document(name, answer))


def document(name: str, answer: Answer) -> str:
    """The one JSON document, ASCII only: no name in it can steer a terminal."""
    from rarml import __version__

    content = {
        "format": FORMAT,
        "rarml": __version__,
        "command": name,
        "notes": answer.notes,
        "written": answer.written,
        "result": plain(answer.result),
    }
    return json.dumps(content, indent=2, allow_nan=False)


def plain(value: Any) -> Any:
    """A value as JSON holds it: tables as lists of rows, paths as text, NaN and infinities as None."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        exact = value.assign(**{name: value[name].map(_short) for name in value if str(value[name].dtype) == "float32"})
        return [plain(row) for row in exact.to_dict(orient="records")]
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        return plain(value.item())
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if value != value or str(value) in ("<NA>", "NaT") else str(value)


def _short(value: float) -> float:
    """A single-precision number as it was meant: 0.1633, not 0.16329999268054962."""
    return float(f"{value:.7g}")


@contextmanager
def _collected(answer: Answer) -> Iterator[None]:
    """Keep everything off standard output while the block lasts, and with --quiet notes and bars off standard error."""
    from contextlib import nullcontext

    from rarml.core.progress import silent

    token = _running.set(answer)
    try:
        with redirect_stdout(io.StringIO()), silent() if answer.quiet else nullcontext():
            yield
    finally:
        _running.reset(token)
