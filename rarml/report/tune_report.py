"""The report of a hyperparameter search: one self-contained HTML page."""

from __future__ import annotations

from rarml.report.html import render
from rarml.report.train_rows import metric_rows
from rarml.report.tune_content import TuneContent
from rarml.report.tune_plots import tune_drawings

LIMITS = (
    "The loss of the best trial is the least of many, so it flatters. Only the held-out comparison says what tuning is "
    "worth, and it judges the procedure: the settings written are those of one more search, over all folds.",
    "The interval tells how sure the gain is on genes like these. It holds neither another seed of the search nor "
    "another experiment.",
    "Other cells, doses or labels may want other settings.",
    "The share of a setting tells what set good trials apart within the range searched, not what would matter outside.",
)


def tune_html(content: TuneContent) -> str:
    """Render a search as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    plots = {name: drawing.inline() for name, drawing in tune_drawings(content).items()}
    return render(
        "tune.html.j2",
        content=content,
        metrics=metric_rows(content.metrics) if content.metrics is not None else [],
        history=plots.get("history"),
        shares=plots.get("shares"),
        limits=list(LIMITS),
    )
