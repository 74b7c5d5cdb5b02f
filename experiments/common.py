"""What the experiments share: where the real data and the results lie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from rarml.features.atlas import Atlas
    from rarml.training.crossfit import CrossfitSettings
    from rarml.training.dataset import Dataset
    from rarml.workflows.settings import TrainSettings

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


def dataset(name: str, atlas: Atlas) -> tuple[Dataset, TrainSettings]:
    """What the shipped model of a cell type is trained on: features, classes, folds, groups; and its settings."""
    from rarml.workflows.train import assemble
    from rarml.workflows.train_inputs import train_inputs

    real_data()
    labels, settings = train_inputs([], config=config(name), atlas=REPO / "models" / "atlas")
    return assemble(atlas, labels, settings), settings


def held_out_by_trees(
    features: pd.DataFrame,
    status: pd.Series,
    folds: pd.Series,
    settings: CrossfitSettings,
    *,
    seed: int,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """Held-out class probabilities of boosted trees alone (the gradient branch), calibrated in the same nested way."""
    from rarml.training.branches import GRADIENT
    from rarml.training.crossfit import crossfit

    model = crossfit(features, status, folds, settings, seed=seed, groups=groups)
    codes = status.map({name: code for code, name in enumerate(model.classes)}).to_numpy(dtype=int)
    return model.with_branches([GRADIENT], features, codes).predict_held_out(features, folds).proba
