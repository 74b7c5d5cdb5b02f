"""`rarml check`: what is this file, and would it work?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.options import AtlasOption
from rarml.cli.terminal import echo


def check_command(
    files: Annotated[
        list[Path],
        typer.Argument(help="Tables, gene lists, BED, FASTA, annotation, settings, models.", readable=False),
    ],
    atlas: AtlasOption = None,
) -> None:
    """Say what each file is, what was detected in it, how many genes map and which contigs match.

    Exit status 2 if any file cannot be used.
    """
    from rarml.core.errors import RarmlError
    from rarml.workflows.check import check_file

    faults = 0
    for file in files:
        try:
            lines = check_file(file, atlas=atlas)
        except RarmlError as error:
            faults += 1
            echo(f"rarml: error: {error}", err=True)
            continue
        echo(f"{file}: {lines[0]}")
        for line in lines[1:]:
            echo(f"  {line}")
    if faults:
        raise typer.Exit(2)
