"""Whether Biopython is there, asked before any work is done."""

from __future__ import annotations

import importlib.util

from rarml.core.errors import MissingPartError


def require_biopython() -> None:
    """Raise a `MissingPartError` that tells how to get Biopython if it is not installed."""
    if importlib.util.find_spec("Bio") is None:
        raise MissingPartError("Biopython is not installed", fix='pip install "rarml[bench]"')
