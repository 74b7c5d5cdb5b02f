"""The page of exit statuses: those of the error family and those that the command line gives itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from docs.generate.markdown import fill, table, words
from rarml.core import errors
from rarml.core.errors import RarmlError

_KEPT = ("stopped", "status")
CLI = Path(__file__).resolve().parents[2] / "rarml" / "cli"
MEANINGS = {
    0: "Done. Also where the reader of the output went away (`rarml … | head`).",
    1: "A fault of rarml itself: it ends in a traceback. Please report it with the command and the versions.",
    2: "Not done: the message on standard error says what is wrong, where, and how to mend it. Nothing was written. "
    "Also for a wrong command line; where `rarml check` finds a file that cannot be used; where `rarml models verify` "
    "finds a model that was changed, answers otherwise than it did, or was trained with a leak; and for a full disk "
    "or a folder that cannot be written.",
    130: "Stopped by Ctrl-C (or the signal INT). Nothing half-written is left; a long run says what it keeps and how "
    "to go on.",
}
"""What each status means; a test holds that the code gives no other one."""


def page() -> str:
    """The page as Markdown."""
    statuses = table(["status", "meaning"], ([str(number), text] for number, text in sorted(MEANINGS.items())))
    kinds = table(
        ["class", "exit status", "meaning"],
        ([f"`{kind.__name__}`", str(kind.exit_status), words(_first(kind))] for kind in error_classes()),
    )
    return fill("exit_codes", STATUSES=statuses, KINDS=kinds)


def error_classes() -> list[type[RarmlError]]:
    """The error family, in the order of the source."""
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, RarmlError)]
    return sorted(found, key=lambda one: inspect.getsourcelines(one)[1])


def statuses_in_code() -> set[int]:
    """Every status that the error family or a file of `rarml/cli` ends with, and those of Python and typer."""
    found = {0, 1, 2} | {kind.exit_status for kind in error_classes()}
    for file in sorted(CLI.glob("*.py")):
        found.update(_statuses(ast.parse(file.read_text(encoding="utf-8"))))
    return found


def _statuses(tree: ast.AST) -> Iterator[int]:
    """Whole numbers that are given to an exit, or kept as a status."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in ("Exit", "exit", "_exit"):
            values = [*node.args, *(one.value for one in node.keywords)]
        elif isinstance(node, ast.Assign) and any(
            "STOPPED" in _name(one) or "status" in _name(one) for one in node.targets
        ):
            values = [node.value]
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Exit"):
            values = [one.value for one in node.body if isinstance(one, ast.Assign)]
        else:
            continue
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, int):
                yield int(value.value)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _first(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0]
