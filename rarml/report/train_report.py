"""The report of a trained model: one self-contained HTML page."""

from __future__ import annotations

from rarml.report.audit_rows import audit_view
from rarml.report.content import TrainContent
from rarml.report.evaluation_rows import evaluation_view
from rarml.report.html import render
from rarml.report.limits import limits
from rarml.report.train_figures import train_drawings
from rarml.report.train_rows import branch_rows, flow_rows, headline, importance_rows, metric_rows


def train_html(content: TrainContent) -> str:
    """Render a trained model as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    plots = {name: drawing.inline() for name, drawing in train_drawings(content).items()}
    return render(
        "train.html.j2",
        content=content,
        info=content.model,
        headline=headline(content),
        judged=evaluation_view(content.evaluation),
        leaks=audit_view(content.audit),
        flow=flow_rows(content.counts),
        metrics=metric_rows(content.metrics),
        plots=plots,
        curves=[(name.removeprefix("curves: "), plot) for name, plot in plots.items() if name.startswith("curves: ")],
        importance=importance_rows(content.importance),
        branches=branch_rows(content.branches),
        limits=[*content.limitations, *limits([content.model])],
    )
