"""How each model ranks the genes of every label set: its own, and those of the other cell types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.mean_elsewhere import MEAN_ELSEWHERE, mean_elsewhere
from rarml.evaluation.metrics import AUPRC, AUROC
from rarml.evaluation.ranking import Bools, Floats, Ranked
from rarml.evaluation.tasks import CLASSES, TASKS, classes_of, task_scores, tasks_of

SUSPECT_ABOVE = 0.80
"""AUROC on an unseen cell type above which a leak is to be looked for (the band that rarml's audit works with)."""
_FACTS = ("model", "labels", "task", "metric", "value", "low", "high", "prevalence", "n", "n_positive", "suspect")
COLUMNS = (
    *_FACTS,
    *("covariates", "over_covariates", "over_covariates_low", "over_covariates_high"),
    *("elsewhere", "over_elsewhere", "over_elsewhere_low", "over_elsewhere_high", "n_elsewhere"),
)
_METRICS = (AUROC, AUPRC)  # in the order of `_of`


def transfer_matrix(
    held_out: Mapping[str, pd.DataFrame],
    labels: Mapping[str, pd.Series],
    groups: pd.Series,
    *,
    n_bootstrap: int,
    seed: int,
    covariates: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """AUROC and AUPRC of every model on every label set, beside two baselines.

    Parameters
    ----------
    held_out : mapping of model to DataFrame
        Columns ``p_<class>``, indexed by gene_id, by members that saw nothing of the gene's chromosome (so that both
        the gene and, off the diagonal, the cell type are unseen). Genes with a missing probability are not judged.
    labels : mapping of label set to Series of str
        Called status, indexed by gene_id.
    groups : Series of str
        Group of each gene, the unit of the bootstrap; a gene that is not in it is a group of its own.
    n_bootstrap : int
    seed : int
    covariates : mapping of model to DataFrame, optional
        The same of each model's covariate baseline.

    Returns
    -------
    DataFrame
        One row per model, label set, task and metric ("auroc", "auprc"): `value` with `low` and `high` (95 % by the
        cluster bootstrap), `prevalence` (the AUPRC of guessing), `n`, `n_positive`, and `suspect` (off the diagonal
        and AUROC above `SUSPECT_ABOVE`). `covariates` is the value of the model's covariate baseline on the same
        genes, `over_covariates` the model's value less it; `elsewhere` that of `mean_elsewhere` of the *other* label
        sets, and `over_elsewhere` the model's value less it, both on the `n_elsewhere` genes that are labelled
        elsewhere. Differences have paired intervals. That baseline also has rows of its own, as model
        "mean response elsewhere"; a gene's own label in the judged set is never used in it. Tasks that the model or
        the label set has no classes for have no row.

    Raises
    ------
    InputError
        If a table lists a gene twice.
    """
    indices = {"the groups": groups.index}
    indices |= {f"the predictions of {name}": table.index for name, table in held_out.items()}
    indices |= {f"the labels of {name}": status.index for name, status in labels.items()}
    for what, index in indices.items():
        if not index.is_unique:
            raise InputError(f"{what} list a gene twice", where=str(index[index.duplicated()][0]))
    rows: list[dict[str, Any]] = []
    for name, status in labels.items():
        known = status[status.isin(CLASSES).to_numpy(dtype=bool)].sort_index()
        elsewhere = mean_elsewhere({other: table for other, table in labels.items() if other != name})
        tasks = tasks_of(set(known))
        columns = [_Column(name, task, known, groups, elsewhere, n_bootstrap, seed) for task in tasks]
        for model, proba in held_out.items():
            baseline = (covariates or {}).get(model, pd.DataFrame())
            rows += [row for column in columns for row in column.judged(model, proba, baseline)]
        rows += [row for column in columns for row in column.judged(MEAN_ELSEWHERE, elsewhere, pd.DataFrame())]
    return pd.DataFrame(rows, columns=list(COLUMNS))


class _Column:
    """One task on one label set: its genes, and the resamples that all models are judged in."""

    def __init__(
        self,
        labels: str,
        task: str,
        status: pd.Series,
        groups: pd.Series,
        elsewhere: pd.DataFrame,
        n_bootstrap: int,
        seed: int,
    ):
        self.labels, self.task = labels, task
        positive, negative = TASKS[task]
        self.status = status[status.isin(positive + negative).to_numpy()]
        self.truth: Bools = self.status.isin(positive).to_numpy()
        # one stream per label set and task: differences between models are paired
        self.resamples = Resamples(_units(groups, self.status.index), n_bootstrap, child_seed(seed, labels, task))
        self.elsewhere = self._score(elsewhere)
        self._done: dict[tuple[bytes, bytes], tuple[Floats, Floats]] = {}

    def judged(self, model: str, proba: pd.DataFrame, covariates: pd.DataFrame) -> list[dict[str, Any]]:
        """A row per metric; none where the model lacks a class of the task or can be asked about one class only."""
        own, base = self._score(proba), self._score(covariates)
        known = np.isfinite(own)
        if not self._has_both(known):
            return []
        value, draws = self._metrics(own, known)
        alone = model == MEAN_ELSEWHERE
        with_base = known & np.isfinite(base)
        with_mean = known & np.isfinite(self.elsewhere) & (not alone)
        against = {
            "covariates": self._lead(own, base, with_base),
            "elsewhere": self._lead(own, self.elsewhere, with_mean),
        }
        rows = []
        for i, metric in enumerate(_METRICS):
            found = interval(value[i], draws[i])
            suspect = metric is AUROC and not alone and model != self.labels and found.value > SUSPECT_ABOVE
            truth = self.truth[known]
            facts = (model, self.labels, self.task, metric.name, found.value, found.low, found.high)
            row = dict(zip(_FACTS, (*facts, float(truth.mean()), len(truth), int(truth.sum()), suspect), strict=True))
            for name, (other, lead, spread) in against.items():
                ends = interval(lead[i], spread[i])
                row |= {name: other[i], f"over_{name}": lead[i]}
                row |= {f"over_{name}_low": ends.low, f"over_{name}_high": ends.high}
            rows.append(row | {"n_elsewhere": int(with_mean.sum())})
        return rows

    def _score(self, proba: pd.DataFrame) -> Floats:
        """Score per gene of the column; NaN where there is none."""
        score = np.full(len(self.status), np.nan)
        if self.task in tasks_of(classes_of(proba)):
            score = task_scores(self.task, proba.reindex(self.status.index), self.status)[2]
        return score

    def _has_both(self, used: Bools) -> bool:
        return bool(self.truth[used].any() and not self.truth[used].all())

    def _metrics(self, score: Floats, used: Bools) -> tuple[Floats, Floats]:
        """The metrics, and the metrics in every resample, shape (metrics, resamples); kept, as most are asked twice."""
        key = score.tobytes(), used.tobytes()
        if key not in self._done:
            truth, chosen = self.truth[used], score[used]
            draws = [_of(Ranked.of(truth, chosen, weights[:, used])) for weights in self.resamples.weights()]
            value = _of(Ranked.of(truth, chosen, np.ones((1, len(truth)))))[:, 0]
            self._done[key] = value, np.concatenate(draws, axis=1)
        return self._done[key]

    def _lead(self, score: Floats, other: Floats, used: Bools) -> tuple[Floats, Floats, Floats]:
        """Metrics of the other score, and how far this one is ahead of it on the same genes, with its resamples."""
        if not self._has_both(used):
            nothing = np.full(len(_METRICS), np.nan)
            return nothing, nothing, nothing[:, None]
        own, own_draws = self._metrics(score, used)
        base, base_draws = self._metrics(other, used)
        return base, own - base, own_draws - base_draws


def _of(ranked: Ranked) -> Floats:
    return np.stack([ranked.auroc(), ranked.auprc()])


def _units(groups: pd.Series, genes: pd.Index) -> list[str]:
    found = groups.reindex(genes)
    return [f"gene alone: {gene}" if pd.isna(group) else str(group) for gene, group in found.items()]
