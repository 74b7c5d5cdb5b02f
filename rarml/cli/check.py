"""`rarml check`: what is this file, and would it work?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from rarml.cli.answer import answers, give
from rarml.cli.exit_codes import ExitCode
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


@answers("check")
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
    found: list[dict[str, Any]] = []
    for file, check in checks:
        try:
            lines = check()
        except RarmlError as error:
            found.append({"file": file, "usable": False, "what": str(error), "lines": []})
            echo(f"rarml: error: {error}", err=True)
            continue
        found.append({"file": file, "usable": True, "what": lines[0], "lines": lines[1:]})
        echo(f"{file}: {lines[0]}")
        for line in lines[1:]:
            echo(f"  {line}")
    give(lambda: {"files": found}, tells_failure=True)
    if not all(one["usable"] for one in found):
        raise typer.Exit(ExitCode.MISTAKE)
