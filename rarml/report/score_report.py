"""The report of a scored gene list: one self-contained HTML page."""

from __future__ import annotations

from rarml.report import cells
from rarml.report.content import ScoreContent
from rarml.report.dot_plot import dot_plot
from rarml.report.gene_grid import FIRST_ROWS, flags_of, grid_data
from rarml.report.heat import by_strongest, heat_rows
from rarml.report.html import embedded_json, render
from rarml.report.limits import limits
from rarml.report.score_rows import model_views, unmapped_inputs
from rarml.report.score_sites import gene_sites
from rarml.report.score_summary import NOTABLE_GAIN, in_several, summarise
from rarml.report.words import listing


def score_html(content: ScoreContent) -> str:
    """Render a scored gene list as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    views = model_views(content)
    summaries = [summarise(view) for view in views]
    order = by_strongest(views)
    sites = gene_sites(content, order)
    number = {gene.gene_id: i for i, gene in enumerate(sites.shown)}
    grid = grid_data(views, number, notable=NOTABLE_GAIN, pages=content.pages, level=content.level)
    return render(
        "score.html.j2",
        content=content,
        summaries=summaries,
        plots={view.anchor: dot_plot(view) for view in views},
        heat=heat_rows(views, FIRST_ROWS),
        first_rows=FIRST_ROWS,
        grid=grid,
        grid_json=embedded_json(grid),
        flags=flags_of(grid),
        several=in_several(summaries),
        unmapped=unmapped_inputs(content),
        n_input=int(content.table["query"].nunique()),
        n_genes=len(order),
        sites=sites,
        site_anchor={gene: f"s{i}" for gene, i in number.items()},
        limits=limits(content.models),
        cells=cells,
        notable=NOTABLE_GAIN,
        listing=listing,
    )
