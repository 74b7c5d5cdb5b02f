"""The report of a scored gene list: one self-contained HTML page."""

from __future__ import annotations

from rarml.report.content import ScoreContent
from rarml.report.html import render


def score_html(content: ScoreContent) -> str:
    """Render a scored gene list as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    return render("score.html.j2", content=content)
