"""The report of a scored gene list: one self-contained HTML page."""

from __future__ import annotations

from rarml.report import cells
from rarml.report.content import ScoreContent
from rarml.report.dot_plot import dot_plot
from rarml.report.heat import heat_rows
from rarml.report.html import render
from rarml.report.limits import limits
from rarml.report.score_rows import CALLS, model_views, unmapped_inputs
from rarml.report.score_sites import gene_sites
from rarml.report.score_summary import NOTABLE_GAIN, in_several, summarise
from rarml.report.words import listing


def score_html(content: ScoreContent) -> str:
    """Render a scored gene list as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    views = model_views(content)
    summaries = [summarise(view) for view in views]
    sites = gene_sites(content)
    return render(
        "score.html.j2",
        content=content,
        summaries=summaries,
        plots={view.anchor: dot_plot(view) for view in views},
        heat=heat_rows(views),
        several=in_several(summaries),
        unmapped=unmapped_inputs(content),
        n_input=int(content.table["query"].nunique()),
        sites=sites,
        site_anchor={gene.gene_id: f"s{i}" for i, gene in enumerate(sites)},
        limits=limits(content.models),
        calls=CALLS,
        cells=cells,
        notable=NOTABLE_GAIN,
        listing=listing,
    )
