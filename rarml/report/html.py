"""The jinja2 environment of the reports: autoescaped, strict, and with its style and script inside the page."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from rarml.report import words

SCRIPTS = ("report.js", "table_download.js", "figure.js", "gene_columns.js", "gene_grid.js")
"""Assets that make up the script of a page; each leaves a page alone that has nothing for it."""


def render(template: str, *, scripts: Sequence[str] = SCRIPTS, **context: Any) -> str:
    """Render `templates/<template>` into one self-contained HTML page.

    Every string of `context` is escaped unless it is already `Markup`. The page's own policy lets run no script but
    the named assets (by digest), and fetch nothing.
    """
    script = Markup("\n" + "".join(_asset(name) for name in scripts))
    return (
        environment()
        .get_template(template)
        .render(style=_asset("report.css"), script=script, policy=_policy(script), **context)
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


def embedded_json(data: Any) -> Markup:
    """JSON for the inside of a `<script type="application/json">`: no text in it can end the element.

    Raises
    ------
    ValueError
        On NaN or an infinity, which JSON does not have.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _policy(script: str) -> Markup:
    """Content security policy: style attributes and the one script; no source outside the page."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Markup(
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _asset(name: str) -> Markup:
    """A file of this package, trusted as it is."""
    return Markup(files("rarml.report").joinpath("assets", name).read_text(encoding="utf-8"))
