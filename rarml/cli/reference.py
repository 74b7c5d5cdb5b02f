"""`rarml reference`: build a reference from a genome, annotation, tracks and expression."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import ClusterOption, OverwriteOption, ProcessesOption, ThreadsOption, engine
from rarml.cli.terminal import echo

app = typer.Typer(help="Build the reference that features are computed from.", no_args_is_help=True)


@app.command("build")
@answers("reference build")
def build_command(
    config: Annotated[Path, typer.Argument(help="Settings (YAML), e.g. configs/reference-hg38.yaml.", readable=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the reference and its atlas to.")],
    encoder: Annotated[
        Path | None,
        typer.Option(
            "--encoder",
            help="Promoter encoders made by rarml pretrain (default: the shipped ones).",
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
    give(lambda: {"folder": out, "reused": result.reused, "seconds": result.seconds, "lines": result.lines})
    for line in result.lines:
        echo(line)


@app.command("info")
@answers("reference info")
def info_command(
    folder: Annotated[Path, typer.Argument(help="A built reference, or an atlas.", readable=False)],
) -> None:
    """Say what a reference or an atlas holds: assembly, genes, columns per block."""
    from rarml.workflows.reference import describe

    found = describe(folder)
    give(lambda: found)
    echo(f"{folder}: {found['genes']:,} genes, {found['assembly']}, digest {found['digest'][:12]}")
    for row in found["blocks"]:
        echo(f"  {row['block']}: {row['columns']} columns, {row['genes']:,} genes")


@app.command("fetch")
def fetch_command(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="What to fetch, or ENCODE accessions (ENCFF…) (default: list what there is)."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to put the files in.")] = Path("genome-data"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched, and touch nothing.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List what can be fetched.")] = False,
) -> None:
    """Fetch genomes, annotation and ENCODE tracks from their official places: the only command that uses the network.

    https only; checked against the provider's published checksums; a broken download goes on where it stopped when the
    same command is run again. Behind a proxy set HTTPS_PROXY. Without a name it lists what can be fetched.
    """
    from rarml.reference.fetch_sources import SOURCES
    from rarml.workflows.fetch import fetch, next_step, plan

    if listing or not names:
        for source in SOURCES.values():
            echo(f"{source.name:14s} {source.what}; {source.terms}\n{'':14s} {source.url}")
        echo(f"{'ENCFF…':14s} a released file of ENCODE by its accession; free to use, cite the accession")
        return
    if dry_run:
        for source in plan(names):
            echo(f"{source.name}: {source.what}\n  {source.url}\n  to {out / source.file}")
            echo(f"  checksum from {source.sums}")
        return
    result = fetch(names, out, say=echo)
    for line in next_step(result):
        echo(line)
