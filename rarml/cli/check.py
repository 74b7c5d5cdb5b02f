"""`rarml check`: what is this file, and would it work?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.options import (
    AtlasOption,
    ConditionOption,
    CountsOption,
    DesignOption,
    FactorOption,
    LayerOption,
    ReferenceLevelOption,
    ReplicateOption,
    SubsetOption,
    TreatedOption,
    counts_of,
)
from rarml.cli.terminal import echo


def check_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Tables, counts, sample sheets, gene lists, BED, FASTA, annotation, settings, models.", readable=False
        ),
    ] = None,
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
) -> None:
    """Say what each file is, what was detected in it, how many genes map and which contigs match.

    With --counts and --design: whether they fit each other and what would be compared. Exit status 2 if any file cannot
    be used.
    """
    from rarml.core.errors import RarmlError, SettingsError
    from rarml.workflows.check import check_file
    from rarml.workflows.check_counts import check_counts

    compared = counts_of(counts, design, condition, reference_level, treated, factors, subset, replicate, layer)
    if compared and counts is None:
        raise SettingsError("options of counts without --counts", fix="name the counts too")
    if not compared and not files:
        raise SettingsError("nothing to check", fix="name files, or --counts and --design")
    checks: list[tuple[Path, Callable[[], list[str]]]] = [
        (file, partial(check_file, file, atlas=atlas)) for file in files or ()
    ]
    if counts is not None:
        checks.append((counts, partial(check_counts, compared, atlas=atlas)))
    faults = 0
    for file, check in checks:
        try:
            lines = check()
        except RarmlError as error:
            faults += 1
            echo(f"rarml: error: {error}", err=True)
            continue
        echo(f"{file}: {lines[0]}")
        for line in lines[1:]:
            echo(f"  {line}")
    if faults:
        raise typer.Exit(2)
