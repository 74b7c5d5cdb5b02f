"""Held-out probabilities of every predictor that is compared: made once per cell type and seed, kept in build/held-out.

The folder is named by what the numbers depend on (features, labels, folds, settings), so a stale table is never read.
"""

from __future__ import annotations

import hashlib
import re
import time
from functools import cache
from pathlib import Path

import pandas as pd
from common import REPO, dataset

from rarml.core.seeds import child_seed
from rarml.evaluation.baselines import COVARIATES
from rarml.features.atlas import Atlas, load_atlas
from rarml.training.branches import GRADIENT, LINEAR, SEQUENCE
from rarml.training.crossfit import crossfit
from rarml.training.dataset import Dataset
from rarml.workflows.model_evaluation import baseline_predictions
from rarml.workflows.settings import TrainSettings
from rarml.workflows.train import fit

WORK = REPO / "build" / "held-out"
PEERS = REPO / "build" / "peers"
SEED = 2026
STACK = "stack"
# what is left of the stack without a branch, or without a block in all of them
PARTS = {
    "gradient model": [GRADIENT],
    "linear model": [LINEAR],
    "sequence branch": [SEQUENCE],
    "stack without sequence": [GRADIENT, LINEAR],
    "stack without linear": [GRADIENT, SEQUENCE],
    "stack without gradient": [LINEAR, SEQUENCE],
    STACK: [GRADIENT, LINEAR, SEQUENCE],
}
WITHOUT = {f"stack without {block}": block for block in ("coexpression", "chromatin", "rare")}


@cache
def atlas() -> Atlas:
    """The shipped atlas."""
    return load_atlas(REPO / "models" / "atlas")


@cache
def cell_data(cell: str) -> tuple[Dataset, TrainSettings]:
    """What the shipped model of a cell type is trained on."""
    return dataset(cell, atlas())


def held_out(cell: str, seeds: int, *, without_blocks: bool = False) -> dict[str, list[pd.DataFrame]]:
    """Per predictor one table of ``p_<class>`` per seed, of the training genes, each by models that saw nothing of it.

    Parameters
    ----------
    cell : str
        Name of a shipped model.
    seeds : int
        Seeds of the fits; the folds are the same.
    without_blocks : bool
        Also fit the stack without each of three blocks (slow).
    """
    found: dict[str, list[pd.DataFrame]] = {}
    for k in range(seeds):
        for name, table in _of_seed(cell, k, without_blocks).items():
            found.setdefault(name, []).append(table)
    return found


def peers(cell: str) -> dict[str, list[pd.DataFrame]]:
    """The held-out tables that `peers/run.py` wrote, by peer."""
    found: dict[str, list[pd.DataFrame]] = {}
    for file in sorted((PEERS / cell).glob("*.parquet")):
        found.setdefault(file.stem.rpartition("-")[0], []).append(pd.read_parquet(file))
    return found


def mean(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Probabilities averaged over seeds."""
    return sum(tables[1:], tables[0]) / len(tables)


def _of_seed(cell: str, k: int, without_blocks: bool) -> dict[str, pd.DataFrame]:
    data, settings = cell_data(cell)
    folder = WORK / cell / _digest(data, settings)
    folder.mkdir(parents=True, exist_ok=True)
    seeded = settings.model_copy(update={"seed": child_seed(SEED, "held out", k)})
    found = _kept(folder, k, "main")
    if not found:
        began = time.perf_counter()
        genes = data.status.index
        model = fit(data, seeded)
        codes = data.status.map({name: code for code, name in enumerate(data.classes)}).to_numpy(dtype=int)
        training = data.features.loc[genes]
        found = {
            name: model.full.with_branches(branches, training, codes).predict_held_out(training, data.folds).proba
            for name, branches in PARTS.items()
        }
        covariates = model.baseline.predict_held_out(training[data.baseline_columns], data.folds).proba
        found |= baseline_predictions(data, atlas(), covariates, seeded)
        _keep(found, folder, k, "main")
        print(f"{cell:16s} seed {k}: {time.perf_counter() - began:5.0f} s", flush=True)
    if without_blocks:
        for name, block in WITHOUT.items():
            found |= _kept(folder, k, name) or _keep({name: _stack_without(block, data, seeded)}, folder, k, name)
    return found


def _stack_without(block: str, data: Dataset, settings: TrainSettings) -> pd.DataFrame:
    columns = [name for name in data.features if name.partition(":")[0] != block]
    features = data.features.loc[data.status.index, columns]
    seed = child_seed(settings.seed, "model")
    model = crossfit(features, data.status, data.folds, settings.model, seed=seed, groups=data.groups)
    return model.predict_held_out(features, data.folds).proba


def _digest(data: Dataset, settings: TrainSettings) -> str:
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for part in (data.features, data.status, data.folds, data.groups):
        digest.update(pd.util.hash_pandas_object(part).to_numpy().tobytes())
    digest.update("\n".join(data.features.columns).encode())
    return digest.hexdigest()[:12]


def _kept(folder: Path, k: int, what: str) -> dict[str, pd.DataFrame]:
    file = folder / f"{_slug(what)}-{k}.parquet"
    if not file.is_file():
        return {}
    table = pd.read_parquet(file)
    return {name: table.xs(name, axis=1, level=0) for name in table.columns.unique(0)}


def _keep(tables: dict[str, pd.DataFrame], folder: Path, k: int, what: str) -> dict[str, pd.DataFrame]:
    file = folder / f"{_slug(what)}-{k}.parquet"
    temporary = file.with_suffix(".part")
    pd.concat(tables, axis=1).to_parquet(temporary)
    temporary.replace(file)
    return tables


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())


__all__ = ["COVARIATES", "PARTS", "STACK", "WITHOUT", "atlas", "cell_data", "held_out", "mean", "peers"]
