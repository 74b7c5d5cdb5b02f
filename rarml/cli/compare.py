"""`rarml compare`: cell-type models side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import (
    AtlasOption,
    ClusterOption,
    OverwriteOption,
    ProcessesOption,
    ThreadsOption,
    complete_models,
    engine,
)


@answers("compare")
def compare_command(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL MODEL...", help="Model folders or shipped names.", autocompletion=complete_models
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the report, all tables (TSV) and figures (SVG).")
    ] = None,
    known: Annotated[
        Path | None,
        typer.Option("--known", help="List of known target genes (GMT or names); for evaluation only."),
    ] = None,
    why: Annotated[
        int, typer.Option("--why", min=0, help="Genes explained per pair and side where two models differ; 0 for none.")
    ] = 5,
    bootstrap: Annotated[int, typer.Option("--bootstrap", min=1, help="Resamples behind each interval.")] = 500,
    top: Annotated[int, typer.Option("--top", min=1, help="Genes shown per group on the terminal.")] = 12,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
    processes: ProcessesOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Compare models: transfer to each other's cells, shared and specific genes, where they differ and why.

    rarml compare mcf-7 sh-sy5y --out comparison
    """
    from rarml.cli.claim import claim
    from rarml.cli.compare_tables import print_comparison
    from rarml.cli.terminal import say_written
    from rarml.report.compare_figures import NAMED
    from rarml.workflows.compare import compare

    if out is not None:
        claim(out, overwrite=overwrite)
    # why two models differ is told in the files only, and asking takes seconds per model
    reasons = why > 0 and out is not None
    with engine(threads, processes, cluster):
        result = compare(models, atlas=atlas, known=known, per_side=why or NAMED, reasons=reasons, bootstrap=bootstrap)
    give(
        lambda: {
            "models": [bundle.name for bundle in result.bundles],
            "genes": result.genes,
            "correlations": result.correlations,
            "transfer": result.transfer,
            "consensus": result.consensus,
            "core": result.core,
            "specific": result.specific,
            "receptors": result.receptors,
            "known": result.known,
        }
    )
    print_comparison(result, top=top)
    if out is not None:
        from rarml.workflows.compare_output import write_comparison

        say_written(write_comparison(result, out, overwrite=overwrite))
