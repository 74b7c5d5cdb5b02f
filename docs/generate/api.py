"""The page of the Python API: a table of the public names; what each takes and gives is read from its docstring when
the site is built (mkdocstrings, which parses the source and imports nothing)."""

from __future__ import annotations

import inspect

import rarml
from docs.generate.markdown import fill, table, words


def page() -> str:
    """The page as Markdown."""
    names = [name for name in rarml.__all__ if not name.startswith("_")]
    rows, parts = [], []
    for name in names:
        value = getattr(rarml, name)
        what = (inspect.getdoc(value) or "").partition("\n\n")[0]
        rows.append([f"[`{name}`](#{value.__module__}.{name})", words(what)])
        parts.append(f"::: {value.__module__}.{name}\n")
    return fill("api", NAMES=table(["name", "what it is"], rows), DETAILS="\n".join(parts).rstrip())
