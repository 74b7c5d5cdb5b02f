"""What the cell types share, among candidates and among measured genes: sets, the core, and what is specific."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.evaluation.overlap import intersections, pairs
from rarml.report.compare_content import GeneSets
from rarml.workflows.compare_genes import DIRECTIONS

MANY = 4
"""Models from which on a gene is core that one of them does not call."""
_TOGETHER = ("consensus", "probability", "spread", "n_models", "agree", "rank")


def overlaps(bundles: Sequence[Bundle], genes: pd.DataFrame) -> list[GeneSets]:
    """Overlap of called and of measured genes, up and down apart.

    Parameters
    ----------
    bundles : sequence of Bundle
    genes : DataFrame
        Of `rarml.workflows.compare_genes.gene_table`, those that every model may judge. Of these the measured sets
        take the genes that every table tested; a list of responsive genes (positive-unlabelled) does not say what it
        tested, and is taken to have tested all.
    """
    tested = pd.Series(True, index=genes.index)
    for bundle in bundles:
        if not bundle.manifest.positive_unlabelled:
            tested &= genes[f"measured:{bundle.name}"].fillna("untested") != "untested"
    found = []
    for kind, chosen, column in (("called", genes, "call"), ("measured", genes[tested], "measured")):
        for direction in DIRECTIONS:
            able = [bundle.name for bundle in bundles if direction in bundle.manifest.classes]
            word = f"candidate {direction}" if kind == "called" else direction
            members = pd.DataFrame({name: chosen[f"{column}:{name}"] == word for name in able}, index=chosen.index)
            if len(able) > 1 and len(chosen):
                sizes = {name: int(members[name].sum()) for name in able}
                found.append(GeneSets(kind, direction, sizes, len(chosen), intersections(members), pairs(members)))
    return found


def core_genes(genes: pd.DataFrame, shared: pd.DataFrame, bundles: Sequence[Bundle]) -> pd.DataFrame:
    """Genes that all models, or all but one of four or more, call in one direction and none in the other.

    Only models that have the class are counted: of four models with three that know "down", these three.

    Parameters
    ----------
    genes : DataFrame
        Of `gene_table`, those that every model may judge, with `symbol`.
    shared : DataFrame
        Of `consensus_table`.
    bundles : sequence of Bundle

    Returns
    -------
    DataFrame
        `gene_id`, `symbol`, `direction`, `called_in` (how many models), `of` (models that could), `measured_in` (label
        sets that measured the response) and the columns of `rarml.evaluation.consensus`; by direction and consensus.
    """
    parts = []
    for direction in DIRECTIONS:
        able = [bundle.name for bundle in bundles if direction in bundle.manifest.classes]
        if len(able) < 2:
            continue
        other = "down" if direction == "up" else "up"
        calls = genes[[f"call:{bundle.name}" for bundle in bundles]]
        called = (genes[[f"call:{name}" for name in able]] == f"candidate {direction}").sum(axis=1)
        against = (calls == f"candidate {other}").any(axis=1)
        chosen = genes[(called >= (len(able) if len(able) < MANY else len(able) - 1)) & ~against]
        together = shared.reindex(chosen.index)
        parts.append(
            pd.DataFrame(
                {
                    "symbol": chosen["symbol"],
                    "direction": direction,
                    "called_in": called[chosen.index],
                    "of": len(able),
                    "measured_in": (chosen[[f"measured:{name}" for name in able]] == direction).sum(axis=1),
                    **{name: together[f"{name}_{direction}"] for name in _TOGETHER},
                },
                index=chosen.index,
            ).sort_values(["consensus", "symbol"], ascending=[False, True], kind="stable")
        )
    return pd.concat(parts).reset_index(names="gene_id") if parts else pd.DataFrame()


def specific_genes(genes: pd.DataFrame, scores: Mapping[str, pd.DataFrame], bundles: Sequence[Bundle]) -> pd.DataFrame:
    """Candidates of exactly one model, no other being in doubt about the direction.

    Returns
    -------
    DataFrame
        `model`, `gene_id`, `symbol`, `direction`, `probability`, `evidence` (log-odds beyond the base rate),
        `highest_elsewhere` (the largest evidence of the other models for that direction), `lead` (the difference) and
        `measured`; by model and lead.
    """
    parts = []
    for bundle in bundles:
        name = bundle.name
        own = genes[(genes["group"] == f"only in {name}").to_numpy()]
        for direction in DIRECTIONS:
            chosen = own[(own[f"call:{name}"] == f"candidate {direction}").to_numpy()]
            if chosen.empty:
                continue
            table = scores[direction].reindex(chosen.index)
            elsewhere = table.drop(columns=name).max(axis=1)
            parts.append(
                pd.DataFrame(
                    {
                        "model": name,
                        "gene_id": chosen.index,
                        "symbol": chosen["symbol"].to_numpy(),
                        "direction": direction,
                        "probability": chosen[f"p_{direction}:{name}"].to_numpy(),
                        "evidence": table[name].to_numpy(),
                        "highest_elsewhere": elsewhere.to_numpy(),
                        "lead": (table[name] - elsewhere).to_numpy(),
                        "measured": chosen[f"measured:{name}"].to_numpy(),
                    }
                )
            )
    if not parts:
        return pd.DataFrame(columns=["model", "gene_id", "symbol", "direction", "lead"])
    whole = pd.concat(parts, ignore_index=True)
    whole["_place"] = whole["model"].map({bundle.name: place for place, bundle in enumerate(bundles)})
    ordered = whole.sort_values(["_place", "lead", "gene_id"], ascending=[True, False, True], kind="stable")
    return ordered.drop(columns="_place").reset_index(drop=True)
