"""`rarml tune`: a search for better settings, and an honest word on whether they are better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import (
    AtlasOption,
    CellTypeOption,
    ChromatinOption,
    ClusterOption,
    ColumnsOption,
    MinAgreeOption,
    OverwriteOption,
    PositiveUnlabelledOption,
    ProcessesOption,
    SeedOption,
    StandInOption,
    ThreadsOption,
    engine,
)
from rarml.cli.terminal import echo

if TYPE_CHECKING:
    from rarml.labels.spec import LabelSpec


@answers("tune")
def tune_command(
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TABLE]...",
            help="Labels, as for rarml train: DE table(s), a gene set, or the name of a shipped model. "
            "Omitted: the files that the configuration names.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("rarml-tuned"),
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings to start from (YAML).", readable=False)
    ] = None,
    space: Annotated[
        Path | None,
        typer.Option(
            "--space",
            help="What to search (YAML), e.g. configs/tune.yaml (default: its space).",
            show_default=False,
            readable=False,
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option("--trials", min=1, help="Trials per study, in total (default: 40).", show_default=False),
    ] = None,
    nested: Annotated[
        bool,
        typer.Option(
            "--nested/--no-nested", help="Estimate on held-out chromosomes whether tuning helps (one study per fold)."
        ),
    ] = True,
    storage: Annotated[
        str | None,
        typer.Option("--storage", help="Database shared by workers, e.g. postgresql://… or sqlite:///tuning.db."),
    ] = None,
    study: Annotated[str | None, typer.Option("--study", help="Name of the study (default: the model's).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the study that is in --out.")] = False,
    cell_type: CellTypeOption = None,
    stand_in: StandInOption = None,
    chromatin: ChromatinOption = None,
    columns: ColumnsOption = None,
    min_agree: MinAgreeOption = None,
    positive_unlabelled: PositiveUnlabelledOption = False,
    seed: SeedOption = None,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
    processes: ProcessesOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Search for better settings of a model.

    Writes best.yaml (for rarml train), every trial, and a report that compares the tuned procedure with the default
    settings on held-out chromosomes. A stopped run goes on with --resume. Example:

        rarml tune mcf-7 --config configs/mcf-7.yaml --space configs/tune.yaml --out tuned
    """
    from rarml.cli.terminal import note, print_table
    from rarml.cli.tune_summary import gain_rows, setting_rows
    from rarml.workflows.train_inputs import train_inputs
    from rarml.workflows.tune import tune
    from rarml.workflows.tune_output import verdict
    from rarml.workflows.tune_settings import load_tune_settings

    labels, settings = train_inputs(
        tables or [],
        config=config,
        atlas=atlas,
        cell_type=cell_type,
        stand_in=stand_in or [],
        chromatin=chromatin or [],
        columns=columns,
        min_agree=min_agree,
        positive_unlabelled=positive_unlabelled,
        seed=seed,
    )
    search = load_tune_settings(space, settings)
    if trials is not None:
        search = search.model_copy(update={"n_trials": trials})
    for line in labels.provenance.get("notes", []):
        note(f"note: {line}")
    with engine(threads, processes, cluster):
        result = tune(
            labels,
            settings,
            search,
            out,
            atlas=atlas,
            storage=storage,
            study=study,
            nested=nested,
            resume=resume,
            overwrite=overwrite,
            threads=threads,
            labels_from=config.parent if config is not None and not tables else Path(),
            command=_command(tables or [], settings.labels, out, atlas, positive_unlabelled),
        )
    give(
        lambda: {
            "folder": out,
            "best": out / "best.yaml",
            "values": result.final.values,
            "loss": result.final.loss,
            "default_loss": result.final.default_loss,
            "trials": len(result.final.trials),
            "metrics": result.metrics,
            "verdict": verdict(result),
        }
    )
    print_table(f"{settings.name}: settings", *setting_rows(result))
    if result.metrics is not None:
        title = "held-out chromosomes: the tuned procedure and the default settings (95 % cluster-bootstrap intervals)"
        header, rows = gain_rows(result.metrics)
        print_table(title, header, rows, right=header[2:])
    for line in verdict(result):
        echo(line)
    echo(f"settings: {out / 'best.yaml'}")
    echo(f"trials:   {out / 'trials.tsv'}")
    echo(f"report:   {out / 'report.html'}")


def _command(tables: list[str], labels: LabelSpec, out: Path, atlas: Path | None, positive_unlabelled: bool) -> str:
    """How to train with the best settings: label tables are named in them, a shipped model's labels are not."""
    words = [
        "rarml",
        "train",
        *(tables if not labels.files and labels.counts is None else []),
        "--config",
        str(out / "best.yaml"),
    ]
    words += ["--atlas", str(atlas)] if atlas is not None else []
    words += ["--positive-unlabelled"] if positive_unlabelled else []
    return " ".join(words)
