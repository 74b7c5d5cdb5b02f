"""The `rarml` command: one file per verb; a user's mistake becomes one line and exit status 2."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, Any

import typer

from rarml.cli import (
    bench,
    check,
    compare,
    enrich,
    explain,
    export,
    init,
    models,
    pretrain,
    reference,
    scan,
    schema,
    score,
    train,
    tune,
)
from rarml.cli.claim import claims
from rarml.cli.exit_codes import IN_SHORT, ExitCode
from rarml.core.errors import InputError
from rarml.core.plain_text import is_whole, without_controls

# A waiting OpenMP thread that spins takes the core a neighbour needs (17 s against 6 s); set before numpy loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_STOPPED = ExitCode.STOPPED
_LONGEST = 1000  # letters of an error: a name of 5,000 would hide what is said of it
# ClickException, wherever this version of typer keeps it
_UsageFault: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException" and issubclass(kind, Exception)
)

app = typer.Typer(
    name="rarml",
    help="Which genes respond to all-trans retinoic acid (ATRA) in a given cell type, and why.",
    no_args_is_help=True,
    add_completion=True,
    epilog=IN_SHORT,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("train")(train.train_command)
app.command("tune")(tune.tune_command)
app.command("pretrain")(pretrain.pretrain_command)
app.command("score")(score.score_command)
app.command("explain")(explain.explain_command)
app.command("bench")(bench.bench_command)
app.command("compare")(compare.compare_command)
app.command("scan")(scan.scan_command)
app.command("enrich")(enrich.enrich_command)
app.command("export")(export.export_command)
app.command("check")(check.check_command)
app.command("init")(init.init_command)
app.command("schema")(schema.schema_command)
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
    from rarml.core.errors import RarmlError, Stopped
    from rarml.core.interrupts import interrupts_insist

    try:
        with interrupts_insist(), claims:
            _require_text(sys.argv[1:])
            status = app(prog_name="rarml", standalone_mode=False) or 0
    except Stopped as stop:
        typer.echo(f"rarml: {stop}", err=True)
        sys.exit(stop.exit_status)
    except RarmlError as error:
        status = _say(str(error), error.exit_status)
    except _UsageFault as error:
        status = _usage(error)
    except OSError as error:
        # a full disk, a lost mount: the machine's fault, so no traceback either
        full = not error.filename and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
        place = f"{error.filename}: " if error.filename else "standard output: " if full else ""
        if full:
            _close_output()
        status = _say(f"{place}{error.strerror or error}", ExitCode.MISTAKE)
    except (KeyboardInterrupt, typer.Abort):
        status = _STOPPED
    except SystemExit as stop:
        if not isinstance(stop.__context__, BrokenPipeError):
            raise
        # the reader of our output (head, less) has gone: not a fault
        _close_output()
        status = 0
    if status == _STOPPED:
        typer.echo("rarml: stopped; nothing half-written was left behind", err=True)
    if status:
        sys.exit(status)


def _require_text(arguments: list[str]) -> None:
    """Refuse an argument that is not UTF-8: no table or report could hold it."""
    wrong = next((argument for argument in arguments if not is_whole(argument)), None)
    if wrong is not None:
        raise InputError("this argument is not UTF-8 text", where=wrong, fix="type it anew, or rename the file")


def _close_output() -> None:
    """Write no more to standard output, not even what is still held back when Python ends."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _say(what: str, status: int) -> int:
    """Print a fault as one line; the exit status."""
    shown = " ".join(what.split())
    if len(shown) > _LONGEST:
        shown = f"{shown[: _LONGEST // 2]} … {shown[-_LONGEST // 2 :]}"
    typer.echo(f"rarml: error: {without_controls(shown)}", err=True)
    return status


def _usage(error: Any) -> int:
    """A wrong command line as one line, or the help where nothing was asked for; the exit status."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), nl=False)
        return int(error.exit_code)
    command = context.command_path if context is not None else "rarml"
    return _say(f"{error.format_message().rstrip('.')} (see {command} --help)", error.exit_code)


if __name__ == "__main__":
    main()
