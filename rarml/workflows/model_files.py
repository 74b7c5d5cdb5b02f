"""The trained model as files of a bundle and back, with the self-test that loading runs."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rarml.bundle.load import LABELS, PREDICTIONS, Bundle
from rarml.core.errors import BundleError, InputError, RarmlError
from rarml.core.strict_json import parse_json
from rarml.estimators.domain import DomainCheck
from rarml.training.conformal import CrossConformal
from rarml.training.parts import from_parts, to_parts
from rarml.workflows.predictions import TrainedModel, predict_genes

DOMAIN = "domain.json"
SELF_TEST = "self_test.json"
CONFORMAL = "conformal.json"
SELF_TEST_GENES = 4
TOLERANCE = 1.01e-4
_MEND = "restore the model folder"


def model_files(model: TrainedModel) -> dict[str, bytes]:
    """Bytes of the fitted parts by path in the bundle."""
    files = {f"model/{name}": content for name, content in to_parts(model.full).items()}
    files |= {f"baseline/{name}": content for name, content in to_parts(model.baseline).items()}
    files[DOMAIN] = _json_bytes(model.domain.to_dict())
    files[CONFORMAL] = _json_bytes(model.conformal.to_dict())
    return files


def table_files(predictions: pd.DataFrame, labels: pd.DataFrame) -> dict[str, bytes]:
    """Bytes of the two gene tables; the same tables give the same bytes."""
    return {PREDICTIONS: _parquet_bytes(predictions), LABELS: _parquet_bytes(labels)}


def self_test(model: TrainedModel, features: pd.DataFrame, folds: pd.Series) -> dict[str, bytes]:
    """Inputs of a few genes and the answers expected of them."""
    step = max(1, len(features) // SELF_TEST_GENES)
    chosen = features.iloc[::step].iloc[:SELF_TEST_GENES]
    expected = predict_genes(model, chosen, folds)
    content = {
        "columns": list(chosen.columns),
        "folds": {str(gene): int(folds[gene]) for gene in chosen.index},
        "inputs": {str(gene): _numbers(row) for gene, row in zip(chosen.index, chosen.to_numpy(), strict=True)},
        "expected": {
            str(gene): dict(zip(expected.columns, _numbers(row), strict=True))
            for gene, row in zip(expected.index, expected.to_numpy(), strict=True)
        },
        "tolerance": TOLERANCE,
    }
    return {SELF_TEST: _json_bytes(content)}


def load_model(bundle: Bundle) -> TrainedModel:
    """The fitted model of a bundle, after its self-test has passed.

    Raises
    ------
    BundleError
        If a part is damaged or does not fit the others, the libraries here are older than those that wrote it, or they
        give other answers to the self-test.
    """
    domain, conformal, expected = (_object(bundle, name) for name in (DOMAIN, CONFORMAL, SELF_TEST))
    try:
        check = DomainCheck.from_dict(domain)
    except BundleError as error:
        raise BundleError(error.what, where=bundle.path / DOMAIN, fix=_MEND) from error
    model = TrainedModel(
        full=from_parts(bundle.parts("model"), where=str(bundle.path / "model")),
        baseline=from_parts(bundle.parts("baseline"), where=str(bundle.path / "baseline")),
        domain=check,
        conformal=CrossConformal.from_dict(conformal, where=str(bundle.path / CONFORMAL)),
    )
    _require_fit(bundle, model)
    run_self_test(model, expected, where=str(bundle.path / SELF_TEST))
    return model


def run_self_test(model: TrainedModel, content: Mapping[str, Any], *, where: str) -> None:
    """Predict the stored inputs and compare with the stored answers.

    Raises
    ------
    BundleError
        If an answer differs, the test has no genes or a wider tolerance than rarml writes, or it is damaged.
    """
    try:
        genes = list(content["inputs"])
        rows = [[np.nan if value is None else value for value in content["inputs"][gene]] for gene in genes]
        features = pd.DataFrame(rows, index=genes, columns=list(content["columns"]), dtype=np.float32)
        tolerance = float(content["tolerance"])
        if not genes or not 0 <= tolerance <= TOLERANCE:
            raise BundleError("self-test tests nothing: it has no genes, or forgives any difference")
        found = predict_genes(model, features, pd.Series(content["folds"]))
        for gene in genes:
            expected = content["expected"][gene]
            if set(expected) != set(found.columns):
                raise BundleError(f"self-test does not fit the model: it has other answers for {gene[:40]!r}")
            for column, wanted in expected.items():
                got = float(found.loc[gene, column])
                if np.isnan(got) != (wanted is None) or (wanted is not None and not abs(got - wanted) <= tolerance):
                    shown = "none" if wanted is None else f"{wanted:.5f}"
                    raise BundleError(
                        f"self-test fails: {column} of {gene} is {got:.5f}, expected {shown}",
                        fix="use the library versions that the bundle names, see rarml models show",
                    )
    except RarmlError as error:
        raise BundleError(error.what, where=where, fix=error.fix or _MEND) from error
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise BundleError(f"self-test is damaged: {str(error)[:120]}", where=where, fix=_MEND) from error


def _object(bundle: Bundle, name: str) -> dict[str, Any]:
    """The JSON object that a file of the bundle holds."""
    try:
        content = parse_json(bundle.read(name), where=str(bundle.path / name))
    except InputError as error:
        raise BundleError(error.what, where=error.where, fix=_MEND) from error
    if not isinstance(content, dict):
        raise BundleError("holds no JSON object", where=bundle.path / name, fix=_MEND)
    return content


def _require_fit(bundle: Bundle, model: TrainedModel) -> None:
    """The parts must be of the columns, classes and folds that the manifest and each other name."""
    manifest = bundle.manifest
    for name, part, columns in (
        ("model", model.full, manifest.columns),
        ("baseline", model.baseline, manifest.baseline_columns),
    ):
        if list(part.columns) != columns or list(part.classes) != manifest.classes:
            raise BundleError("is of other columns or classes than bundle.json", where=bundle.path / name, fix=_MEND)
    if len(model.domain.low_) != len(model.full.columns):
        raise BundleError("is of other columns than the model", where=bundle.path / DOMAIN, fix=_MEND)
    folds = range(model.full.settings.n_folds)
    pairs = {(k, m) for k in folds for m in folds if k != m}
    widths = {len(part.counts_) for part in model.conformal.parts.values()}
    if set(model.conformal.parts) != pairs or widths != {len(model.full.classes)}:
        raise BundleError("is of other folds or classes than the model", where=bundle.path / CONFORMAL, fix=_MEND)


def _numbers(row: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in row]


def _json_bytes(value: object) -> bytes:
    return (json.dumps(value, sort_keys=True, allow_nan=False) + "\n").encode()


def _parquet_bytes(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, compression="zstd", compression_level=19)
    return buffer.getvalue()
