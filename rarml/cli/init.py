"""`rarml init`: a commented configuration from a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import (
    AtlasOption,
    CellTypeOption,
    ConditionOption,
    CountsOption,
    DesignOption,
    FactorOption,
    LayerOption,
    OverwriteOption,
    ReferenceLevelOption,
    ReplicateOption,
    StandInOption,
    SubsetOption,
    ThreadsOption,
    TreatedOption,
    counts_of,
)


@answers("init")
def init_command(
    out: Annotated[Path, typer.Option("--out", "-o", help="Configuration to write, e.g. my-cells.yaml.")],
    table: Annotated[
        Path | None, typer.Argument(help="Label table: DESeq2, edgeR, limma, Degust, GMT, …", readable=False)
    ] = None,
    cell_type: CellTypeOption = None,
    stand_in: StandInOption = None,
    counts: CountsOption = None,
    design: DesignOption = None,
    condition: ConditionOption = None,
    reference_level: ReferenceLevelOption = None,
    treated: TreatedOption = None,
    factors: FactorOption = None,
    subset: SubsetOption = None,
    replicate: ReplicateOption = None,
    layer: LayerOption = None,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
) -> None:
    """Look at a table, or at counts, and write a commented configuration for `rarml train --config`.

    rarml init deseq2.csv --cell-type "A549 lung" --out a549.yaml
    """
    from rarml.cli.terminal import echo, say_written
    from rarml.core.files import require_new_file, write_text
    from rarml.workflows.init import draft_settings

    require_new_file(out, overwrite=overwrite)
    compared = counts_of(counts, design, condition, reference_level, treated, factors, subset, replicate, layer)
    draft = draft_settings(
        table,
        out,
        cell_type=cell_type or "",
        stand_in=stand_in or (),
        atlas=atlas,
        counts=compared,
        threads=threads,
    )
    give(lambda: {"configuration": out, "seen": draft.lines})
    for line in draft.lines:
        echo(line)
    write_text(out, draft.text)
    say_written([out])
    echo(f"train with: rarml train --config {out} --out {out.stem}-model")
