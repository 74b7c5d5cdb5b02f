"""The leakage audit: every check by name, run on what a model was made from. It can fail.

Nothing is taken on trust that can be worked out again: groups, eligibility, the choice of columns, scaling, branches
and stacks are derived anew from the atlas and the labels, and compared with what the model holds. Taxonomy of leaks:
Kapoor & Narayanan 2023, 10.1016/j.patter.2023.100804.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pandas as pd

from rarml.evaluation.audit_bands import auroc_bands, matched_bands
from rarml.evaluation.audit_columns import columns_by_rule, untreated_tracks, values_of_atlas
from rarml.evaluation.audit_facts import Audited, Finding, Fitted
from rarml.evaluation.audit_fit import linear_in_folds, scaling_in_folds, stacks_in_folds, trees_in_folds
from rarml.evaluation.audit_genes import eligibility_left_out, eligibility_let_in
from rarml.evaluation.audit_labels import label_derived, no_target_list
from rarml.evaluation.audit_split import (
    genes_once,
    groups_hold_relatives,
    no_copies,
    one_fold_per_gene,
    relatives_purged,
)

__all__ = ["CHECKS", "Audited", "Finding", "Fitted", "audit", "failed"]

CHECKS: tuple[Callable[[Audited], Finding], ...] = (
    genes_once,
    one_fold_per_gene,
    groups_hold_relatives,
    relatives_purged,
    no_copies,
    eligibility_let_in,
    eligibility_left_out,
    columns_by_rule,
    values_of_atlas,
    label_derived,
    no_target_list,
    untreated_tracks,
    scaling_in_folds,
    linear_in_folds,
    trees_in_folds,
    stacks_in_folds,
    auroc_bands,
    matched_bands,
)
"""Adding a check is one function and one line here."""


def audit(audited: Audited) -> list[Finding]:
    """Run every check, in order; none stops another."""
    first = genes_once(audited)
    if first.verdict == "fail":
        audited = _each_once(audited)  # the other checks then still say what they find
    return [first, *(check(audited) for check in CHECKS[1:])]


def failed(findings: Iterable[Finding]) -> list[Finding]:
    """Those that found a leak."""
    return [finding for finding in findings if finding.verdict == "fail"]


def _each_once(audited: Audited) -> Audited:
    def once(table: pd.Series) -> pd.Series:
        return table[~table.index.duplicated()]

    folds = once(audited.folds)
    status = once(audited.status)
    return replace(
        audited,
        features=audited.features[~audited.features.index.duplicated()],
        status=status[status.index.isin(folds.index)],
        folds=folds,
        groups=once(audited.groups),
        fitted={},
    )
