"""`rarml export`: answers for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import AtlasOption, OverwriteOption, complete_models


@answers("export")
def export_command(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Models (shipped name or folder), or folders that rarml score --out wrote.",
            autocompletion=complete_models,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", help="anndata, h5ad, tracks, gmt, rnk; repeatable (default: all but h5ad)."),
    ] = None,
    min_p: Annotated[
        float | None,
        typer.Option("--min-p", min=0, max=1, help="Gene sets: least P(up) or P(down) (default: the call)."),
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Gene sets: the so many most probable genes instead.")
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            help="Built reference with bases: adds a track of what each base adds.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    bases: Annotated[int, typer.Option("--bases", min=1, help="Genes per model in that track.")] = 20,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Write predictions for other tools: AnnData, genome browsers, gene sets, ranked lists.

    rarml export mcf-7 sh-sy5y --out exported
    rarml export answers --format gmt --format rnk --out sets
    """
    from rarml.cli.claim import claim
    from rarml.cli.terminal import echo, note, say_written
    from rarml.workflows.export import export

    claim(out, overwrite=overwrite)
    result = export(
        sources,
        out,
        formats=formats or (),
        min_p=min_p,
        top=top,
        atlas=atlas,
        reference=reference,
        bases=bases,
        overwrite=overwrite,
    )
    give(lambda: {"folder": out, "genes": result.genes, "models": result.models})
    echo(f"{result.genes:,} genes, models: {', '.join(result.models)}")
    for text in result.notes:
        note(f"note: {text}")
    say_written(result.paths)
