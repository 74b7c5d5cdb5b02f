"""The comparison report: one self-contained HTML page."""

from __future__ import annotations

from rarml.report.compare_differences import KIND_WORDS, pair_views
from rarml.report.compare_figures import receptors_wide, upset_figure
from rarml.report.compare_grid import compare_grid
from rarml.report.compare_more import core, known_lists, pair_rows, top_consensus
from rarml.report.compare_rows import NOT_BY_ALL, groups
from rarml.report.compare_summary import compare_summary
from rarml.report.compare_transfer import MEAN, SUSPECT, suspects, transfer_matrices, transfer_rows
from rarml.report.content import CompareContent
from rarml.report.html import embedded_json, render
from rarml.report.limits import limits

SCRIPTS = ("report.js", "table_download.js", "figure.js", "compare.js")


def compare_html(content: CompareContent) -> str:
    """Render a comparison of models as one HTML page that needs no network.

    Equal contents give equal bytes.
    """
    found = groups(content)
    grid = compare_grid(content)
    columns, receptors = receptors_wide(content.more.receptors)
    return render(
        "compare.html.j2",
        scripts=SCRIPTS,
        content=content,
        more=content.more,
        summary=compare_summary(content, found),
        groups=found,
        matrices=transfer_matrices(content),
        transfer_rows=transfer_rows(content),
        suspects=suspects(content),
        bound=SUSPECT,
        mean_elsewhere=MEAN,
        correlations=content.correlations.to_dict(orient="records"),
        upsets=[(sets, upset_figure(sets)) for sets in content.more.sets],
        overlaps=pair_rows(content),
        core=core(content),
        consensus=top_consensus(content),
        pairs=pair_views(content),
        kind_words=KIND_WORDS,
        receptor_names=columns,
        receptors=receptors,
        known=known_lists(content),
        everywhere=int((content.genes["group"] != NOT_BY_ALL).sum()),
        grid=grid,
        grid_json=embedded_json(grid),
        limits=limits(content.models),
    )
