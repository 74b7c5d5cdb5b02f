"""How each model ranks the genes of every label set: its own, and those of the other cell types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rarml.core.errors import InputError
from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.metrics import AUROC
from rarml.evaluation.tasks import CLASSES, classes_of, task_scores, tasks_of

MEAN_ELSEWHERE = "mean response elsewhere"
COLUMNS = ("model", "labels", "task", "metric", "value", "low", "high", "n", "n_positive")


def transfer_matrix(
    held_out: Mapping[str, pd.DataFrame],
    labels: Mapping[str, pd.Series],
    groups: pd.Series,
    *,
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """AUROC of every model on every label set.

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

    Returns
    -------
    DataFrame
        `model`, `labels`, `task`, `metric` ("auroc"), `value`, `low`, `high` (95 %), `n`, `n_positive`. Tasks that the
        model or the label set has no classes for have no row. The model "mean response elsewhere" is the baseline of
        Schreiber et al. 2020 (doi:10.1186/s13059-020-02177-y): the share of the *other* label sets in which the gene
        is up, down or unresponsive. It can only be asked about genes labelled elsewhere, so its `n` is smaller, and a
        gene's own label in the judged set is never used.

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
        others = {other: set_ for other, set_ in labels.items() if other != name}
        models = {**held_out, MEAN_ELSEWHERE: mean_elsewhere(others)}
        for model, proba in models.items():
            rows += _judged(model, name, proba, known, groups, n_bootstrap, seed)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def mean_elsewhere(labels: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Share of the label sets in which a gene is up, down or unresponsive, among those that give it such a status.

    Returns
    -------
    DataFrame
        Columns ``p_<class>`` for the classes that occur, one row for each gene labelled at least once; sorted.
    """
    votes = [status[status.isin(CLASSES).to_numpy(dtype=bool)].astype(str) for status in labels.values()]
    if not votes:
        return pd.DataFrame()
    every = pd.concat(votes)
    shares = pd.crosstab(every.index, every.to_numpy(), normalize="index")
    return shares[[name for name in CLASSES if name in shares]].add_prefix("p_").rename_axis(index=None, columns=None)


def _judged(
    model: str, name: str, proba: pd.DataFrame, status: pd.Series, groups: pd.Series, n_bootstrap: int, seed: int
) -> list[dict[str, Any]]:
    columns = [f"p_{one}" for one in classes_of(proba)]
    common = status.index.intersection(proba.index[proba[columns].notna().all(axis=1).to_numpy()]).sort_values()
    chosen, units = proba.loc[common, columns], _units(groups, common)
    rows: list[dict[str, Any]] = []
    for task in tasks_of(set(classes_of(proba)) & set(status)):
        used, truth, score = task_scores(task, chosen, status)
        if truth.all() or not truth.any():
            continue
        # one stream per label set and task: all models of a column are judged in the same resamples of their genes
        resamples = Resamples(units[used].to_numpy(), n_bootstrap, child_seed(seed, name, task))
        found = interval(AUROC(truth, score), resamples.values(AUROC, truth, score))
        facts = (model, name, task, AUROC.name, found.value, found.low, found.high, len(truth), int(truth.sum()))
        rows.append(dict(zip(COLUMNS, facts, strict=True)))
    return rows


def _units(groups: pd.Series, genes: pd.Index) -> pd.Series:
    found = groups.reindex(genes)
    alone = pd.Series([f"gene alone: {gene}" for gene in genes], index=genes)
    return found.astype(object).where(found.notna(), alone).astype(str)
