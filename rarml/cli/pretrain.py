"""`rarml pretrain`: promoter encoders from the untreated chromatin and expression of a reference."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.options import ClusterOption, DeviceOption, OverwriteOption, ProcessesOption, ThreadsOption, engine
from rarml.cli.terminal import echo


def pretrain_command(
    reference: Annotated[
        Path, typer.Argument(help="Reference folder with sequence, made by rarml reference build.", readable=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the encoders to.")] = Path("rarml-encoder"),
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings (YAML), e.g. configs/encoder.yaml.", readable=False)
    ] = None,
    device: DeviceOption = "cpu",
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = None,
    processes: ProcessesOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Pre-train promoter encoders; the shipped ones serve most users.

    Learns what untreated cells show at each promoter from its bases alone, once for each set of left-out chromosomes.
    It sees no response label. A run that was stopped goes on where it was when the same command is given again. Use
    the result with  rarml reference build CONFIG --encoder FOLDER.
    """
    from rarml.cli.terminal import print_table
    from rarml.core.settings import load_settings
    from rarml.training.pretrain import EncoderSettings
    from rarml.workflows.pretrain import mean_accuracy, pretrain

    settings = load_settings(config, EncoderSettings) if config is not None else EncoderSettings()
    with engine(threads, processes, cluster):
        result = pretrain(reference, out, settings, device=device, threads=threads, overwrite=overwrite)
    header = ["targets", "network", "k-mers", "both"]
    table = mean_accuracy(result.accuracy)
    rows = [[str(group), *(f"{table.loc[group, name]:.3f}" for name in table.columns)] for group in table.index]
    print_table(
        "mean correlation with what was measured, on chromosomes left out of training", header, rows, right=header[1:]
    )
    echo(f"{result.n_promoters:,} promoters, {result.seconds / 60:.1f} min")
    echo(f"encoders: {result.path}")
