"""Audit of where the columns come from: the rule that selects them, the atlas that holds them, untreated cells."""

from __future__ import annotations

import re

import numpy as np

from rarml.evaluation.audit_facts import Audited, Finding, named
from rarml.features.registry import BLOCKS, block_of
from rarml.features.selection import cells_of
from rarml.training.branches import branch_columns
from rarml.training.dataset import covariate_columns

UNVERIFIED_CELLS = ("SK-N-SH", "A549")
"""Cells whose peak files do not say whether the cells were treated; see the data's notes on chromatin."""
_TREATED = re.compile(
    r"(?<!un)(?<!not )treated|retino|tretino|induced|stimulated|differentiated|ttnpb|am580|log2fc|padj", re.IGNORECASE
)
_RA = re.compile(r"(?<![A-Za-z])(?:AT)?RA(?![A-Za-z])")
"""RA or ATRA as a word of its own; RAMPAGE and RARA are none."""


def columns_by_rule(audited: Audited) -> Finding:
    """A choice of columns made with the labels differs from the one that the rule makes by names."""
    check = "columns are chosen without labels"
    strange = [name for name in audited.columns if block_of(name) not in BLOCKS]
    if strange:
        return Finding(check, "fail", f"{len(strange)} columns belong to no feature block, the first {strange[0]!r}.")
    if audited.columns_by_rule is None:
        return Finding(check, "not checked", "The atlas is not at hand to select the columns from.")
    rule = audited.columns_by_rule
    differing = [name for name in audited.columns if name not in rule] or [
        name for name in rule if name not in audited.columns
    ]
    if differing:
        found = f"The model has {len(audited.columns)} columns, the rule selects {len(rule)}; the first to differ is "
        return Finding(check, "fail", f"{found}{differing[0]!r}.")
    owed = {name: tuple(audited.columns) for name in audited.fitted}
    if len(owed) > 1:  # the first is the model, the others are its covariate baselines
        covariates = tuple(covariate_columns(audited.columns)) or tuple(audited.columns)
        owed |= dict.fromkeys(list(owed)[1:], covariates)
    for name, fitted in audited.fitted.items():
        if fitted.model.columns != owed[name]:
            found = f"The {name} reads {len(fitted.model.columns)} columns where {len(owed[name])} are its due."
            return Finding(check, "fail", found)
        for branch, numbers in branch_columns(owed[name]).items():
            for pair, own in fitted.model.branches[branch].items():
                if own.n_features_in_ != len(numbers):
                    found = f"Branch {branch} of the {name} reads {own.n_features_in_} of {len(numbers)} columns"
                    return Finding(check, "fail", f"{found} when folds {pair[0]} and {pair[1]} are left out.")
    return Finding(check, "pass", f"All {len(rule)} columns are those that the rule takes by name, in every fold.")


def values_of_atlas(audited: Audited) -> Finding:
    """A value that is not the atlas' was changed after the atlas was made, when labels were at hand."""
    check = "values are those of the atlas"
    if audited.source is None:
        return Finding(check, "not checked", "No copy of the values as trained on to compare with the atlas.")
    absent = [name for name in audited.columns if name not in audited.source]
    if absent:
        return Finding(check, "fail", f"{len(absent)} columns are not in the atlas, the first {absent[0]!r}.")
    genes = audited.features.index
    own = audited.features.to_numpy(dtype=np.float32)
    other = audited.source.reindex(index=genes, columns=audited.columns).to_numpy(dtype=np.float32)
    changed = ~((own == other) | (np.isnan(own) & np.isnan(other)))
    if changed.any():
        row, column = (int(places[0]) for places in np.nonzero(changed))
        found = f"{int(changed.sum()):,} values in {int(changed.any(axis=0).sum())} columns are not the atlas' own, "
        first = f"the first {audited.columns[column]!r} of {named(genes[row], audited.genes)}."
        return Finding(check, "fail", found + first)
    return Finding(check, "pass", f"{own.shape[1]} columns of {own.shape[0]:,} genes equal the atlas to the last bit.")


def untreated_tracks(audited: Audited) -> Finding:
    """Nothing measured after the treatment may be a feature; judged by the names of files, cells and columns."""
    check = "no treated track"
    names = [*audited.columns, *audited.origins]
    treated = [name for name in names if _TREATED.search(name) or _RA.search(name.replace("_", " "))]
    if treated:
        found = f"{len(treated)} of {len(names):,} names of columns, files and samples speak of a treatment, the first "
        return Finding(check, "fail", f"{found}{treated[0]!r}.")
    unsure = [cell for cell in cells_of(audited.columns) if cell in UNVERIFIED_CELLS]
    if unsure:
        found = (
            f"No name speaks of a treatment, but whether {' and '.join(unsure)} were untreated could not be verified."
        )
        return Finding(check, "warn", found)
    return Finding(check, "pass", f"None of {len(names):,} names of columns, files and samples speaks of a treatment.")
