"""The questions a model is asked: which genes each task compares, and which score ranks them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from rarml.core.errors import InputError, did_you_mean
from rarml.evaluation.ranking import Bools, Floats

CLASSES = ("up", "down", "unresponsive")
# task -> (positive classes, negative classes)
TASKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "up v unresponsive": (("up",), ("unresponsive",)),
    "down v unresponsive": (("down",), ("unresponsive",)),
    "up v down": (("up",), ("down",)),
    "responsive v unresponsive": (("up", "down"), ("unresponsive",)),
}


def tasks_of(classes: Iterable[str]) -> list[str]:
    """Tasks whose classes are all among `classes`, in the order of `TASKS`.

    With up and unresponsive alone only "up v unresponsive" remains: "responsive" would be the same question twice.
    """
    known = set(classes)
    return [task for task, (positive, negative) in TASKS.items() if known.issuperset(positive + negative)]


def classes_of(proba: pd.DataFrame) -> tuple[str, ...]:
    """Classes that have a column ``p_<class>``, in the order up, down, unresponsive."""
    return tuple(name for name in CLASSES if f"p_{name}" in proba)


def task_scores(task: str, proba: pd.DataFrame, status: pd.Series) -> tuple[Bools, Bools, Floats]:
    """The genes, the truth and the score of one task.

    The score of "A v B" is p_A / (p_A + p_B), so that a third class does not dilute it; one half where both are 0.

    Parameters
    ----------
    task : str
        A key of `TASKS`.
    proba : DataFrame
        Columns ``p_<class>``, one row for each gene.
    status : Series of str
        Called status, indexed by gene; other statuses (ambiguous, untested) and genes without one are in no task.

    Returns
    -------
    used : ndarray of bool, shape (len(proba),)
        Rows of `proba` that the task compares.
    truth : ndarray of bool, shape (used.sum(),)
    score : ndarray of float64, shape (used.sum(),)

    Raises
    ------
    InputError
        If the task is unknown, or `proba` lacks one of its classes.
    """
    if task not in TASKS:
        raise InputError(f"no task {task!r}", fix=did_you_mean(task, TASKS))
    positive, negative = TASKS[task]
    absent = [f"p_{name}" for name in positive + negative if f"p_{name}" not in proba]
    if absent:
        raise InputError(f"{task!r} needs the column {absent[0]!r}", fix="ask only the tasks of tasks_of(classes)")
    own = status.reindex(proba.index)
    is_positive = own.isin(positive).to_numpy(dtype=bool)
    used = is_positive | own.isin(negative).to_numpy(dtype=bool)
    chosen = proba.loc[used]
    p = chosen[[f"p_{name}" for name in positive]].to_numpy(dtype=np.float64).sum(axis=1)
    q = chosen[[f"p_{name}" for name in negative]].to_numpy(dtype=np.float64).sum(axis=1)
    score = np.divide(p, p + q, out=np.where(np.isnan(p + q), np.nan, 0.5), where=p + q > 0)
    return used, is_positive[used], score
