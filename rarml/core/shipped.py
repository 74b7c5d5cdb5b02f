"""Where what ships with rarml lies: trained models, the feature atlas, promoter encoders."""

from __future__ import annotations

import os
from pathlib import Path

from rarml.core.errors import BundleError

_PACKAGE = Path(__file__).resolve().parents[1]


def models_folder() -> Path:
    """The folder of shipped models: ``RARML_MODELS``, else inside the package, else beside it in a checkout.

    Raises
    ------
    BundleError
        If none of them exists.
    """
    named = os.environ.get("RARML_MODELS")
    candidates = [Path(named)] if named else [_PACKAGE / "shipped", _PACKAGE.parent / "models"]
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise BundleError("no folder of models found", where=candidates[0], fix="set RARML_MODELS to one")
