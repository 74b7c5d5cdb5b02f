"""`rarml train`: a differential-expression table to a cell-type model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import (
    AtlasOption,
    CellTypeOption,
    ChromatinOption,
    ClusterOption,
    ColumnsOption,
    ConditionOption,
    CountsOption,
    DesignOption,
    FactorOption,
    LayerOption,
    MinAgreeOption,
    OverwriteOption,
    PositiveUnlabelledOption,
    ProcessesOption,
    ReferenceLevelOption,
    ReplicateOption,
    SeedOption,
    StandInOption,
    SubsetOption,
    ThreadsOption,
    TreatedOption,
    counts_of,
    engine,
)
from rarml.cli.terminal import echo


@answers("train")
def train_command(
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TABLE]...",
            help="DE table(s) (DESeq2, edgeR, limma, Degust, or --columns), a GMT or gene list, or the name of a "
            "shipped model whose labels are to be used. Omitted: the files that the configuration names.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the model to.")] = Path("rarml-model"),
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings (YAML), e.g. configs/sh-sy5y.yaml.", readable=False)
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the model.")] = None,
    cell_type: CellTypeOption = None,
    stand_in: StandInOption = None,
    chromatin: ChromatinOption = None,
    columns: ColumnsOption = None,
    min_agree: MinAgreeOption = None,
    positive_unlabelled: PositiveUnlabelledOption = False,
    counts: CountsOption = None,
    design: DesignOption = None,
    condition: ConditionOption = None,
    reference_level: ReferenceLevelOption = None,
    treated: TreatedOption = None,
    factors: FactorOption = None,
    subset: SubsetOption = None,
    replicate: ReplicateOption = None,
    layer: LayerOption = None,
    seed: SeedOption = None,
    allow_leaky: Annotated[
        bool,
        typer.Option(
            "--allow-leaky",
            help="Train once more on folds drawn gene by gene, which leak, and print how much they flatter (the "
            "model itself stays as it is).",
        ),
    ] = False,
    figures: Annotated[
        Path | None, typer.Option("--figures", help="Folder for the report's figures as SVG, PNG and PDF.")
    ] = None,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
    processes: ProcessesOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Train a cell-type model from a differential-expression table, or from raw counts.

    Writes a model folder with its model card and an HTML report; from counts also the table of differential expression,
    beside it. Examples:

        rarml train deseq2.csv --cell-type "A549 lung" --stand-in A549 --out a549-model

        rarml train --counts counts.tsv --design samples.tsv --treated ATRA --cell-type "A549 lung" --out a549-model
    """
    from rarml.cli.terminal import note, print_table
    from rarml.cli.train_summary import metric_rows, summary_line
    from rarml.core.files import require_new
    from rarml.workflows.computed_tables import write_computed
    from rarml.workflows.train import train
    from rarml.workflows.train_inputs import train_inputs

    with engine(threads, processes, cluster):
        require_new(out, overwrite=overwrite)  # before counts are compared, which takes minutes
        labels, settings = train_inputs(
            tables or [],
            config=config,
            atlas=atlas,
            name=name,
            fallback_name=out.name,
            cell_type=cell_type,
            stand_in=stand_in or [],
            chromatin=chromatin or [],
            columns=columns,
            min_agree=min_agree,
            positive_unlabelled=positive_unlabelled,
            seed=seed,
            allow_leaky=allow_leaky,
            counts=counts_of(counts, design, condition, reference_level, treated, factors, subset, replicate, layer),
            threads=threads,
        )
        for line in labels.provenance.get("notes", []):
            note(f"note: {line}")
        tables_written = write_computed(labels, out)
        result = train(labels, settings, out, atlas=atlas, figures=figures, overwrite=overwrite, threads=threads)
    give(
        lambda: {
            "model": result.bundle.path,
            "name": settings.name,
            "cell_type": settings.cell_type,
            "counts": result.counts,
            "metrics": result.metrics,
            "tables": tables_written,
            "card": result.bundle.path / "MODEL_CARD.md",
            "report": result.bundle.path / "report.html",
        }
    )
    echo(summary_line(result.counts))
    header, rows = metric_rows(result.metrics)
    print_table(
        f"{settings.name}: held-out performance (whole chromosomes left out; 95 % cluster-bootstrap intervals)",
        header,
        rows,
        right=header[1:],
    )
    echo(f"model:  {result.bundle.path}")
    echo(f"card:   {result.bundle.path / 'MODEL_CARD.md'}")
    for file in tables_written:
        echo(f"table:  {file}")
    echo(f"report: {result.bundle.path / 'report.html'}")
