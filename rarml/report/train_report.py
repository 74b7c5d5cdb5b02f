"""The report of a trained model: one self-contained HTML page."""

from __future__ import annotations

from rarml.report.content import TrainContent
from rarml.report.html import render


def train_html(content: TrainContent) -> str:
    """Render a trained model as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    return render("train.html.j2", content=content)
