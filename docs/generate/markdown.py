"""Markdown of generated pages: a template filled, tables, and texts of docstrings in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

MADE = "<!-- Made from the code by `python -m docs.generate`; do not edit. -->"

TEMPLATES = Path(__file__).with_name("templates")


def fill(template: str, **parts: str) -> str:
    """The template with its parts put in, and a line that says where the page comes from."""
    text = (TEMPLATES / f"{template}.md").read_text(encoding="utf-8")
    for name, part in {"MADE": MADE, **parts}.items():
        mark = f"{{{{{name}}}}}"
        if text.count(mark) != 1:
            raise ValueError(f"{template}.md must hold {mark} once")
        text = text.replace(mark, part)
    return text


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; texts are put into cells as they are but for what would end one."""
    lines = [_row(header), "|" + "---|" * len(header), *(_row(row) for row in rows)]
    return "\n".join(lines)


def code(text: object) -> str:
    """A text as code, or nothing for an empty one."""
    return f"`{text}`" if str(text) else ""


def words(text: str) -> str:
    """A docstring's text for a page: reStructuredText's double backquotes become single ones, and no tag is one."""
    return re.sub(r"``(.+?)``", r"`\1`", " ".join(text.split())).replace("<", "&lt;")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
