"""The report of a comparison of models: one self-contained HTML page."""

from __future__ import annotations

from itertools import combinations

from rarml.report.compare_rows import groups, responsive, transfer_matrices
from rarml.report.compare_summary import compare_summary
from rarml.report.content import CompareContent
from rarml.report.html import render
from rarml.report.limits import limits
from rarml.report.plots import hexbin_plot

MOST_PAIRS = 6


def compare_html(content: CompareContent) -> str:
    """Render a comparison of models as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    found = groups(content)
    pairs = list(combinations([info.name for info in content.models], 2))
    plots = [
        (
            f"{a} and {b}",
            hexbin_plot(
                responsive(content.genes, a),
                responsive(content.genes, b),
                a,
                b,
                f"Density of {len(content.genes):,} genes over the probability of a response in {a} and in {b}",
            ),
        )
        for a, b in pairs[:MOST_PAIRS]
    ]
    return render(
        "compare.html.j2",
        content=content,
        summary=compare_summary(content, found),
        groups=found,
        matrices=transfer_matrices(content),
        correlations=content.correlations.to_dict(orient="records"),
        plots=plots,
        left_out=len(pairs) - len(plots),
        limits=limits(content.models),
    )
