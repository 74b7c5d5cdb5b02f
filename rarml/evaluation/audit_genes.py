"""Audit of eligibility: one rule for genes of every class, both for those let in and for those left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rarml.evaluation.audit_facts import Audited, Finding, named
from rarml.training.dataset import RESPONSE_CLASSES
from rarml.training.eligibility import EligibilityRule


def eligibility_let_in(audited: Audited) -> Finding:
    """Every training gene, responsive or not, keeps the stored rule, worked out again from level, sequence, tier."""
    check = "every training gene is eligible"
    if audited.genes is None or audited.level is None or audited.rule is None:
        return Finding(check, "not checked", "No rule, gene table or expression level to work eligibility out from.")
    passes = _passes(audited.genes, audited.level, audited.rule)
    kept = passes.reindex(audited.status.index, fill_value=False)
    if kept.all():
        shown = ", ".join(f"{n:,} {name}" for name, n in audited.status.value_counts().items())
        return Finding(check, "pass", f"The rule worked out again holds for all training genes ({shown}).")
    wrong = kept.index[~kept.to_numpy()]
    shares = (~kept).groupby(audited.status).mean()
    shown = ", ".join(f"{share:.0%} of {name}" for name, share in shares.items())
    found = f"{len(wrong):,} training genes break the rule ({shown}), the first {named(wrong[0], audited.genes)}."
    return Finding(check, "fail", found)


def eligibility_left_out(audited: Audited) -> Finding:
    """No called gene that keeps the rule may be left out: a filter on one class alone inflates every number."""
    check = "eligibility is the same for every class"
    if audited.genes is None or audited.level is None or audited.rule is None or audited.called is None:
        return Finding(check, "not checked", "The called statuses, or what eligibility rests on, are not at hand.")
    passes = _passes(audited.genes, audited.level, audited.rule)
    called = audited.called.reindex(audited.genes.index)
    if audited.positive_unlabelled:
        called = called.replace("untested", "unresponsive").fillna("unresponsive")
    expected = called[passes.to_numpy() & called.isin(RESPONSE_CLASSES).to_numpy()]
    trained = audited.status.reindex(expected.index)
    absent = trained.isna()
    if absent.any():
        shares = absent.groupby(expected).mean()
        shown = ", ".join(f"{share:.1%} of {name}" for name, share in shares.items())
        first = named(absent.index[absent.to_numpy()][0], audited.genes)
        return Finding(check, "fail", f"Eligible genes are left out of training ({shown}), the first {first}.")
    changed = expected.index[(trained != expected).to_numpy()]
    if len(changed):
        found = f"{len(changed):,} genes are trained as another class than called, the first "
        return Finding(check, "fail", f"{found}{named(changed[0], audited.genes)}.")
    found = f"All {len(expected):,} called genes that keep the rule are trained on, in every class."
    return Finding(check, "pass", found)


def _passes(genes: pd.DataFrame, level: pd.Series, rule: EligibilityRule) -> pd.Series:
    """The rule in its own words, apart from `rarml.training.eligibility.eligibility`."""
    expressed = level.reindex(genes.index) >= np.log2(1 + rule.min_level)
    placed = genes["tier"].fillna("").isin(rule.tiers)
    sequence = genes["has_sequence"].astype(bool) if rule.require_sequence else True
    return expressed.fillna(False) & placed & sequence
