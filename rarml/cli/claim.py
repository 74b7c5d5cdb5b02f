"""The output of a command, kept from other runs until the command ends."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

claims = ExitStack()
"""What the running command keeps; `rarml.cli.app.main` lets it go."""


def claim(out: Path, *, overwrite: bool) -> None:
    """`rarml.core.files.claimed` for as long as the running command lasts."""
    from rarml.core.files import claimed

    claims.enter_context(claimed(out, overwrite=overwrite))
