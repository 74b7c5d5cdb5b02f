"""The trained model as files of a bundle and back, with the self-test that loading runs."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from rarml.bundle.load import LABELS, PREDICTIONS, Bundle
from rarml.core.errors import BundleError
from rarml.estimators.domain import DomainCheck
from rarml.training.conformal import CrossConformal
from rarml.training.parts import from_parts, to_parts
from rarml.workflows.predictions import TrainedModel, predict_genes

SELF_TEST = "self_test.json"
CONFORMAL = "conformal.json"
SELF_TEST_GENES = 4
TOLERANCE = 1.01e-4


def model_files(model: TrainedModel) -> dict[str, bytes]:
    """Bytes of the fitted parts by path in the bundle."""
    files = {f"model/{name}": content for name, content in to_parts(model.full).items()}
    files |= {f"baseline/{name}": content for name, content in to_parts(model.baseline).items()}
    files["domain.json"] = _json_bytes(model.domain.to_dict())
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
        If the libraries here are older than those that wrote it, or give other answers to the self-test.
    """
    model = TrainedModel(
        full=from_parts(bundle.parts("model"), where=str(bundle.path / "model")),
        baseline=from_parts(bundle.parts("baseline"), where=str(bundle.path / "baseline")),
        domain=DomainCheck.from_dict(json.loads(bundle.read("domain.json"))),
        conformal=CrossConformal.from_dict(json.loads(bundle.read(CONFORMAL)), where=str(bundle.path / CONFORMAL)),
    )
    run_self_test(model, json.loads(bundle.read(SELF_TEST)), where=str(bundle.path / SELF_TEST))
    return model


def run_self_test(model: TrainedModel, content: Mapping[str, dict], *, where: str) -> None:
    """Predict the stored inputs and compare with the stored answers."""
    genes = list(content["inputs"])
    rows = [[np.nan if value is None else value for value in content["inputs"][gene]] for gene in genes]
    features = pd.DataFrame(rows, index=genes, columns=list(content["columns"]), dtype=np.float32)
    found = predict_genes(model, features, pd.Series(content["folds"]))
    for gene in genes:
        for column, wanted in content["expected"][gene].items():
            got = float(found.loc[gene, column])
            if wanted is not None and abs(got - wanted) > float(content["tolerance"]):  # type: ignore[arg-type]
                raise BundleError(
                    f"self-test fails: {column} of {gene} is {got:.5f}, expected {wanted:.5f}",
                    where=where,
                    fix="use the library versions that the bundle names, see rarml models show",
                )


def _numbers(row: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in row]


def _json_bytes(value: object) -> bytes:
    return (json.dumps(value, sort_keys=True, allow_nan=False) + "\n").encode()


def _parquet_bytes(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, compression="zstd", compression_level=19)
    return buffer.getvalue()
