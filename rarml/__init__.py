"""rarml: which genes respond to all-trans retinoic acid (ATRA) in a given cell type, and why.

>>> import rarml as ra
>>> ra.score(["RARB", "CYP26A1"], models=["sh-sy5y"]).table  # doctest: +SKIP

Names are loaded when they are first used, so that ``import rarml`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "ChromosomeFolds": "rarml.api.folds",
    "GeneFeatures": "rarml.api.genes",
    "Model": "rarml.api.model",
    "RarmlError": "rarml.core.errors",
    "Reference": "rarml.reference.store",
    "RetinoidResponseClassifier": "rarml.training.response_classifier",
    "compare": "rarml.workflows.compare",
    "list_models": "rarml.api.model",
    "load_model": "rarml.api.model",
    "read_labels": "rarml.api.labels",
    "resolve_genes": "rarml.api.genes",
    "scan": "rarml.api.scan",
    "score": "rarml.workflows.score",
}
__all__ = ["__version__", *_PLACES]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'rarml' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
