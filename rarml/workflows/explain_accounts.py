"""The numbers of an attribution as the accounts of a gene card, single features in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.explain.attribution import Attribution
from rarml.explain.evidence import KINDS
from rarml.report.feature_words import Components, feature_words, value_words
from rarml.report.gene_card_content import ClassAccount, KindShare, Reason

KMER = "sequence:kmer:"
_NEGLIGIBLE = 1e-9


def class_accounts(
    found: Attribution, row: int, features: pd.DataFrame, components: Components | None, *, top: int
) -> tuple[ClassAccount, ...]:
    """The account of each class for one gene of an attribution.

    Parameters
    ----------
    found : Attribution
        Summed by the kinds of `rarml.explain.evidence.KINDS`.
    row : int
        Of the gene.
    features : DataFrame
        Values of all genes of the atlas, for the gene's own values and their percentiles.
    components : mapping, optional
        Samples that bear each co-expression component.
    top : int
        Single features listed.
    """
    return tuple(
        ClassAccount(
            name=name,
            base=float(found.base[row, number]),
            log_odds=float(found.log_odds[row, number]),
            probability=float(1 / (1 + np.exp(-found.log_odds[row, number]))),
            error=float(found.error[row, number]),
            kinds=_kinds(found, row, number),
            reasons=(reasons := _reasons(found, row, number, features, components, top)),
            others=float(found.contributions[row, number].sum() - sum(one.contribution for one in reasons)),
        )
        for number, name in enumerate(found.classes)
    )


def _kinds(found: Attribution, row: int, number: int) -> tuple[KindShare, ...]:
    """Kinds that the model reads, in their own order."""
    read = set(found.groups.tolist())
    sums, halves = found.summary[row, number], found.half_width[row, number]
    return tuple(
        KindShare(kind, float(sums[i]), float(sums[i] - halves[i]), float(sums[i] + halves[i]))
        for i, kind in enumerate(KINDS)
        if i in read
    )


def _reasons(
    found: Attribution,
    row: int,
    number: int,
    features: pd.DataFrame,
    components: Components | None,
    top: int,
) -> tuple[Reason, ...]:
    names, values = _taken_together(found.columns, found.contributions[row, number])
    order = np.argsort(-np.abs(values), kind="stable")[:top]
    chosen = [i for i in order if abs(values[i]) > _NEGLIGIBLE]
    gene = str(found.genes[row])
    kind_of = dict(zip(found.columns, (KINDS[i] for i in found.groups), strict=True))
    return tuple(
        _reason(names[i], float(values[i]), gene, features, components, kind_of.get(names[i], "sequence"))
        for i in chosen
    )


def _taken_together(columns: Sequence[str], values: NDArray[np.float64]) -> tuple[list[str], NDArray[np.float64]]:
    """Contributions with those of all k-mer components in one: a single one of them says nothing to a reader."""
    kmer = np.array([name.startswith(KMER) for name in columns])
    names = [name for name, together in zip(columns, kmer, strict=True) if not together]
    if not kmer.any():
        return names, values
    return [*names, f"{KMER}*"], np.append(values[~kmer], values[kmer].sum())


def _reason(
    name: str, contribution: float, gene: str, features: pd.DataFrame, components: Components | None, kind: str
) -> Reason:
    words = feature_words(name, components)
    if name.endswith(":*"):
        return Reason(name, kind, words, None, "taken together", None, contribution)
    column = features[name]
    value = float(column.loc[gene])
    if np.isnan(value):
        return Reason(name, kind, words, None, value_words(name, None), None, contribution)
    return Reason(name, kind, words, value, value_words(name, value), percentile(column, value), contribution)


def percentile(column: pd.Series, value: float) -> float | None:
    """Share of known values below `value`, ties by half, 0-100; None where all genes are alike."""
    known = column.to_numpy(dtype=np.float64)
    known = known[~np.isnan(known)]
    if not len(known) or known.min() == known.max():
        return None
    return float(100 * ((known < value).mean() + 0.5 * (known == value).mean()))
