"""Audit of single columns against the labels: one that tells the classes apart alone, or that marks known targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rarml.evaluation.audit_facts import Audited, Finding
from rarml.evaluation.tasks import TASKS, tasks_of
from rarml.training.dataset import RESPONSE_CLASSES

LARGEST_AUROC = 0.95
"""Largest single-column AUROC seen in the four shipped label sets: MCF-7, down v unresponsive, expression:breadth
0.908; SH-SY5Y 0.850 (up v unresponsive, expression:sd), organoid 0.858 (expression:breadth; up v down,
coexpression:c04), NB4 0.762 (expression:tau). The model of all columns reaches 0.938."""
LARGEST_ODDS = 20.0
"""Largest odds ratio of being responsive seen for the genes that a sparse column marks: 7.4 (organoid, peaks of
H3K27me3 in SK-N-SH: 86 % of 610 genes against 45 % of all), MCF-7 7.9 (bivalent: 29 % of 196 against 5 %)."""
LARGEST_SHARE = 0.9
"""Largest share of responsive genes among those that a sparse column marks: 0.86 in the same data."""
LARGEST_OVERLAP = 0.5
"""Genes that a column marks and a known list names, as a share of those that either does (Jaccard)."""
_LEAST_MARKED = 10
_SURE = 3.0


def label_derived(audited: Audited) -> Finding:
    """The ranking of the classes by each column alone, and by whether it is known at all."""
    check = "no column is made from the labels"
    codes, classes = _codes(audited)
    values = audited.features.loc[audited.status.index].to_numpy(dtype=np.float32)
    worst = (0.0, 0.0, "", "")
    for number, name in enumerate(audited.columns):
        for counts, said in _tables(values[:, number], codes, len(classes)):
            for task in tasks_of(classes):
                positive, negative = (counts[:, [classes.index(c) for c in side]].sum(axis=1) for side in TASKS[task])
                if min(positive.sum(), negative.sum()) >= _LEAST_MARKED:
                    auroc = _auroc(positive, negative)
                    worst = max(worst, (auroc, auroc - _SURE * _spread(auroc, positive, negative), name + said, task))
    auroc, surely, column, task = worst
    shown = f"{column!r} alone tells {task} with AUROC {auroc:.3f}"
    if surely > LARGEST_AUROC:
        return Finding(check, "fail", f"{shown}, above the {LARGEST_AUROC} that no measured column reaches.")
    if auroc > LARGEST_AUROC:
        return Finding(check, "warn", f"{shown}, above {LARGEST_AUROC}, on few genes: look where it comes from.")
    return Finding(
        check, "pass", f"Of {len(audited.columns)} columns the most telling, {shown} (bound {LARGEST_AUROC})."
    )


def no_target_list(audited: Audited) -> Finding:
    """A column that marks few genes, as a list does: are they a known list, or nearly all responsive?"""
    check = "no list of targets is a column"
    genes = audited.features.index
    lists = {name: genes.isin(list(ids)) for name, ids in audited.gene_lists.items()}
    trained = genes.get_indexer(audited.status.index)
    responsive = (audited.status != "unresponsive").to_numpy()
    looked, largest = 0, (0.0, "none")
    for name, marked in _marked(audited):
        looked += 1
        for title, listed in lists.items():
            both, either = int((marked & listed).sum()), int((marked | listed).sum())
            if both >= LARGEST_OVERLAP * max(either, 1):
                return Finding(check, "fail", f"{name!r} marks {both} of the {int(listed.sum())} genes of {title}.")
        chosen = marked[trained]
        if chosen.sum() < _LEAST_MARKED:
            continue
        hit, missed = int((chosen & responsive).sum()), int((chosen & ~responsive).sum())
        share = hit / (hit + missed)
        odds, surely = _odds_ratio(hit, missed, int((~chosen & responsive).sum()), int((~chosen & ~responsive).sum()))
        if surely > LARGEST_ODDS or _wilson_low(share, hit + missed) > LARGEST_SHARE > responsive.mean():
            found = f"{name!r} marks {hit + missed:,} training genes, {share:.0%} of them responsive"
            return Finding(check, "fail", f"{found} against {responsive.mean():.0%} of all (odds ratio {odds:.0f}).")
        largest = max(largest, (odds, f"{name!r}, odds ratio {odds:.1f}"))
    found = f"{looked} columns mark a part of the genes; the one most tied to response: {largest[1]}."
    return Finding(check, "pass", f"{found} Compared with {len(lists)} known lists.")


def _codes(audited: Audited) -> tuple[NDArray[np.int64], list[str]]:
    classes = [name for name in RESPONSE_CLASSES if (audited.status == name).any()]
    return np.array([classes.index(name) for name in audited.status], dtype=np.int64), classes


def _tables(column: NDArray, codes: NDArray[np.int64], n: int) -> Iterator[tuple[NDArray[np.int64], str]]:
    """Genes per distinct value (rising) and class; then per missing or known and class, where some are missing."""
    missing = np.isnan(column)
    distinct, at = np.unique(column[~missing], return_inverse=True)
    yield np.bincount(at * n + codes[~missing], minlength=len(distinct) * n).reshape(-1, n), ""
    if missing.any():
        yield np.bincount(missing * n + codes, minlength=2 * n).reshape(-1, n), " (known or not)"


def _auroc(positive: NDArray[np.int64], negative: NDArray[np.int64]) -> float:
    """AUROC, either way round, of counts by rising value."""
    below = np.cumsum(negative) - negative
    wins = float((positive * (below + 0.5 * negative)).sum())
    share = wins / (float(positive.sum()) * float(negative.sum()))
    return max(share, 1 - share)


def _spread(auroc: float, positive: NDArray[np.int64], negative: NDArray[np.int64]) -> float:
    """Standard error of an AUROC (Hanley & McNeil 1982, 10.1148/radiology.143.1.7063747)."""
    p, n = int(positive.sum()), int(negative.sum())
    q1, q2 = auroc / (2 - auroc), 2 * auroc**2 / (1 + auroc)
    variance = auroc * (1 - auroc) + (p - 1) * (q1 - auroc**2) + (n - 1) * (q2 - auroc**2)
    return float(np.sqrt(max(variance, 0.0) / (p * n)))


def _marked(audited: Audited) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """The genes off a column's usual value, and those (not) known to it, wherever they are fewer than half."""
    values = audited.features.to_numpy(dtype=np.float32)
    for number, name in enumerate(audited.columns):
        column = values[:, number]
        known = ~np.isnan(column)
        if not known.any():
            continue
        middle = np.partition(column[known], known.sum() // 2)[known.sum() // 2]
        off = known & (column != middle)
        if 0 < off.sum() < known.sum() / 2:
            yield name, off
        if not known.all():
            few = known if known.mean() < 0.5 else ~known
            yield f"{name} ({'known' if few is known else 'missing'})", few


def _odds_ratio(a: int, b: int, c: int, d: int) -> tuple[float, float]:
    """Odds ratio with half a gene added to each cell, and its lower 95 % limit (Haldane; Woolf)."""
    cells = np.array([a, b, c, d]) + 0.5
    log = float(np.log(cells[0] * cells[3] / (cells[1] * cells[2])))
    return float(np.exp(log)), float(np.exp(log - 1.96 * np.sqrt((1 / cells).sum())))


def _wilson_low(share: float, n: int, z: float = 1.96) -> float:
    """Lower 95 % limit of a share (Wilson 1927)."""
    centre = share + z**2 / (2 * n)
    return float((centre - z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))) / (1 + z**2 / n))
