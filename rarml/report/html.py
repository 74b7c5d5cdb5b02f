"""The jinja2 environment of the reports: autoescaped, strict, and with its style and script inside the page."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from rarml.report import words


def render(template: str, **context: Any) -> str:
    """Render `templates/<template>` into one self-contained HTML page.

    Every string of `context` is escaped unless it is already `Markup`.
    """
    return (
        environment().get_template(template).render(style=_asset("report.css"), script=_asset("report.js"), **context)
    )


@cache
def environment() -> jinja2.Environment:
    """The shared environment: undefined names are errors, not blanks."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("rarml.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=words.number,
        percent=words.percent,
        interval=words.interval,
        pvalue=words.pvalue,
        signed=words.signed,
        count=words.count,
        sentence=words.sentence,
    )
    return made


def _asset(name: str) -> Markup:
    """A file of this package, trusted as it is."""
    return Markup(files("rarml.report").joinpath("assets", name).read_text(encoding="utf-8"))
