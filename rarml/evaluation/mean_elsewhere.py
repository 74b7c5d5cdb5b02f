"""The baseline of every transfer: what a gene did in the other cell types."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rarml.evaluation.tasks import CLASSES

MEAN_ELSEWHERE = "mean response elsewhere"


def mean_elsewhere(labels: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Share of the label sets in which a gene is up, down or unresponsive, among those that give it such a status.

    The baseline of Schreiber et al. 2020 (doi:10.1186/s13059-020-02177-y): a model that is asked about a new cell type
    should know more than what the gene does on average.

    Parameters
    ----------
    labels : mapping of label set to Series of str
        Called status, indexed by gene_id; leave out the set that is to be judged.

    Returns
    -------
    DataFrame
        Columns ``p_<class>`` for the classes that occur, one row for each gene labelled at least once; sorted.
    """
    votes = [status[status.isin(CLASSES).to_numpy(dtype=bool)].astype(str) for status in labels.values()]
    if not votes:
        return pd.DataFrame()
    every = pd.concat(votes)
    counts = pd.crosstab(every.index, every.to_numpy())
    shares = counts.div(counts.sum(axis=1), axis=0)
    return shares[[name for name in CLASSES if name in shares]].add_prefix("p_").rename_axis(index=None, columns=None)
