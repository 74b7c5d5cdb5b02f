"""Genes by models as coloured cells: direction by hue, probability by strength, always with the number in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rarml.report.content import ModelInfo
from rarml.report.score_rows import ModelView
from rarml.report.words import percent

_ARROWS = (("up", "▲"), ("down", "▼"))
STRONGEST = 0.75
"""Opacity of the fill at probability 1; text stays above 4.5 : 1 on it in both colour schemes."""


@dataclass(frozen=True)
class HeatCell:
    """One cell: `side` is u (up), d (down) or off; `alpha` the opacity of its fill; `candidate` shown bold.

    `quiet` marks a gene that the model does not judge: its number is shown without colour.
    """

    side: str
    arrow: str
    p: float | None
    alpha: float
    candidate: bool
    quiet: bool = False


@dataclass(frozen=True)
class HeatRow:
    """A gene and one cell per model."""

    gene_id: str
    symbol: str
    cells: list[HeatCell]


def heat_cell(p_up: float | None, p_down: float | None, call: str | None) -> HeatCell:
    """The likelier direction; the call's direction where it is a candidate, ◆ where that is unclear."""
    up, down = p_up or 0.0, p_down or 0.0
    if p_up is None and p_down is None:
        return HeatCell("off", "", None, 0.0, False)
    rising = call == "candidate up" if call in ("candidate up", "candidate down") else up >= down
    p = up if rising else down
    arrow = "◆" if call == "candidate, direction unclear" else "▲" if rising else "▼"
    quiet = call == "not judged"
    alpha = 0.0 if quiet else round(STRONGEST * p, 2)
    return HeatCell("u" if rising else "d", arrow, p, alpha, (call or "").startswith("candidate"), quiet)


def by_strongest(views: Sequence[ModelView]) -> list[str]:
    """Every gene once, by its highest P(responsive) over the models."""
    strength: dict[str, float] = {}
    for view in views:
        for row in view.rows:
            strength[row["gene_id"]] = max(strength.get(row["gene_id"], 0.0), row["p_responsive"] or 0.0)
    return sorted(strength, key=lambda gene: (-strength[gene], gene))


def heat_rows(views: Sequence[ModelView], most: int | None = None) -> list[HeatRow]:
    """A row per gene, in the order of `by_strongest`; the first `most` only where that is given."""
    wanted = by_strongest(views)[:most]
    chosen = set(wanted)
    rows: dict[str, dict[str, dict[str, Any]]] = {gene: {} for gene in wanted}
    for view in views:
        for row in view.rows:
            if row["gene_id"] in chosen:
                rows[row["gene_id"]][view.info.name] = row
    names = [view.info.name for view in views]
    return [
        HeatRow(
            gene,
            next(iter(of_model.values()))["symbol"],
            [_cell(of_model.get(name)) for name in names],
        )
        for gene, of_model in rows.items()
    ]


def below_head(info: ModelInfo) -> str:
    """What stands under a model's name in a heading: how far to trust it, and its base rates."""
    rates = [f"{arrow} {percent(info.prevalence[name])}" for name, arrow in _ARROWS if name in info.prevalence]
    said = ["experimental"] if info.experimental else []
    return "; ".join([*said, *([f"base rate {' '.join(rates)}"] if rates else [])])


def _cell(row: dict[str, Any] | None) -> HeatCell:
    return heat_cell(None, None, None) if row is None else heat_cell(row["p_up"], row["p_down"], row["call"])
