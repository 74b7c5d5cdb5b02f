"""`rarml compare`: cell-type models side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.options import AtlasOption, OverwriteOption


def compare_command(
    models: Annotated[list[str], typer.Argument(metavar="MODEL MODEL...", help="Model folders or shipped names.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for genes.tsv, transfer.tsv and report.html.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Genes shown per group on the terminal.")] = 12,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Compare models: agreement, shared and specific genes, and how each predicts the others' held-out labels.

    rarml compare mcf-7 sh-sy5y --out comparison
    """
    from rarml.cli.compare_tables import print_comparison
    from rarml.core.files import require_new
    from rarml.workflows.compare import compare

    if out is not None:
        require_new(out, overwrite=overwrite)
    result = compare(models, atlas=atlas)
    print_comparison(result, top=top)
    if out is not None:
        from rarml.workflows.compare_output import write_comparison

        for path in write_comparison(result, out, overwrite=overwrite):
            typer.echo(f"wrote {path}")
