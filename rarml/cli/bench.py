"""`rarml bench`: primers, inserts and guides for genes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import AtlasOption, OverwriteOption, complete_models
from rarml.cli.terminal import echo


@answers("bench")
def bench_command(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the tables and sequences.")],
    reference: Annotated[
        Path, typer.Option("--reference", help="Built reference that holds sequence.", readable=False)
    ],
    genes: Annotated[
        list[str] | None,
        typer.Argument(help="Symbols or ids, files, or - ; without any, the top candidates of --model."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", help="Model for matched negatives and for --top.", autocompletion=complete_models
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Candidates of the model, where none is named.")
    ] = None,
    rares: Annotated[int, typer.Option("--rares", min=1, help="Best RAREs per gene.")] = 2,
    flank: Annotated[int, typer.Option("--flank", min=30, help="Bases beside a RARE in an insert.")] = 100,
    tails: Annotated[
        str, typer.Option("--tails", help="5' and 3' tail of an insert: enzymes (KpnI,XhoI) or bases.")
    ] = "",
    controls: Annotated[bool, typer.Option("--controls/--no-controls", help="Add controls.")] = True,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Design ChIP-qPCR primers, reporter inserts and CRISPRi guides: candidates, nothing tried at the bench.

    rarml bench CYP26A1 DHRS3 --reference my-reference --model mcf-7 --out sheet
    """
    from rarml.cli.claim import claim
    from rarml.cli.terminal import say_written
    from rarml.core.errors import InputError
    from rarml.workflows.bench import BenchSettings, bench
    from rarml.workflows.bench_output import write_bench
    from rarml.workflows.bench_tails import read_tails
    from rarml.workflows.gene_input import read_names

    claim(out, overwrite=overwrite)
    if genes and top is not None:
        raise InputError("--top is for a model's own candidates, and genes were named", fix="leave one of them out")
    names = read_names(genes) if genes else []
    settings = BenchSettings(rares=rares, flank=flank, tails=read_tails(tails))
    sheet = bench(names, reference, model=model, top=top, controls=controls, settings=settings, atlas=atlas)
    tables = sheet.tables
    give(
        lambda: {
            "genes": len(sheet.genes),
            "chip_qpcr": tables.chip_qpcr,
            "inserts": tables.inserts,
            "guides": tables.guides,
            "left_out": tables.left_out,
        }
    )
    echo(
        f"{len(sheet.genes)} genes: {len(tables.chip_qpcr)} amplicons, {len(tables.inserts)} inserts, "
        f"{len(tables.guides)} guides; {len(tables.left_out)} left out"
    )
    for row in tables.left_out:
        echo(f"  left out: {row['symbol']}, {row['assay']}: {row['reason']}")
    say_written(write_bench(sheet, out, overwrite=overwrite))
