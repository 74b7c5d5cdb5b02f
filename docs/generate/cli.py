"""The page of the command line: every command, argument, option and default, from the functions behind them."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any

from typer.models import ArgumentInfo, OptionInfo

from docs.generate.markdown import code, fill, table, words
from rarml.cli.app import app, root

REPO = Path(__file__).resolve().parents[2]
VARIABLES = {
    "RARML_MODELS": "Folder of the shipped models and the feature atlas, in place of the ones that were installed.",
    "RARML_THREADS": "Threads where `--threads` is not given (default: the processors, at most 16).",
    "RARML_CLUSTER": "Dask cluster to work on where `--cluster` is not given: [several machines](../scale-out.md).",
    "RARML_CLUSTER_WAIT": "Seconds to wait for the first worker of a cluster (default: 60).",
    "RARML_DATA": "Stands in configurations for a folder of your own: paths may begin with `${RARML_DATA}`.",
    "HTTPS_PROXY": "Followed by `rarml reference fetch`, the only command that uses the network; `NO_PROXY`, too.",
    "SSL_CERT_FILE": "Certificate of a proxy that inspects traffic, for `rarml reference fetch`.",
    "NO_COLOR": "No colours and no bold letters on the terminal (any value).",
    "TMPDIR": "Folder for temporary files, such as the arrays that several processes share.",
}
"""Environment variables and what they do; a test holds that the package reads no other one of its own."""

_KINDS = {
    str: "TEXT",
    int: "NUMBER",
    float: "NUMBER",
    Path: "PATH",
}


def page() -> str:
    """The page as Markdown."""
    commands = list(all_commands())
    overview = table(
        ["command", "what it does"],
        ([f"[`{name}`](#{_anchor(name)})", _first(function)] for name, function in commands),
    )
    variables = table(["variable", "what it does"], ([code(name), text] for name, text in VARIABLES.items()))
    parts = ["## rarml\n", _parameters(root, skip_help=False)]
    parts += [_command(name, function) for name, function in commands]
    return fill("cli", OVERVIEW=overview, VARIABLES=variables, COMMANDS="\n".join(parts).rstrip())


def all_commands() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each command as it is typed, with the function behind it."""
    for info in app.registered_commands:
        if not info.hidden:
            yield f"rarml {info.name}", _function(info.callback)
    for group in app.registered_groups:
        inner = group.typer_instance
        assert inner is not None
        for info in inner.registered_commands:
            name = info.name or _function(info.callback).__name__.replace("_", "-")
            yield f"rarml {group.name} {name}", _function(info.callback)


def _function(callback: Callable[..., Any] | None) -> Callable[..., Any]:
    assert callback is not None
    return callback


def _command(name: str, function: Callable[..., Any]) -> str:
    paragraphs = inspect.getdoc(function) or ""
    body, found = [], inspect.cleandoc(paragraphs).split("\n\n")
    for part in found:
        if part.startswith(("    ", "\t")):
            # examples, shown as the help shows them; what is to be typed word for word is in the how-to pages
            body.append("\n".join(f"`{line.strip()}`  " for line in part.splitlines() if line.strip()).rstrip())
        else:
            body.append(words(part))
    usage = " ".join([name, *_usage(function)])
    return f"## {name}\n\n" + "\n\n".join(body) + f"\n\nUsage: `{usage}`\n\n" + _parameters(function)


def _usage(function: Callable[..., Any]) -> Iterator[str]:
    for name, info, annotation, default in _parameters_of(function):
        if isinstance(info, ArgumentInfo):
            shown = name.upper() + ("…" if _many(annotation) else "")
            yield info.metavar or (shown if default is inspect.Parameter.empty else f"[{shown}]")
        elif default is inspect.Parameter.empty:
            yield f"{_names(name, info, annotation)[0]} {_value(info, annotation)}"
    yield "[OPTIONS]"


def _parameters(function: Callable[..., Any], *, skip_help: bool = True) -> str:
    arguments, options = [], []
    for name, info, annotation, default in _parameters_of(function):
        help_text = words(re.sub(r"\[/?\w+\]", "", info.help or ""))
        if isinstance(info, ArgumentInfo):
            required = "" if default is not inspect.Parameter.empty else " Required."
            arguments.append([code(info.metavar or name.upper()), help_text + required])
            continue
        shown = [code(one) for one in _names(name, info, annotation)]
        value = _value(info, annotation) + ("…" if _many(annotation) else "")
        options.append([", ".join(shown), code(value), _default(default, annotation), help_text])
    parts = [table(["argument", "what it is"], arguments)] if arguments else []
    if not skip_help:
        options.append(["`--help`, `-h`", "", "", "Show the help and stop; also after each command."])
    parts += [table(["option", "value", "default", "what it does"], options)] if options else []
    return "\n\n".join(parts) + "\n"


def _parameters_of(function: Callable[..., Any]) -> Iterator[tuple[str, Any, Any, Any]]:
    """Name, typer's description, type and default of each parameter that a user gives."""
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        if typing.get_origin(parameter.annotation) is not typing.Annotated:
            continue
        annotation, *extras = typing.get_args(parameter.annotation)
        info = next((one for one in extras if isinstance(one, ArgumentInfo | OptionInfo)), None)
        if info is not None and not info.hidden:
            yield parameter.name, info, annotation, parameter.default


def _names(name: str, info: OptionInfo, annotation: Any) -> list[str]:
    # the first name stands where a default would, if the option is described in an annotation
    first = [info.default] if isinstance(info.default, str) and info.default.startswith("-") else []
    given = [one for name in (*first, *(info.param_decls or ())) for one in name.split("/")]
    if given:
        return given
    plain = "--" + name.replace("_", "-")
    return [plain, f"--no-{plain[2:]}"] if _plain(annotation) is bool else [plain]


def _value(info: OptionInfo, annotation: Any) -> str:
    kind = _plain(annotation)
    if kind is bool:
        return ""
    if info.metavar:
        return str(info.metavar)
    if typing.get_origin(kind) is typing.Literal:
        return "|".join(map(str, typing.get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(one.value) for one in kind)
    bounds = [str(info.min) if info.min is not None else "", str(info.max) if info.max is not None else ""]
    return _KINDS.get(kind, "TEXT") + (f" {bounds[0]}..{bounds[1]}" if any(bounds) else "")


def _default(default: Any, annotation: Any) -> str:
    if default is inspect.Parameter.empty:
        return "required"
    if default in (None, False, "", ()) or (isinstance(default, list) and not default):
        return "–" if _plain(annotation) is not bool else "off"
    if default is True:
        return "on"
    return code(default.value if isinstance(default, Enum) else default)


def _plain(annotation: Any) -> Any:
    """The type of one value: without None, and of a list that of its parts."""
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        (annotation,) = [one for one in typing.get_args(annotation) if one is not NoneType] or [str]
    return _plain(typing.get_args(annotation)[0]) if typing.get_origin(annotation) is list else annotation


def _many(annotation: Any) -> bool:
    return "list[" in str(annotation)


def _first(function: Callable[..., Any]) -> str:
    return words((inspect.getdoc(function) or "").partition("\n\n")[0])


def _anchor(name: str) -> str:
    return name.replace(" ", "-")
