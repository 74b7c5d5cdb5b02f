"""The figures of a train report, in order: shown in the page, and the same on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rarml.report.content import Curve, TrainContent
from rarml.report.drawings import FORMATS, Drawing, figure_files, write_figures
from rarml.report.element_plots import distance_drawing, enrichment_drawing
from rarml.report.train_plots import curve_drawing, decile_drawing, gain_drawing, top_drawing


def train_drawings(content: TrainContent) -> dict[str, Drawing]:
    """Every figure that the content has numbers for, by name; the curves of task x under ``curves: x``."""
    name, judged = content.model.name, content.evaluation
    drawn: dict[str, Drawing] = {}
    auroc = content.metrics[content.metrics["metric"] == "auroc"]
    if len(auroc):
        drawn["gain"] = gain_drawing(auroc, f"AUROC of {name} and of covariates only, by task")
    for task, curves in by_task(content).items():
        drawn[f"curves: {task}"] = curve_drawing(task, curves)
    if judged.get("top"):
        drawn["top"] = top_drawing(judged["top"], f"Share of responding genes among the genes {name} ranks first")
    if judged.get("deciles"):
        drawn["deciles"] = decile_drawing(judged["deciles"], f"AUROC of {name} by decile of baseline expression")
    if judged.get("enrichment"):
        described = f"Odds ratios of RARE spacing types at promoters of responsive against matched genes, {name}"
        drawn["enrichment"] = enrichment_drawing(judged["enrichment"], described)
    if judged.get("tss_distance"):
        described = (
            f"Share of promoters with a RARE by its place to the TSS, for up, down and unresponsive genes, {name}"
        )
        drawn["tss_distance"] = distance_drawing(judged["tss_distance"], described)
    return drawn


def by_task(content: TrainContent) -> dict[str, list[Curve]]:
    """Curves of each task, in order."""
    tasks: dict[str, list[Curve]] = {}
    for curve in content.curves:
        tasks.setdefault(curve.task, []).append(curve)
    return tasks


def write_train_figures(content: TrainContent, folder: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write every figure of the report to `folder` as SVG, PNG and PDF; the paths written."""
    return write_figures(train_drawings(content).values(), folder, formats)


def train_figure_files(content: TrainContent, formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """The same figures as file name to bytes, for a folder that someone else writes."""
    return figure_files(train_drawings(content).values(), formats)
