"""A cross-fitted model as JSON parts and back; the same model gives the same bytes."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xgboost as xgb

from rarml.core.errors import BundleError
from rarml.core.parallel import thread_count
from rarml.estimators.gradient import GradientClassifier, require_library
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.stack import StackedCalibrator
from rarml.training.branches import GRADIENT
from rarml.training.crossfit import CrossfitModel, CrossfitSettings

FACTS = "crossfit.json.xz"
BOOSTERS = "boosters.json.xz"


def to_parts(model: CrossfitModel) -> dict[str, bytes]:
    """Two files: facts (columns, folds, stacks, linear branches) and all boosters in their own JSON; xz-compressed."""
    facts = {
        "columns": list(model.columns),
        "classes": list(model.classes),
        "branches": list(model.branches),
        "stacks": [stack.to_dict() for stack in model.stacks],
        "linear": {
            name: {_name(pair): fitted.to_dict() for pair, fitted in sorted(models.items())}
            for name, models in model.branches.items()
            if name != GRADIENT
        },
        "training_folds": {str(gene): int(fold) for gene, fold in model.training_folds.items()},
        "relatives": {
            str(gene): np.flatnonzero(row).tolist()
            for gene, row in zip(model.relatives.index, model.relatives.to_numpy(dtype=bool), strict=True)
            if row.any()
        },
        "settings": model.settings.model_dump(mode="json"),
        "xgboost": xgb.__version__,
    }
    boosters = {_name(pair): fitted.to_dict() for pair, fitted in sorted(model.branches.get(GRADIENT, {}).items())}
    return {FACTS: _pack(facts), BOOSTERS: _pack(boosters)}


def from_parts(parts: Mapping[str, bytes], *, where: str = "model") -> CrossfitModel:
    """The inverse of `to_parts`.

    Raises
    ------
    BundleError
        If a part is missing or damaged, or was written with a newer XGBoost than the one here.
    """
    try:
        facts = json.loads(lzma.decompress(parts[FACTS]))
        require_library(facts["xgboost"], where=where)
        boosters = json.loads(lzma.decompress(parts[BOOSTERS]))
        threads = thread_count()
        gradient = {
            _pair(name): GradientClassifier.from_dict(content, n_threads=threads) for name, content in boosters.items()
        }
        linear = {
            branch: {_pair(name): LinearClassifier.from_dict(content) for name, content in models.items()}
            for branch, models in facts["linear"].items()
        }
        settings = CrossfitSettings.model_validate(facts["settings"])
        training_folds = pd.Series(facts["training_folds"], dtype=int, name="fold")
        kin = np.zeros((len(training_folds), settings.n_folds), dtype=bool)
        for gene, folds in facts["relatives"].items():
            kin[training_folds.index.get_loc(gene), folds] = True
        return CrossfitModel(
            columns=tuple(facts["columns"]),
            classes=tuple(facts["classes"]),
            branches={name: gradient if name == GRADIENT else linear[name] for name in facts["branches"]},
            stacks=tuple(StackedCalibrator.from_dict(content) for content in facts["stacks"]),
            training_folds=training_folds,
            relatives=pd.DataFrame(kin, index=training_folds.index),
            settings=settings,
        )
    except (KeyError, ValueError, TypeError, IndexError, EOFError, lzma.LZMAError) as error:
        raise BundleError(f"model files are damaged: {error}", where=where, fix="restore the model folder") from error


def _pack(value: object) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return lzma.compress(text.encode(), preset=9)


def _name(pair: tuple[int, int]) -> str:
    return f"{pair[0]}-{pair[1]}"


def _pair(name: str) -> tuple[int, int]:
    first, second = name.split("-")
    return int(first), int(second)
