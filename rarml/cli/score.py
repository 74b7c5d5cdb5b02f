"""`rarml score`: a gene list to ranked answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import (
    AtlasOption,
    ClusterOption,
    GenesArgument,
    ModelsOption,
    OverwriteOption,
    ProcessesOption,
    ThreadsOption,
    engine,
)


@answers("score")
def score_command(
    genes: GenesArgument,
    model: ModelsOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for the report, tables (TSV, Parquet, BED) and figures."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Genes shown per model on the terminal.")] = 15,
    title: Annotated[
        str, typer.Option("--title", help="Heading of the report (default: a question).", show_default=False)
    ] = "",
    cards: Annotated[
        int,
        typer.Option("--cards", min=0, help="Genes per model with a page of their own in the report (rarml explain)."),
    ] = 0,
    prevalence: Annotated[
        str | None,
        typer.Option(
            "--prevalence",
            help="Expected shares of responsive genes, such as up=0.05,down=0.03 (default: as in training).",
        ),
    ] = None,
    level: Annotated[
        float, typer.Option("--level", min=0.5, max=0.99, help="Coverage of the classes that are not ruled out.")
    ] = 0.9,
    orthologues: Annotated[
        Path | None,
        typer.Option(
            "--orthologues",
            help="Table: gene of another species, its human gene (BioMart export or two columns); flags every answer.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
    processes: ProcessesOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Score a gene list with one or many cell-type models.

    Prints a ranked table per model. With --out it also writes TSV, Parquet and a self-contained HTML report.

        rarml score CYP26A1 DHRS3 RARB --model sh-sy5y --out answers
    """
    from rarml.cli.claim import claim
    from rarml.cli.score_table import print_scores
    from rarml.cli.terminal import note, say_written
    from rarml.workflows.gene_input import read_names
    from rarml.workflows.prevalence import parse_prevalence
    from rarml.workflows.score import score

    if out is not None:
        claim(out, overwrite=overwrite)
    asked = parse_prevalence(prevalence) if prevalence else None
    with engine(threads, processes, cluster):
        result = score(
            read_names(genes), model or (), atlas=atlas, prevalence=asked, level=level, orthologues=orthologues
        )
    give(lambda: {"genes": result.table, "names": result.resolved, "sites": result.sites, "level": result.level})
    print_scores(result, top=top)
    for text in result.notes:
        note(f"note: {text}")
    if out is not None:
        from rarml.workflows.score_output import write_scores

        written = write_scores(result, out, title=title, atlas=atlas, cards=cards, overwrite=overwrite)
        say_written(written)
