"""`rarml init`: a commented configuration from a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.options import AtlasOption, CellTypeOption, OverwriteOption, StandInOption


def init_command(
    table: Annotated[Path, typer.Argument(help="Label table: DESeq2, edgeR, limma, Degust, GMT, …", readable=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Configuration to write, e.g. my-cells.yaml.")],
    cell_type: CellTypeOption = None,
    stand_in: StandInOption = None,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Look at a table and write a commented configuration for `rarml train --config`.

    rarml init deseq2.csv --cell-type "A549 lung" --out a549.yaml
    """
    from rarml.cli.terminal import echo, say_written
    from rarml.core.files import require_new_file, write_text
    from rarml.workflows.init import draft_settings

    require_new_file(out, overwrite=overwrite)
    draft = draft_settings(table, out, cell_type=cell_type or "", stand_in=stand_in or (), atlas=atlas)
    for line in draft.lines:
        echo(line)
    write_text(out, draft.text)
    say_written([out])
    echo(f"train with: rarml train --config {out} --out {out.stem}-model")
