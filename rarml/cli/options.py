"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AtlasOption = Annotated[
    Path | None,
    typer.Option(
        "--atlas",
        help="Feature atlas or built reference folder [default: the shipped atlas].",
        show_default=False,
        readable=False,  # our own readers say what is wrong with a file, and how to mend it
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace an existing result, once the new one is whole.")
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", min=1, help="Threads [default: all processors].", show_default=False)
]
DeviceOption = Annotated[
    str, typer.Option("--device", help="cpu, cuda (in bfloat16), or auto: cuda where there is one.")
]
