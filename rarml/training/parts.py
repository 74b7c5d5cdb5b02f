"""A cross-fitted model as JSON parts and back; the same model gives the same bytes."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

from rarml.core.errors import BundleError, RarmlError
from rarml.core.parallel import thread_count
from rarml.core.strict_json import parse_json
from rarml.estimators.gradient import GradientClassifier, require_library
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.stack import StackedCalibrator
from rarml.training.branches import GRADIENT, branch_columns
from rarml.training.crossfit import CrossfitModel, CrossfitSettings

_MOST = 1 << 28  # bytes of JSON; the largest shipped model has 4 million
_MEND = "restore the model folder"
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
        facts = _unpack(parts[FACTS], FACTS)
        require_library(facts["xgboost"], where=where)
        boosters = _unpack(parts[BOOSTERS], BOOSTERS)
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
        _check_shape(facts, gradient, linear, settings)
        return CrossfitModel(
            columns=tuple(facts["columns"]),
            classes=tuple(facts["classes"]),
            branches={name: gradient if name == GRADIENT else linear[name] for name in facts["branches"]},
            stacks=tuple(StackedCalibrator.from_dict(content) for content in facts["stacks"]),
            training_folds=training_folds,
            relatives=pd.DataFrame(kin, index=training_folds.index),
            settings=settings,
        )
    except RarmlError as error:
        place = f"{where}/{error.where}" if error.where in parts else error.where or where
        raise BundleError(error.what, where=place, fix=error.fix or _MEND) from error
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, EOFError, lzma.LZMAError) as error:
        raise BundleError(f"model files are damaged: {error}", where=where, fix=_MEND) from error


def _unpack(packed: bytes, name: str) -> dict[str, Any]:
    """The JSON object of an xz file that unpacks to no more than `_MOST` bytes."""
    unpacker = lzma.LZMADecompressor(memlimit=_MOST)
    text = unpacker.decompress(packed, max_length=_MOST)
    if not unpacker.eof:
        absurd = len(text) >= _MOST
        raise ValueError(f"{name} unpacks to an absurd size" if absurd else f"{name} is cut short")
    content = parse_json(text, where=name)
    if not isinstance(content, dict):
        raise ValueError(f"{name} holds no object")
    return content


def _check_shape(
    facts: dict[str, Any],
    gradient: Mapping[tuple[int, int], GradientClassifier],
    linear: Mapping[str, Mapping[tuple[int, int], LinearClassifier]],
    settings: CrossfitSettings,
) -> None:
    """Raise `ValueError` where branches, columns, classes, folds and stacks do not belong together."""
    numbers = branch_columns(tuple(facts["columns"]))
    pairs = set(combinations(range(settings.n_folds), 2))
    branches = {name: gradient if name == GRADIENT else linear[name] for name in facts["branches"]}
    for name, models in branches.items():
        if set(models) != pairs:
            raise ValueError(f"branch {name!r} lacks a pair of folds")
        for fitted in models.values():
            if fitted.n_features_in_ != len(numbers[name]) or len(fitted.classes_) != len(facts["classes"]):
                raise ValueError(f"branch {name!r} is of other columns or classes")
    if len(facts["stacks"]) != settings.n_folds:
        raise ValueError("a fold has no stack")
    for stack in facts["stacks"]:
        if np.shape(stack["weight"]) != (len(branches), len(facts["classes"])):
            raise ValueError("a stack is of other branches or classes")


def _pack(value: object) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return lzma.compress(text.encode(), preset=9)


def _name(pair: tuple[int, int]) -> str:
    return f"{pair[0]}-{pair[1]}"


def _pair(name: str) -> tuple[int, int]:
    first, second = name.split("-")
    return int(first), int(second)
