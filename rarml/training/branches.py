"""The branches of a model: which columns each one reads, and how it is fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rarml.core.settings import Settings
from rarml.estimators.gradient import GradientClassifier
from rarml.estimators.linear import LinearClassifier

GRADIENT, LINEAR, SEQUENCE = "gradient", "linear", "sequence"
WHAT = {
    GRADIENT: "gradient-boosted trees on all measured and counted features",
    LINEAR: "logistic regression on the same features",
    SEQUENCE: "logistic regression on what the promoter encoders read off the bases",
}


OFTEN = ("expression", "composition", "coexpression")
"""Blocks whose columns trees draw most often."""


class GradientSettings(Settings):
    """Parameters of `rarml.estimators.gradient.GradientClassifier`, and how often it draws which columns.

    Attributes
    ----------
    n_rounds : int
        Boosting rounds.
    learning_rate : float
        Shrinkage of each round.
    max_depth : int
        Depth of a tree.
    min_child_weight : float
        Least sum of second derivatives in a leaf.
    reg_lambda : float
        Ridge on the leaves.
    subsample : float
        Share of genes per tree.
    colsample : float
        Share of columns per tree.
    max_bin : int
        Bins per column.
    balance : float
        Class weights: 0 none, 1 fully balanced; the joined probabilities are calibrated afterwards.
    draw_others : float
        Weight in the draw of a column that is neither expression, composition nor co-expression, which have 1. What
        tells little costs little then: drawn alike, chromatin and RAREs took more from the trees than they gave where
        they hold nothing new (experiments/results/stack_design.md).
    """

    n_rounds: int = Field(default=90, ge=1)
    learning_rate: float = Field(default=0.1, gt=0, le=1)
    max_depth: int = Field(default=3, ge=1, le=20)
    min_child_weight: float = Field(default=4.0, ge=0)
    reg_lambda: float = Field(default=4.0, ge=0)
    subsample: float = Field(default=0.8, gt=0, le=1)
    colsample: float = Field(default=0.3, gt=0, le=1)
    max_bin: int = Field(default=64, ge=2)
    balance: float = Field(default=0.5, ge=0, le=1)
    draw_others: float = Field(default=0.2, gt=0, le=1)

    def trees(self, seed: int) -> GradientClassifier:
        """Unfitted trees with these parameters."""
        return GradientClassifier(**self.model_dump(exclude={"draw_others"}), seed=seed)

    def column_weights(self, columns: Sequence[str]) -> NDArray[np.float32] | None:
        """Weight of each column in a tree's draw; None where all are alike."""
        often = np.isin([_block(name) for name in columns], OFTEN)
        if often.all() or not often.any() or self.draw_others == 1:
            return None
        return np.where(often, 1.0, self.draw_others).astype(np.float32)


class LinearSettings(Settings):
    """Parameters of the linear branch, a `rarml.estimators.linear.LinearClassifier` on standardised features.

    Attributes
    ----------
    C : float
        Inverse strength of the ridge.
    """

    C: float = Field(default=0.003, gt=0)


class SequenceSettings(Settings):
    """Parameters of the sequence branch, a `LinearClassifier` on the encoders' columns in their own units.

    What is predicted badly varies little, and so weighs little.

    Attributes
    ----------
    C : float
        Inverse strength of the ridge.
    """

    C: float = Field(default=0.1, gt=0)


BranchModel = GradientClassifier | LinearClassifier
"""A fitted branch: `predict_proba` gives uncalibrated probabilities."""


def branch_columns(columns: Sequence[str]) -> dict[str, list[int]]:
    """Numbers of the columns that each branch reads, the branch to trust first; one without columns is left out.

    The encoders' columns go to a linear branch of their own: boosted trees do no better with them than without, while a
    linear map of them, stacked, adds a little (experiments/results/sequence_model.md). It is also the answer to what
    sequence alone can tell.
    """
    sequence = [number for number, name in enumerate(columns) if _block(name) == SEQUENCE]
    others = [number for number, name in enumerate(columns) if _block(name) != SEQUENCE]
    return {name: numbers for name, numbers in ((GRADIENT, others), (LINEAR, others), (SEQUENCE, sequence)) if numbers}


def _block(column: str) -> str:
    return column.partition(":")[0]
