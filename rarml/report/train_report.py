"""The report of a trained model: one self-contained HTML page."""

from __future__ import annotations

from markupsafe import Markup

from rarml.report.audit_rows import audit_view
from rarml.report.content import Curve, TrainContent
from rarml.report.evaluation_rows import evaluation_view
from rarml.report.html import render
from rarml.report.limits import limits
from rarml.report.plots import curve_plot, gain_plot
from rarml.report.train_rows import branch_rows, flow_rows, headline, importance_rows, metric_rows


def train_html(content: TrainContent) -> str:
    """Render a trained model as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    auroc = content.metrics[content.metrics["metric"] == "auroc"]
    gains = gain_plot(auroc, f"AUROC of {content.model.name} and of covariates only, by task") if len(auroc) else None
    return render(
        "train.html.j2",
        content=content,
        info=content.model,
        headline=headline(content),
        judged=evaluation_view(content.evaluation),
        leaks=audit_view(content.audit),
        flow=flow_rows(content.counts),
        metrics=metric_rows(content.metrics),
        gains=gains,
        plots=[(task, _curves(task, curves)) for task, curves in by_task(content).items()],
        importance=importance_rows(content.importance),
        branches=branch_rows(content.branches),
        limits=[*content.limitations, *limits([content.model])],
    )


def by_task(content: TrainContent) -> dict[str, list[Curve]]:
    """Curves of each task, in order."""
    tasks: dict[str, list[Curve]] = {}
    for curve in content.curves:
        tasks.setdefault(curve.task, []).append(curve)
    return tasks


def _curves(task: str, curves: list[Curve]) -> Markup:
    names = " and ".join(curve.predictor for curve in curves)
    return curve_plot(curves, f"ROC, precision-recall and reliability curves of {names} for {task}")
