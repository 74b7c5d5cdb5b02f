"""The model card: what a trained model is, what it was made from and what it is not for, as Markdown."""

from __future__ import annotations

from rarml.report.content import TrainContent
from rarml.report.html import render


def model_card(content: TrainContent) -> str:
    """Render the model card (Markdown) of a trained model."""
    return render("model_card.md.j2", content=content)
