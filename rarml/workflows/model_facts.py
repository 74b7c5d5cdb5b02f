"""The facts of a trained model that `bundle.json` holds: identity, context, numbers, versions."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import pandas as pd

from rarml import __version__
from rarml.features.atlas import Atlas
from rarml.labels.table import LabelTable
from rarml.training.branches import SEQUENCE
from rarml.training.dataset import Dataset
from rarml.workflows.predictions import TrainedModel
from rarml.workflows.records import records
from rarml.workflows.settings import TrainSettings

_LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "pyarrow")


def count_genes(labels: LabelTable, data: Dataset, atlas: Atlas) -> dict[str, int]:
    """The numbers of the summary line: what was read, mapped, called and used."""
    counts = dict(labels.counts())
    called = labels.table.index.intersection(atlas.genes.index)
    counts["without_sequence"] = int((~atlas.genes.loc[called, "has_sequence"]).sum())
    counts["eligible"] = len(data.status)
    counts |= {f"eligible_{name}": int((data.status == name).sum()) for name in data.classes}
    return counts


def model_facts(
    atlas: Atlas,
    labels: LabelTable,
    data: Dataset,
    model: TrainedModel,
    settings: TrainSettings,
    *,
    metrics: pd.DataFrame,
    counts: dict[str, int],
    branches: list[dict[str, Any]],
    evaluation: dict[str, list[dict[str, Any]]],
    audit: list[dict[str, Any]],
) -> dict[str, Any]:
    """Every field of `bundle.json` but the file digests."""
    prevalence = data.status.value_counts(normalize=True)
    versions = {name: version(name) for name in _LIBRARIES}
    return {
        "name": settings.name,
        "cell_type": settings.cell_type,
        "description": settings.description,
        "experimental": settings.experimental or labels.positive_unlabelled,
        "positive_unlabelled": labels.positive_unlabelled,
        "classes": list(model.full.classes),
        "prevalence": {name: round(float(prevalence[name]), 6) for name in model.full.classes},
        "context": settings.context.model_dump(mode="json"),
        "assembly": atlas.manifest["assembly"],
        "atlas_digest": atlas.digest,
        "encoder_digest": atlas.encoder_digest,
        "components_digest": atlas.components_digest,
        "columns": list(data.features.columns),
        "baseline_columns": list(data.baseline_columns),
        "blocks": list(dict.fromkeys(name.split(":", 1)[0] for name in data.features.columns)),
        "seed": settings.seed,
        "threads": 1,  # of each fit, however many run at once and wherever: the last digits depend on that alone
        "settings": settings.model_dump(mode="json"),
        "labels": labels.provenance,
        "counts": counts,
        "metrics": records(metrics),
        "importance": block_importance(model),
        "branches": branches,
        "evaluation": evaluation,
        "audit": audit,
        "stack_weights": {
            str(name): {str(label): round(float(weight), 4) for label, weight in row.items()}
            for name, row in model.full.stack_weights().iterrows()
        },
        "versions": {"rarml": __version__, "python": platform.python_version(), **versions, **_booster_version()},
    }


def block_importance(model: TrainedModel) -> dict[str, float]:
    """Share of the boosters' total gain by feature block; sums to 1 (empty for a model without boosters)."""
    gain = model.full.importance()
    gain = gain[[name.split(":", 1)[0] != SEQUENCE for name in gain.index]]
    shares = gain.groupby([name.split(":", 1)[0] for name in gain.index]).sum()
    total = float(shares.sum()) or 1.0
    return {str(block): round(float(value) / total, 6) for block, value in shares.sort_index().items()}


def _booster_version() -> dict[str, str]:
    import xgboost

    return {"xgboost": xgboost.__version__}
