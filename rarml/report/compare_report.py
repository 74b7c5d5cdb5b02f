"""The report of a comparison of models: one self-contained HTML page."""

from __future__ import annotations

from rarml.report.content import CompareContent
from rarml.report.html import render


def compare_html(content: CompareContent) -> str:
    """Render a comparison of models as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    return render("compare.html.j2", content=content)
