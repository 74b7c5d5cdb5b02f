"""What the report of a hyperparameter search is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class TunedSetting:
    """One tuned setting, all values in words.

    Attributes
    ----------
    path : str
        Dotted path.
    searched : str
        Range or choices.
    default, best : str
        Value before, and of the best trial over all folds.
    per_fold : tuple of str
        Value that the study without each outer fold chose; empty without the nested estimate.
    """

    path: str
    searched: str
    default: str
    best: str
    per_fold: tuple[str, ...] = ()


@dataclass(frozen=True)
class TrialPoint:
    """One trial of the history: its number, ``complete`` or ``pruned``, whether it is the default, its loss."""

    number: int
    state: str
    default: bool
    loss: float | None


@dataclass(frozen=True, eq=False)
class TuneContent:
    """A search.

    Attributes
    ----------
    name, cell_type : str
        Of the model that is tuned.
    settings : tuple of TunedSetting
    trials : tuple of TrialPoint
        Of the study over all folds, in order.
    loss, default_loss : float, float or None
        Mean log loss over inner folds of the best trial and of the default settings.
    importance : dict of str to float
        Share of each setting; empty where there are too few trials.
    metrics : DataFrame or None
        As of `rarml.evaluation.summary.evaluate`: tuned procedure, default settings, paired gain.
    verdict : tuple of str
        Whether tuning helped, in sentences.
    helped : bool or None
        The same in a word; None where it was not estimated.
    counts : dict of str to int
        Trials per state over all studies.
    n_studies, n_folds, genes : int
    notes : tuple of str
    provenance : dict of str to str
    """

    name: str
    cell_type: str
    settings: tuple[TunedSetting, ...]
    trials: tuple[TrialPoint, ...]
    loss: float
    default_loss: float | None
    importance: dict[str, float]
    metrics: pd.DataFrame | None
    verdict: tuple[str, ...]
    helped: bool | None
    counts: dict[str, int]
    n_studies: int
    n_folds: int
    genes: int
    notes: tuple[str, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)
