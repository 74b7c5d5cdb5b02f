"""Options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

AtlasOption = Annotated[
    Path | None,
    typer.Option(
        "--atlas",
        help="Feature atlas or built reference folder (default: the shipped atlas).",
        show_default=False,
        readable=False,  # our own readers say what is wrong with a file, and how to mend it
    ),
]
GenesArgument = Annotated[
    list[str],
    typer.Argument(help="Symbols or ids, or files (txt, CSV, TSV, GMT), or - for standard input."),
]


def complete_models(incomplete: str) -> list[str]:
    """Shipped models that begin like what was typed, for shell completion; folders are completed by the shell."""
    from rarml.bundle.registry import list_models

    return [path.name for path in list_models() if path.name.startswith(incomplete)]


ModelsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        "-m",
        help="Model folder or shipped name; repeatable (default: all shipped).",
        autocompletion=complete_models,
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace an existing result, once the new one is whole.")
]
ThreadsOption = Annotated[
    int | None,
    typer.Option("--threads", "--jobs", min=1, help="Threads (default: all processors).", show_default=False),
]
ProcessesOption = Annotated[
    int | None, typer.Option("--processes", min=1, help="Work in so many local processes instead of threads.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Work on a Dask cluster that runs already: its scheduler's address or file (default: RARML_CLUSTER).",
        show_default=False,
    ),
]
DeviceOption = Annotated[
    str, typer.Option("--device", help="cpu, cuda (in bfloat16), or auto: cuda where there is one.")
]
CellTypeOption = Annotated[str | None, typer.Option("--cell-type", help="The treated cells, in words.")]
StandInOption = Annotated[
    list[str] | None,
    typer.Option("--stand-in", help="Untreated expression sample(s) standing in for the cells, e.g. MCF7."),
]
ChromatinOption = Annotated[
    list[str] | None, typer.Option("--chromatin", help="Cell(s) whose untreated chromatin is used, e.g. MCF-7.")
]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", help="Columns of an unknown table: id=…,log2fc=…,padj=…[,base_mean=…]."),
]
MinAgreeOption = Annotated[
    int | None, typer.Option("--min-agree", min=1, help="With several tables: how many must agree in sign.")
]
PositiveUnlabelledOption = Annotated[
    bool,
    typer.Option("--positive-unlabelled", help="Genes that are not listed count as unlabelled, not as untested."),
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Root of all random streams (0 is a seed).")]

CountsOption = Annotated[
    Path | None,
    typer.Option(
        "--counts",
        help="Raw counts in place of a table: genes × samples (TSV, CSV), or single cells (.h5ad).",
        readable=False,
        rich_help_panel="From counts",
    ),
]
DesignOption = Annotated[
    Path | None,
    typer.Option(
        "--design",
        help="Sample sheet of the counts: a row per sample, with its condition.",
        readable=False,
        rich_help_panel="From counts",
    ),
]
ConditionOption = Annotated[
    str | None,
    typer.Option(
        "--condition",
        help="Column that says how a sample was treated (default: condition).",
        show_default=False,
        rich_help_panel="From counts",
    ),
]
ReferenceLevelOption = Annotated[
    str | None,
    typer.Option(
        "--reference-level",
        help="The untreated condition (default: the one named like a control).",
        show_default=False,
        rich_help_panel="From counts",
    ),
]
TreatedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--treated",
        help="Condition(s) to compare with it; several must agree like doses (default: the only other one).",
        show_default=False,
        rich_help_panel="From counts",
    ),
]
FactorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--factor",
        help="Further column(s), such as batch or donor, whose effect is taken out.",
        rich_help_panel="From counts",
    ),
]
SubsetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--subset",
        metavar="COLUMN=VALUE",
        help="Use only samples (or cells) with this value; repeatable.",
        rich_help_panel="From counts",
    ),
]
ReplicateOption = Annotated[
    str | None,
    typer.Option(
        "--replicate",
        help="Single cells: column that names the sample or donor; cells are summed by it.",
        rich_help_panel="From counts",
    ),
]
LayerOption = Annotated[
    str | None,
    typer.Option("--layer", help="Single cells: layer with the raw counts.", rich_help_panel="From counts"),
]


def counts_of(
    counts: Path | None,
    design: Path | None,
    condition: str | None,
    reference: str | None,
    treated: list[str] | None,
    factors: list[str] | None,
    subset: list[str] | None,
    replicate: str | None,
    layer: str | None,
) -> dict[str, Any]:
    """What was given of `rarml.labels.count_spec.CountSpec` on the command line; paths are relative to here."""
    from rarml.labels.from_counts import parse_subset

    given = {
        "matrix": None if counts is None else str(counts),
        "design": None if design is None else str(design),
        "condition": condition,
        "reference": reference,
        "treated": tuple(treated or ()) or None,
        "factors": tuple(factors or ()) or None,
        "subset": parse_subset(subset) if subset else None,
        "replicate": replicate,
        "layer": layer,
    }
    return {name: value for name, value in given.items() if value is not None}


@contextmanager
def engine(threads: int | None, processes: int | None, cluster: str | None) -> Iterator[None]:
    """Work on what was asked for inside the block: threads, local processes or a cluster; the result is the same."""
    from rarml.core.errors import InputError
    from rarml.core.parallel import use_engine
    from rarml.core.parallel_engine import Engine

    if processes is not None and cluster is not None:
        raise InputError("--processes and --cluster exclude each other", fix="give one of them")
    address = cluster if processes is not None else cluster or os.environ.get("RARML_CLUSTER")
    chosen: Engine
    if address:
        from rarml.core.parallel_cluster import Cluster

        chosen = Cluster(address)
    elif processes is not None:
        from rarml.core.parallel_processes import Processes

        chosen = Processes(processes)
    else:
        from rarml.core.parallel_threads import Threads

        chosen = Threads(threads)
    with use_engine(chosen):
        yield
