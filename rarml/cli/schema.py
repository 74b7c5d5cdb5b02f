"""`rarml schema`: what a settings file may hold, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.options import OverwriteOption


def schema_command(
    kind: Annotated[str, typer.Argument(help="Settings of which verb: train, tune, reference or pretrain.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write (default: print it).")] = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Print or write the JSON Schema of a settings file: completion and checks while you type.

    The first line of a settings file tells an editor where it is:

    # yaml-language-server: $schema=schema/train.json

    rarml schema train --out schema/train.json
    """
    import json

    from rarml.cli.terminal import say_written
    from rarml.workflows.schema import schema_of

    text = json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    from rarml.core.files import require_new_file, write_text

    require_new_file(out, overwrite=overwrite)
    write_text(out, text)
    say_written([out])
