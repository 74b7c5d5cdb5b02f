"""The model card: what a trained model is, what it was made from and what it is not for, as Markdown."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jinja2

from rarml.report import words
from rarml.report.audit_rows import audit_view
from rarml.report.content import TrainContent
from rarml.report.evaluation_rows import evaluation_view
from rarml.report.limits import limits
from rarml.report.train_rows import FLOW, branch_rows, headline, importance_rows, metric_rows

_MARKUP = re.compile(r"([\\`*_\[\]|#])")


def model_card(content: TrainContent) -> str:
    """Render the model card (Markdown) of a trained model.

    Equal contents give equal text.
    """
    return (
        _environment()
        .get_template("model_card.md.j2")
        .render(
            content=content,
            info=content.model,
            headline=headline(content),
            judged=evaluation_view(content.evaluation),
            leaks=audit_view(content.audit),
            flow=[(said, content.counts[key]) for key, said, _, _ in FLOW if key in content.counts],
            metrics=metric_rows(content.metrics),
            importance=importance_rows(content.importance),
            branches=branch_rows(content.branches),
            limits=[*content.limitations, *limits([content.model])],
        )
    )


def escape_markdown(value: Any) -> Any:
    """Text that Markdown shows as it is, on one line; anything but str unchanged."""
    if not isinstance(value, str):
        return value
    plain = re.sub(r"\s+", " ", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\1", plain)


@cache
def _environment() -> jinja2.Environment:
    """Markdown, not HTML: every expression is escaped for Markdown as it is written out."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("rarml.report", "templates"),
        autoescape=False,
        finalize=escape_markdown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        number=words.number,
        percent=words.percent,
        interval=words.interval,
        signed=words.signed,
        count=words.count,
        sentence=words.sentence,
    )
    return made
