"""`rarml reference`: build a reference from a genome, annotation, tracks and expression."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.options import ClusterOption, OverwriteOption, ProcessesOption, ThreadsOption, engine

app = typer.Typer(help="Build the reference that features are computed from.", no_args_is_help=True)


@app.command("build")
def build_command(
    config: Annotated[Path, typer.Argument(help="Settings (YAML), e.g. configs/reference-hg38.yaml.", readable=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the reference and its atlas to.")],
    encoder: Annotated[
        Path | None,
        typer.Option(
            "--encoder",
            help="Promoter encoders made by rarml pretrain [default: the shipped ones].",
            show_default=False,
            readable=False,
        ),
    ] = None,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
    processes: ProcessesOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Build a reference folder and its feature atlas; reused untouched when no input changed."""
    from rarml.workflows.reference import build

    with engine(threads, processes, cluster):
        result = build(config, out, encoder=encoder, overwrite=overwrite)
    for line in result.lines:
        typer.echo(line)
