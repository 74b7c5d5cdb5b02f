"""Features and labels of the eligible genes, with the folds and groups that keep evaluation honest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from rarml.core.errors import InputError

RESPONSE_CLASSES = ("up", "down", "unresponsive")
COVARIATE_BLOCKS = ("expression", "composition")
LEAST_PER_CLASS = 20


@dataclass(frozen=True)
class Dataset:
    """What a model is trained on.

    Attributes
    ----------
    features : DataFrame
        Float32, one row per gene of the atlas (labelled or not), indexed by gene_id; missing values are NaN.
    baseline_columns : list of str
        The covariate columns (expression and composition) of `features`.
    status : Series of str
        Class per training gene (eligible and up, down or unresponsive), indexed by gene_id.
    eligibility : Series of str
        Per gene of the atlas: ``eligible`` or why not.
    folds : Series of int
        Outer fold per gene of the atlas.
    groups : Series of str
        Group of relatives per gene of the atlas: never split over training and test, and the unit of the bootstrap.
    """

    features: pd.DataFrame
    baseline_columns: list[str]
    status: pd.Series
    eligibility: pd.Series
    folds: pd.Series
    groups: pd.Series

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that occur, in the order up, down, unresponsive."""
        present = set(self.status)
        return tuple(name for name in RESPONSE_CLASSES if name in present)


def covariate_columns(columns: Sequence[str]) -> list[str]:
    """Columns of the covariate baseline: baseline expression and promoter composition."""
    return [name for name in columns if name.split(":", 1)[0] in COVARIATE_BLOCKS]


def training_status(status: pd.Series, eligibility: pd.Series, *, positive_unlabelled: bool) -> pd.Series:
    """Class per training gene: eligible, and up, down or unresponsive.

    Parameters
    ----------
    status : Series of str
        Called status per labelled gene, indexed by gene_id.
    eligibility : Series of str
        Per gene of the atlas, in its order.
    positive_unlabelled : bool
        The labels are a list of responsive genes only: every other eligible gene then counts as unresponsive
        (unlabelled), by the same eligibility rule as the listed ones. So do genes that the table holds without a
        result, as edgeR exports do where a gene is not significant.

    Raises
    ------
    InputError
        If a class has fewer than 20 genes, or fewer than two classes remain.
    """
    eligible = eligibility.index[(eligibility == "eligible").to_numpy()]
    aligned = status.reindex(eligible)
    if positive_unlabelled:
        aligned = aligned.replace("untested", "unresponsive").fillna("unresponsive")
    chosen = aligned[aligned.isin(RESPONSE_CLASSES)]
    counts = chosen.value_counts()
    shown = ", ".join(f"{name} {int(counts.get(name, 0))}" for name in RESPONSE_CLASSES)
    if len(counts) < 2 or "unresponsive" not in counts:
        raise InputError(
            f"too few classes to learn from among eligible genes ({shown})",
            fix="a table of significant genes only has no unresponsive genes: give the full table, "
            "or train on it as a gene set with --positive-unlabelled",
        )
    short = [name for name in counts.index if counts[name] < LEAST_PER_CLASS]
    if short:
        raise InputError(
            f"too few eligible genes that are {' and '.join(sorted(short))} ({shown}; {LEAST_PER_CLASS} are needed)",
            fix="loosen the calling rule, or check that the stand-in cells fit the table",
        )
    return chosen.rename("status")
