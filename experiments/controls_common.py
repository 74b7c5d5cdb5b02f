"""What the specificity controls share: features and held-out answers that are kept on disk, and paired intervals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import REPO
from held_out import atlas, kept
from kept_predictions import KeptPredictions
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rarml.core.files import atomic_file
from rarml.core.parallel import thread_count
from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.metrics import AUROC
from rarml.evaluation.tasks import CLASSES, task_scores, tasks_of
from rarml.training.dataset import Dataset
from rarml.workflows.settings import TrainSettings

WORK = REPO / "build" / "controls"
SEED = 2026
RESAMPLES = 500
CELLS = ("mcf-7", "sh-sy5y", "neural-organoid", "nb4")
MATCHED_ON = ("expression:mean", "composition:gc", "composition:cpg_oe")

Row = dict[str, Any]


def kept_answers(kind: str, cell: str) -> KeptPredictions:
    """Held-out tables of models of a cell type that read features made here, for one kind of control."""
    return kept(f"controls-{kind}", cell, atlas().digest)


def kept_features(name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A table from build/controls, made and written there first if need be (whole, or not at all).

    Tables lie in a folder per atlas, so that a new atlas starts afresh.
    """
    file = WORK / atlas().digest[:12] / (re.sub(r"[^\w.-]+", "_", name) + ".parquet")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = make()
        with atomic_file(file) as temporary:
            made.to_parquet(temporary, index=True)
    return pd.read_parquet(file)


def held_out_trees(features: pd.DataFrame, data: Dataset, settings: TrainSettings, *, seed: int) -> pd.DataFrame:
    """Each fold of chromosomes by boosted trees on the other folds, without relatives of its genes; not calibrated.

    `features` holds the training genes to use, by row; the result has columns ``p_<class>`` for the same genes.
    """
    status = data.status.loc[features.index]
    fold, group = data.folds.loc[features.index].to_numpy(), data.groups.loc[features.index].to_numpy(dtype=str)
    classes = [name for name in CLASSES if (status == name).any()]
    codes = status.map({name: code for code, name in enumerate(classes)}).to_numpy(dtype=int)
    values = np.ascontiguousarray(features.to_numpy(dtype=np.float32))
    gradient = settings.model.gradient
    weights = gradient.column_weights(list(features.columns))
    proba = np.zeros((len(values), len(classes)))

    def fit(k: int) -> None:
        test = fold == k
        train = ~test & ~np.isin(group, np.unique(group[test]))
        model = gradient.trees(child_seed(seed, "trees"))
        model.fit(values[train], codes[train], column_weights=weights)
        proba[test] = model.predict_proba(values[test])

    with threadpool_limits(1), ThreadPoolExecutor(thread_count()) as pool:
        list(pool.map(fit, np.unique(fold)))
    return pd.DataFrame(proba, index=features.index, columns=[f"p_{name}" for name in classes])


def mean_auroc(
    scores: Sequence[NDArray[np.float64]],
    truth: NDArray[np.bool_],
    groups: NDArray[Any],
    *,
    against: Sequence[NDArray[np.float64]] | None = None,
    name: str = "",
) -> Row:
    """Mean AUROC over seeds with its 95 % cluster-bootstrap interval, and its gain over other scores (paired)."""
    resamples = Resamples(groups, RESAMPLES, child_seed(SEED, "controls", name))
    value = np.mean([AUROC(truth, score) for score in scores])
    drawn = np.mean([resamples.values(AUROC, truth, score) for score in scores], axis=0)
    own = interval(float(value), drawn)
    row: Row = {"auroc": own.value, "low": own.low, "high": own.high, "n": len(truth), "n_positive": int(truth.sum())}
    if against is not None:
        base = np.mean([AUROC(truth, score) for score in against])
        other = np.mean([resamples.values(AUROC, truth, score) for score in against], axis=0)
        gain = interval(float(value - base), drawn - other)
        row |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
    return row


def judge(
    held_out: dict[str, list[pd.DataFrame]], data: Dataset, pairs: Sequence[tuple[str, str]], **facts: object
) -> list[Row]:
    """Every task for the first of each pair of feature sets, with its gain over the second ('' for none).

    `held_out` lists one table per seed; all tables are of the same genes.
    """
    rows = []
    for name, against in pairs:
        tables = held_out[name]
        genes = tables[0].index
        status, groups = data.status.loc[genes], data.groups.loc[genes].to_numpy(dtype=str)
        for task in tasks_of([column[2:] for column in tables[0].columns]):
            if task == "responsive v unresponsive":
                continue
            used, truth, _ = task_scores(task, tables[0], status)
            scores = [task_scores(task, table, status)[2] for table in tables]
            others = [task_scores(task, table, status)[2] for table in held_out[against]] if against else None
            found = mean_auroc(scores, truth, groups[used], against=others, name=task)
            rows.append({**facts, "task": task, "features": name, "against": against, **found})
    return rows


def shown(row: Row, key: str = "auroc") -> str:
    """``0.61 [0.58, 0.64]`` of a row, or the gain with its sign."""
    if key == "gain":
        text = f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
        return f"**{text}**" if row["gain_low"] > 0 or row["gain_high"] < 0 else text
    return f"{row['auroc']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"


def plain(value: Any) -> Any:
    """What JSON can hold: numbers of 5 digits, None for what is not finite."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = float(value)
    return round(number, 5) if np.isfinite(number) else None


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table."""
    return ["| " + " | ".join(header) + " |", "|---" * len(header) + "|", *("| " + " | ".join(r) + " |" for r in rows)]


def reference_path(text: str) -> Path:
    """A built reference, by its folder."""
    path = Path(text)
    if not (path / "manifest.json").is_file():
        raise SystemExit(
            f"no built reference at {path}: rarml reference build configs/reference-hg38.yaml --out {path}"
        )
    return path
