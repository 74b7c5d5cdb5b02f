"""Audit of the split: each gene once, relatives and copies kept apart, one fold per gene whatever the cell type."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.evaluation.audit_facts import Audited, Finding, named
from rarml.training.groups import gene_groups

LEAST_TO_COMPARE = 8
"""Columns below which equal rows say nothing: a promoter without any element looks like every other such promoter."""
_PROMOTER_BLOCKS = ("rare", "partners")


def genes_once(audited: Audited) -> Finding:
    """A gene listed twice can be in two folds, or be learnt from and judged at once."""
    check = "each gene once"
    tables = {"the training genes": audited.status.index, "the folds": audited.folds.index}
    tables |= {f"the fitted {name}": own.model.training_folds.index for name, own in audited.fitted.items()}
    for what, index in tables.items():
        if not index.is_unique:
            twice = index[index.duplicated()]
            first = named(twice[0], audited.genes)
            return Finding(check, "fail", f"{len(twice):,} rows of {what} repeat a gene, the first {first}.")
    known = audited.status.index.isin(audited.folds.index)
    if not known.all():
        first = named(audited.status.index[~known][0], audited.genes)
        return Finding(check, "fail", f"{int((~known).sum()):,} training genes have no fold, the first {first}.")
    return Finding(check, "pass", f"{len(audited.status):,} training genes, none listed twice, each in one fold.")


def one_fold_per_gene(audited: Audited) -> Finding:
    """Two cell types share genes: a gene that one model learns from must not be judged in another as unseen."""
    check = "same fold in every cell type"
    if not audited.fold_rules:
        return Finding(check, "not checked", "No folds of the rule or of another cell type to compare with.")
    for name, other in audited.fold_rules.items():
        shared = audited.folds.index.intersection(other.index)
        moved = shared[(audited.folds[shared].to_numpy() != other[shared].to_numpy())]
        if len(moved):
            found = f"{len(moved):,} of {len(shared):,} genes are in another fold than by {name}, the first "
            return Finding(check, "fail", f"{found}{named(moved[0], audited.genes)}.")
    for name, fitted in audited.fitted.items():
        own = fitted.model.training_folds
        moved = own.index[(own != audited.folds.reindex(own.index)).to_numpy()]
        if len(moved):
            found = f"The {name} was trained with {len(moved):,} genes in other folds, the first "
            return Finding(check, "fail", f"{found}{named(moved[0], audited.genes)}.")
    names = ", ".join(audited.fold_rules)
    return Finding(check, "pass", f"The fold of all {len(audited.folds):,} genes is that of {names}.")


def groups_hold_relatives(audited: Audited) -> Finding:
    """The groups are worked out again from places, names and promoter families."""
    check = "groups hold all relatives"
    if audited.genes is None:
        return Finding(check, "not checked", "No table of genes to work the groups out from.")
    again = gene_groups(audited.genes)
    given = audited.groups.reindex(again.index)
    torn = again.index[(given != given.groupby(again).transform("first")).to_numpy()]
    if len(torn):
        first = named(torn[0], audited.genes)
        found = f"{len(torn):,} genes are not in the group of their relatives, the first {first} ({again[torn[0]]})."
        return Finding(check, "fail", found)
    families = "promoter families, " if "family" in audited.genes else ""
    found = f"{again.nunique():,} groups worked out again ({families}overlapping windows, clusters): none is torn."
    return Finding(check, "pass", found)


def relatives_purged(audited: Audited) -> Finding:
    """A group in two folds is harmless only where its members are kept out of each other's models."""
    check = "no relative of a held-out gene is learnt from"
    folds, groups = audited.folds, audited.groups.reindex(audited.folds.index)
    split = groups[groups.groupby(groups).transform("size") > 1].dropna()
    split = split[folds[split.index].groupby(split).transform("nunique") > 1]
    trained = audited.status.index.intersection(split.index)
    if not len(trained):
        return Finding(check, "pass", f"None of {groups.nunique():,} groups of relatives lies in two folds.")
    if not audited.fitted:
        first = named(trained[0], audited.genes)
        found = f"{split.nunique():,} groups lie in two folds, the first {split.iloc[0]} with training gene {first}."
        return Finding(check, "fail", found)
    folds_of = {name: set(own) for name, own in folds[split.index].groupby(split)}
    for name, fitted in audited.fitted.items():
        kept_out = fitted.model.relatives
        for gene in trained.intersection(kept_out.index):
            owed = folds_of[split[gene]] - {folds[gene]}
            missed = [k for k in sorted(owed) if not bool(kept_out.loc[gene].iloc[k])]
            if missed:
                found = f"The {name} that answers fold {missed[0]} may learn from {named(gene, audited.genes)}"
                return Finding(check, "fail", f"{found}, a relative (group {split[gene]}) of genes in that fold.")
    found = f"{split.nunique():,} groups lie in two folds; their {len(trained):,} training genes are kept out there."
    return Finding(check, "pass", found)


def no_copies(audited: Audited) -> Finding:
    """Two genes with the same promoter are one example: in two folds, one is learnt and the other asked."""
    check = "no duplicate promoters in two folds"
    genes = audited.status.index
    features = audited.features.loc[genes]
    promoter = [name for name in audited.columns if name.split(":", 1)[0] in _PROMOTER_BLOCKS]
    looked = 0
    for what, columns in (("promoter's columns", promoter), ("columns", audited.columns)):
        if len(columns) < LEAST_TO_COMPARE:
            continue
        looked += 1
        number = _equal_rows(features[columns].to_numpy(dtype=np.float32))
        table = pd.DataFrame({"copy": number, "fold": audited.folds.reindex(genes).to_numpy()}, index=genes)
        table["group"] = audited.groups.reindex(genes).to_numpy()
        table = table[table["copy"] >= 0]
        across = table.groupby("copy")[["fold", "group"]].transform("nunique").gt(1).all(axis=1)
        if across.any():
            copies = table[table["copy"] == table.loc[across, "copy"].iloc[0]]
            pair = " and ".join(named(gene, audited.genes) for gene in copies.index[:2])
            found = (
                f"{int(across.sum()):,} genes share all {len(columns):,} {what} with a gene of another fold and group"
            )
            return Finding(check, "fail", f"{found}, the first {pair}.")
    if not looked:
        return Finding(check, "not checked", f"Fewer than {LEAST_TO_COMPARE} columns, too few to tell copies by.")
    return Finding(check, "pass", f"No two of {len(genes):,} genes in different folds and groups have equal features.")


def _equal_rows(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Number of the set of equal rows per row, -1 for a row that is alone or holds next to nothing."""
    known = ~np.isnan(values)
    told = (known & (values != 0)).sum(axis=1) >= LEAST_TO_COMPARE
    filled = np.ascontiguousarray(np.where(known, values, np.float32(-1e30)) + np.float32(0))  # -0 is 0
    keys = pd.Series([row.tobytes() if use else None for row, use in zip(filled, told, strict=True)], dtype=object)
    number, _ = pd.factorize(keys, use_na_sentinel=True)
    counted = np.bincount(number[number >= 0], minlength=int(number.max(initial=-1)) + 1)
    several = np.array([n >= 0 and counted[n] > 1 for n in number], dtype=bool)
    return np.where(several, number, -1).astype(np.int64)
