"""`rarml scan`: call retinoic acid response elements in sequences, regions or promoters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import ClusterOption, OverwriteOption, ProcessesOption, ThreadsOption, engine
from rarml.cli.terminal import echo, note, say_written


@answers("scan")
def scan_command(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="A FASTA file; or a BED file with --genome; or gene names (or a list of them) with --reference."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="sites.bed, .tsv, .gff3 (each also .gz) or .parquet.")],
    genome: Annotated[
        Path | None, typer.Option("--genome", help="FASTA or 2bit: scan the regions of a BED file in it.")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option("--reference", help="Built reference: scan the promoters of the named genes.")
    ] = None,
    types: Annotated[
        str | None, typer.Option("--types", help="Only these, e.g. DR1,DR2,DR5 (default: all DR, IR, ER 0-10).")
    ] = None,
    max_pvalue: Annotated[float, typer.Option("--max-p", help="Exact p-value per position and strand.")] = 1e-4,
    background: Annotated[
        str, typer.Option("--background", help="promoters, promoters-order-0 or uniform; never the input itself.")
    ] = "promoters",
    repeats: Annotated[Path | None, typer.Option("--repeats", help="BED of repeats, in place of lower case.")] = None,
    by_contig: Annotated[
        bool, typer.Option("--by-contig", help="Write a folder of Parquet files, one per contig (Hive layout).")
    ] = False,
    memory: Annotated[
        str | None,
        typer.Option("--memory", metavar="SIZE", help="Take at most so much, e.g. 500M or 2G (default: what is free)."),
    ] = None,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
    processes: ProcessesOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Call RAREs: every DRn, IRn and ERn on both strands, with exact p-values.

    rarml scan promoters.fa --out sites.bed
    """
    from rarml.core.errors import InputError
    from rarml.core.memory import parse_size
    from rarml.core.parallel import thread_count
    from rarml.core.settings import parse_settings
    from rarml.workflows.scan import scan_fasta, scan_genes, scan_regions
    from rarml.workflows.scan_settings import ScanSettings

    chosen = {"max_pvalue": max_pvalue, "background": background, "threads": thread_count(threads)}
    chosen |= {"by_contig": by_contig, "memory": None if memory is None else parse_size(memory)}
    settings = parse_settings(
        {**chosen, "types": [name.strip() for name in types.split(",")] if types else None},
        ScanSettings,
        where="scan options",
    )
    with engine(threads, processes, cluster):
        if reference is not None:
            from rarml.reference.store import Reference
            from rarml.workflows.gene_input import read_names

            result = scan_genes(Reference.open(reference), read_names(inputs), out, settings, overwrite=overwrite)
        elif len(inputs) != 1:
            raise InputError(f"{len(inputs)} inputs were given", fix="give one file, or name genes with --reference")
        elif genome is not None:
            result = scan_regions(inputs[0], genome, out, settings, repeats=repeats, overwrite=overwrite)
        else:
            result = scan_fasta(inputs[0], out, settings, repeats=repeats, overwrite=overwrite)
    for line in result.notes:
        note(f"note: {line}")
    give(
        lambda: {
            "sites_file": result.path,
            "sites": result.n_sites,
            "elements": result.n_elements,
            "by_type": result.by_type,
            "sequences": result.sequences,
            "bases": result.bases,
            "unknown_bases": result.unknown,
            "ambiguous_bases": result.ambiguous,
        }
    )
    counts = ", ".join(f"{name} {number:,}" for name, number in result.by_type.items() if number)
    echo(
        f"{result.n_sites:,} sites ({result.n_elements:,} elements) in {result.sequences:,} sequences, "
        f"{result.bases:,} bases ({result.unknown:,} unknown): {counts or 'none'}"
    )
    say_written([result.path])
