"""The genes on which two models differ most, row by row: what each says, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from rarml.report.compare_figures import scatter_figure, scatter_pairs
from rarml.report.content import CompareContent
from rarml.report.words import missing, percent

KIND_WORDS = {
    "start": "average promoter",
    "covariates": "covariates",
    "coexpression": "co-expression",
    "chromatin": "chromatin",
    "rare": "RAREs and motifs",
    "sequence": "sequence",
}
"""Words for the kinds of evidence; a kind that is not here is shown by its own name."""
_STRONGEST = 2.5
"""Log-odds at which the fill is strongest."""


@dataclass(frozen=True)
class WhyCell:
    """What one kind of evidence adds to the difference: `side` is a or b (where it is higher), `alpha` the fill."""

    value: float | None
    side: str
    alpha: float


@dataclass(frozen=True)
class DifferenceRow:
    """A gene: `facts` of both sides by name (None where missing), and the difference by kind."""

    facts: dict[str, Any]
    why: list[WhyCell]


@dataclass(frozen=True)
class PairView:
    """Two models and a direction: the scatter, the genes that differ most, and in words what makes the difference."""

    a: str
    b: str
    direction: str
    figure: Markup
    kinds: list[str]
    rows: list[DifferenceRow]
    shares: str


def pair_views(content: CompareContent) -> list[PairView]:
    """Up first, then down; every pair of models that both know the direction."""
    table = content.more.differences
    kinds = [str(name).removeprefix("why:") for name in table.columns if str(name).startswith("why:")]
    # a kind that no model reads would be a column of noughts
    kinds = [kind for kind in kinds if (table[f"why:{kind}"].fillna(0).abs() > 1e-9).any()]
    views = []
    for direction, a, b in scatter_pairs(content):
        rows = []
        chosen = table
        if len(table):
            chosen = table[(table["a"] == a) & (table["b"] == b) & (table["direction"] == direction)]
            plain = [{str(k): None if missing(v) else v for k, v in row.items()} for row in chosen.to_dict("records")]
            rows = [DifferenceRow(row, [_why(row[f"why:{kind}"]) for kind in kinds]) for row in plain]
        views.append(PairView(a, b, direction, scatter_figure(content, direction, a, b), kinds, rows, shares(chosen)))
    return views


def shares(differences: pd.DataFrame) -> str:
    """Each kind's share of the absolute contributions over these genes, in words, largest first; "" without reasons."""
    sums = {
        str(name).removeprefix("why:"): float(differences[name].abs().sum())
        for name in differences.columns
        if str(name).startswith("why:")
    }
    whole = sum(sums.values())
    if not whole > 0:
        return ""
    ordered = sorted(sums.items(), key=lambda item: -item[1])
    return ", ".join(f"{KIND_WORDS.get(kind, kind)} {percent(value / whole)}" for kind, value in ordered if value)


def _why(value: float | None) -> WhyCell:
    if value is None:
        return WhyCell(None, "off", 0.0)
    alpha = round(0.75 * min(abs(value) / _STRONGEST, 1.0), 2)
    return WhyCell(value, "a" if value >= 0 else "b", alpha)
