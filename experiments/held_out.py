"""Held-out probabilities of every predictor that is compared: made once per cell type and seed, and kept.

See `kept_predictions.py` for where. Tables are of one set of features, labels, folds and settings; of others they are
made anew.
"""

from __future__ import annotations

import hashlib
import time
from functools import cache, partial

import pandas as pd
from common import REPO, dataset
from kept_predictions import KeptPredictions

from rarml.core.seeds import child_seed
from rarml.evaluation.baselines import COVARIATES
from rarml.features.atlas import Atlas, load_atlas
from rarml.training.branches import GRADIENT, LINEAR, SEQUENCE
from rarml.training.crossfit import crossfit
from rarml.training.dataset import Dataset
from rarml.workflows.model_evaluation import baseline_predictions
from rarml.workflows.settings import TrainSettings
from rarml.workflows.train import fit

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
BASES, FEATURES = "bases", "features"
PEERS = {
    "kmer-logistic": BASES,
    "feature-logistic": FEATURES,
    "feature-boosting": FEATURES,
    "feature-forest": FEATURES,
    "feature-network": FEATURES,
    "gapped-kmer-svm": BASES,
    "xpresso-like": BASES,
    "toolkit-cnn": BASES,
}
"""What each peer of `peers/run.py` reads; those that are quick come first."""
WITHOUT = {f"stack without {block}": block for block in ("coexpression", "chromatin", "rare")}


@cache
def atlas() -> Atlas:
    """The shipped atlas."""
    return load_atlas(REPO / "models" / "atlas")


@cache
def cell_data(cell: str) -> tuple[Dataset, TrainSettings]:
    """What the shipped model of a cell type is trained on."""
    return dataset(cell, atlas())


def held_out(cell: str, seeds: int) -> dict[str, list[pd.DataFrame]]:
    """Per predictor one table of ``p_<class>`` per seed, of the training genes, each by models that saw nothing of it.

    Parameters
    ----------
    cell : str
        Name of a shipped model.
    seeds : int
        Seeds of the fits; the folds are the same.
    """
    found: dict[str, list[pd.DataFrame]] = {}
    for k in range(seeds):
        for name, table in _of_seed(cell, k).items():
            found.setdefault(name, []).append(table)
    return found


def without_blocks(cell: str, seeds: int) -> dict[str, list[pd.DataFrame]]:
    """The stack without each of three blocks, one table per seed; these are the first seeds of `held_out`."""
    data, settings = cell_data(cell)
    own = kept("blocks-out", cell)
    return {
        name: [own.of_seed(name, k, partial(_stack_without, block, data, _seeded(settings, k))) for k in range(seeds)]
        for name, block in WITHOUT.items()
    }


def peers(cell: str, most: int) -> dict[str, list[pd.DataFrame]]:
    """The tables that `peers/run.py` kept, by peer, of at most so many seeds."""
    found = {name: kept_peer(cell, reads).all_seeds(name, most) for name, reads in PEERS.items()}
    return {name: tables for name, tables in found.items() if tables}


@cache
def kept_peer(cell: str, reads: str) -> KeptPredictions:
    """Tables of peers that read bases (they hold for any features of the same reference), or features."""
    data, _ = cell_data(cell)
    if reads == FEATURES:
        return KeptPredictions("peers", cell, data_digest(data))
    return KeptPredictions(
        "peers-on-bases", cell, labels_digest(data, f"reference {atlas().manifest['reference_digest']}")
    )


def mean(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Probabilities averaged over seeds."""
    return sum(tables[1:], tables[0]) / len(tables)


def data_digest(data: Dataset) -> str:
    """A digest of features, classes, folds and groups: what any model of a cell type depends on."""
    digest = hashlib.sha256()
    for part in (data.features, data.status, data.folds, data.groups):
        digest.update(pd.util.hash_pandas_object(part).to_numpy().tobytes())
    digest.update("\n".join(data.features.columns).encode())
    return digest.hexdigest()[:16]


def labels_digest(data: Dataset, *more: str) -> str:
    """A digest of classes, folds and groups, and of what else is named: what a model without features depends on."""
    digest = hashlib.sha256()
    for part in (data.status, data.folds, data.groups):
        digest.update(pd.util.hash_pandas_object(part).to_numpy().tobytes())
    digest.update(" ".join(more).encode())
    return digest.hexdigest()[:16]


def inputs_digest(data: Dataset, settings: TrainSettings, *more: str) -> str:
    """A digest of what models depend on: data, settings, and what else is named."""
    parts = " ".join([data_digest(data), settings.model_dump_json(), *more])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


@cache
def kept(kind: str, cell: str, *more: str) -> KeptPredictions:
    """Tables of models of a cell type; `more` names what they depend on beside its data and settings."""
    return KeptPredictions(kind, cell, inputs_digest(*cell_data(cell), *more))


def _of_seed(cell: str, k: int) -> dict[str, pd.DataFrame]:
    data, settings = cell_data(cell)
    own = kept("stack", cell)
    found = {name: table for name in own.names() if (table := own.get(name, k)) is not None}
    if not found:
        began = time.perf_counter()
        found = own.put(_fitted(data, _seeded(settings, k)), k)
        print(f"{cell:16s} seed {k}: {time.perf_counter() - began:5.0f} s", flush=True)
    return found


def _seeded(settings: TrainSettings, k: int) -> TrainSettings:
    return settings.model_copy(update={"seed": child_seed(SEED, "held out", k)})


def _fitted(data: Dataset, settings: TrainSettings) -> dict[str, pd.DataFrame]:
    """The stack, what is left of it without parts, and the baselines."""
    model = fit(data, settings)
    codes = data.status.map({name: code for code, name in enumerate(data.classes)}).to_numpy(dtype=int)
    training = data.features.loc[data.status.index]
    found = {
        name: model.full.with_branches(branches, training, codes).predict_held_out(training, data.folds).proba
        for name, branches in PARTS.items()
    }
    covariates = model.baseline.predict_held_out(training[data.baseline_columns], data.folds).proba
    return found | baseline_predictions(data, atlas(), covariates, settings)


def _stack_without(block: str, data: Dataset, settings: TrainSettings) -> pd.DataFrame:
    columns = [name for name in data.features if name.partition(":")[0] != block]
    features = data.features.loc[data.status.index, columns]
    seed = child_seed(settings.seed, "model")
    model = crossfit(features, data.status, data.folds, settings.model, seed=seed, groups=data.groups)
    return model.predict_held_out(features, data.folds).proba


__all__ = ["BASES", "COVARIATES", "FEATURES", "PARTS", "PEERS", "STACK", "WITHOUT"]
__all__ += ["atlas", "cell_data", "data_digest", "held_out", "inputs_digest", "kept", "kept_peer", "mean", "peers"]
__all__ += ["without_blocks"]
