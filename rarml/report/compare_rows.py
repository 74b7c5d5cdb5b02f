"""Groups of genes that share a pattern of calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rarml.report.content import CompareContent
from rarml.report.heat import HeatCell, heat_cell
from rarml.report.words import MISSING

_MEANING = {
    "shared up": "candidates up in every model: the shared core of the response",
    "shared down": "candidates down in every model",
    "opposite": "candidates up in one model and down in another: look at these before pooling cell types",
    "partly shared": "candidates in one direction in some models, but not in all",
}
NOT_BY_ALL = "not judged by all"
QUIET = ("none", NOT_BY_ALL)


@dataclass(frozen=True)
class GroupRow:
    """A gene of a group: one cell and one measured status per model, and the spread of P(responsive)."""

    gene_id: str
    symbol: str
    cells: list[HeatCell]
    measured: list[str]
    spread: float | None


@dataclass(frozen=True)
class Group:
    """Genes that share a pattern of calls: `rows` leading ones of `total`."""

    name: str
    anchor: str
    meaning: str
    total: int
    rows: list[GroupRow]


def groups(content: CompareContent) -> list[Group]:
    """Shared first, then opposite, then each model's own, then partly shared; empty groups are left out."""
    table = content.genes
    own = [f"only in {info.name}" for info in content.models]
    known = ["shared up", "shared down", "opposite", *own, "partly shared"]
    rest = sorted(set(table["group"].dropna()) - set(known) - set(QUIET))
    found: list[Group] = []
    for name in [*known, *rest]:
        members = table[table["group"] == name]
        if len(members):
            found.append(_group(content, name, f"group-{len(found) + 1}", members))
    return found


def gene_rows(content: CompareContent, members: pd.DataFrame) -> list[GroupRow]:
    """Rows of the gene table, in its order."""
    plain = members.astype(object).where(members.notna(), None)
    names = [info.name for info in content.models]
    return [_row({str(k): v for k, v in row.items()}, names) for row in plain.to_dict(orient="records")]


def responsive(genes: pd.DataFrame, model: str) -> pd.Series:
    """P(up) + P(down), where a model without P(down) adds nothing."""
    return genes[f"p_up:{model}"].astype(float) + genes[f"p_down:{model}"].astype(float).fillna(0)


def _group(content: CompareContent, name: str, anchor: str, members: pd.DataFrame) -> Group:
    names = [info.name for info in content.models]
    chances = pd.DataFrame({model: responsive(members, model) for model in names})
    if name in ("shared up", "shared down"):
        side = f"p_{name.removeprefix('shared ')}"
        order = pd.DataFrame({model: members[f"{side}:{model}"].astype(float) for model in names}).min(axis=1)
    elif name.startswith("only in ") and name.removeprefix("only in ") in names:
        own = name.removeprefix("only in ")
        order = chances[own] - chances.drop(columns=own).max(axis=1)
    else:
        order = chances.max(axis=1)
    leading = members.assign(_order=order).sort_values(["_order", "gene_id"], ascending=[False, True])
    leading = leading.head(content.top)
    rows = gene_rows(content, leading)
    meaning = _MEANING.get(name, "candidates in this model only" if name.startswith("only in ") else "")
    return Group(name, anchor, meaning, len(members), rows)


def _row(row: dict[str, Any], names: list[str]) -> GroupRow:
    cells = [heat_cell(row.get(f"p_up:{n}"), row.get(f"p_down:{n}"), row.get(f"call:{n}")) for n in names]
    measured = [row.get(f"measured:{name}") or MISSING for name in names]
    return GroupRow(row["gene_id"], row["symbol"] or row["gene_id"], cells, measured, row.get("spread"))
