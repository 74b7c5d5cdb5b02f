"""The `rarml` command: one file per verb; a user's mistake becomes one line and exit status 2."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from rarml.cli import check, compare, enrich, models, reference, scan, score, train

# A waiting OpenMP thread that spins takes the core a neighbour needs (17 s against 6 s); set before numpy loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

app = typer.Typer(
    name="rarml",
    help="Which genes respond to all-trans retinoic acid (ATRA) in a given cell type, and why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("train")(train.train_command)
app.command("score")(score.score_command)
app.command("compare")(compare.compare_command)
app.command("scan")(scan.scan_command)
app.command("enrich")(enrich.enrich_command)
app.command("check")(check.check_command)
app.add_typer(models.app, name="models")
app.add_typer(reference.app, name="reference")


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    """Which genes respond to all-trans retinoic acid (ATRA) in a given cell type, and why."""
    if version:
        from rarml import __version__

        typer.echo(f"rarml {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line; users never see a traceback from bad input."""
    from rarml.core.errors import RarmlError

    try:
        app()
    except RarmlError as error:
        typer.echo(f"rarml: error: {error}", err=True)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # the reader of our output (head, less) has gone: not a fault
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("rarml: stopped; nothing half-written was left behind", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
