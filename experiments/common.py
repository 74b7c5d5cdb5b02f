"""What the experiments share: where the real data and the results lie."""

from __future__ import annotations

import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
RESULTS = REPO / "experiments" / "results"
CELL_TYPES = ("mcf-7", "sh-sy5y", "neural-organoid", "nb4")


def real_data() -> Path:
    """The folder of real data (``RARML_DATA``, else ../shared/data beside the checkout); also sets ``RARML_DATA``."""
    folder = Path(os.environ.get("RARML_DATA", REPO.parent / "shared" / "data")).resolve()
    if not (folder / "labels").is_dir():
        raise SystemExit(f"real data not found at {folder}; set RARML_DATA")
    os.environ["RARML_DATA"] = str(folder)
    return folder


def config(name: str) -> Path:
    """The configuration of a cell type."""
    return REPO / "configs" / f"{name}.yaml"
