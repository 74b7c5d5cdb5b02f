"""The genes on which two models differ most, and what each model says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.workflows.compare_cells import gene_level, promoter_state
from rarml.workflows.compare_genes import DIRECTIONS

KEYS = ("a", "b", "direction", "gene_id", "symbol", "higher_in", "difference")
_SIDES = ("a", "b")


def most_different(
    genes: pd.DataFrame, scores: Mapping[str, pd.DataFrame], usable: pd.DataFrame, *, per_side: int
) -> pd.DataFrame:
    """For every pair of models and direction, the genes with the largest difference of evidence.

    Asked are genes that one of the two calls a candidate in that direction and that lie in the domain of both: a gene
    that goes from hardly to not at all is no difference to look at.

    Parameters
    ----------
    genes : DataFrame
        Of `rarml.workflows.compare_genes.gene_table`, with `symbol`.
    scores, usable
        Of `rarml.workflows.compare_genes.evidence_tables`.
    per_side : int
        Genes per pair, direction and side (higher in a, higher in b).

    Returns
    -------
    DataFrame
        `KEYS` and, for a and b, `p_<side>`, `evidence_<side>` and `measured_<side>`; `difference` is the evidence in a
        less that in b (natural log-odds beyond each base rate).
    """
    parts = []
    names = list(usable.columns)
    for direction in DIRECTIONS:
        table = scores[direction].reindex(genes.index)
        for a, b in combinations([name for name in names if name in table], 2):
            word = f"candidate {direction}"
            asked = (genes[f"call:{a}"] == word) | (genes[f"call:{b}"] == word)
            asked &= usable.loc[genes.index, [a, b]].all(axis=1)
            gap = (table[a] - table[b])[asked.to_numpy()].dropna().sort_index()
            for higher, side in ((a, gap[gap > 0]), (b, -gap[gap < 0])):
                top = side.sort_values(ascending=False, kind="stable").head(per_side)
                chosen = genes.loc[top.index]
                facts = {"a": a, "b": b, "direction": direction, "gene_id": top.index, "symbol": chosen["symbol"]}
                facts |= {"higher_in": higher, "difference": gap[top.index]}
                for end, name in zip(_SIDES, (a, b), strict=True):
                    facts[f"p_{end}"] = chosen[f"p_{direction}:{name}"]
                    facts[f"evidence_{end}"] = table.loc[top.index, name]
                    facts[f"measured_{end}"] = chosen[f"measured:{name}"]
                parts.append(pd.DataFrame(facts, index=top.index))
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(KEYS))
    return whole


def with_cells(found: pd.DataFrame, bundles: Sequence[Bundle], features: pd.DataFrame) -> pd.DataFrame:
    """The rows with the state of the gene's promoter and its expression in the stand-in cells of a and b.

    Adds, per side, `promoter_<side>` and `marks_<side>` (see `rarml.workflows.compare_cells.promoter_state`) and
    `ntpm_<side>`.
    """
    if found.empty:
        return found
    genes = pd.Index(found["gene_id"].unique())
    chosen = features.loc[genes]
    added = found.copy()
    contexts = {bundle.name: bundle.manifest.context for bundle in bundles}
    seen = pd.concat(
        {
            name: promoter_state(chosen, context).assign(ntpm=gene_level(chosen, context))
            for name, context in contexts.items()
        }
    )
    for end in _SIDES:
        rows = seen.reindex(pd.MultiIndex.from_arrays([found[end], found["gene_id"]]))
        for column, source in (("promoter", "state"), ("marks", "marks"), ("ntpm", "ntpm")):
            added[f"{column}_{end}"] = rows[source].to_numpy()
    return added


def with_reasons(found: pd.DataFrame, accounts: Mapping[str, pd.DataFrame], kinds: Sequence[str]) -> pd.DataFrame:
    """The rows with the difference of evidence split by kind.

    Parameters
    ----------
    found : DataFrame
        Of `most_different`.
    accounts : mapping of model to DataFrame
        Of `rarml.workflows.compare_account.account`; a model may lack an account.
    kinds : sequence of str
        Kinds of evidence.

    Returns
    -------
    DataFrame
        With `why:start` and `why:<kind>` for each kind, which add up to `difference` (up to the rounding of the stored
        probabilities): what a model's evidence for an average promoter, and what each kind, is in a less what it is in
        b. NaN where a model has no account.
    """
    columns = ["start", *kinds]
    added = found.copy()
    if not accounts:
        return added.assign(**{f"why:{column}": float("nan") for column in columns})
    every = pd.concat(dict(accounts))[columns]
    a, b = (
        every.reindex(pd.MultiIndex.from_arrays([found[end], found["gene_id"], found["direction"]])).to_numpy()
        for end in _SIDES
    )
    added[[f"why:{column}" for column in columns]] = a - b
    return added
