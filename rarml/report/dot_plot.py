"""Geometry of the interval dot plot: P(up) and P(down) of the leading genes, with intervals and base rates.

Drawn by a template rather than matplotlib: it follows dark mode and costs no import when a list is scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rarml.report.score_rows import ModelView

TOP = 20
LEFT, WIDTH, ROW, HEAD = 130, 620, 24, 34


@dataclass(frozen=True)
class Dot:
    """One estimate: centre, interval ends and vertical position in SVG units."""

    kind: str
    x: float
    low: float
    high: float
    y: float
    said: str


@dataclass(frozen=True)
class DotPlot:
    """What the template draws; positions in SVG units."""

    genes: list[tuple[str, float]]
    dots: list[Dot]
    ticks: list[tuple[str, float]]
    bases: list[tuple[str, float, str]]
    width: int
    height: int
    bottom: float
    described: str


def dot_plot(view: ModelView, top: int = TOP) -> DotPlot:
    """The `top` genes with the highest P(responsive) of one model."""
    rows = [row for row in view.rows if row["p_responsive"] is not None][:top]
    bottom = HEAD + ROW * len(rows)
    kinds = [name for name in ("up", "down") if name in view.info.classes]
    return DotPlot(
        genes=[(str(row["symbol"])[:16], HEAD + ROW * (i + 0.5)) for i, row in enumerate(rows)],
        dots=[dot for i, row in enumerate(rows) for dot in _dots(row, i, kinds)],
        ticks=[(f"{p} %", _x(p / 100)) for p in (0, 25, 50, 75, 100)],
        bases=[
            (name, _x(view.info.prevalence[name]), f"{100 * view.info.prevalence[name]:.0f} %")
            for name in kinds
            if name in view.info.prevalence
        ],
        width=LEFT + WIDTH + 40,
        height=bottom + 46,
        bottom=bottom,
        described=f"Probability of rising and of falling, with 95 % intervals, of {len(rows)} genes in "
        f"{view.info.cell_type}; the same numbers are in the table below.",
    )


def _dots(row: dict[str, Any], i: int, kinds: Sequence[str]) -> list[Dot]:
    shift = 4.5 if len(kinds) > 1 else 0.0
    made = []
    for kind in kinds:
        p = row[f"p_{kind}"]
        if p is None:
            continue
        low, high = (row[f"p_{kind}_{end}"] for end in ("low", "high"))
        low, high = p if low is None else low, p if high is None else high
        y = HEAD + ROW * (i + 0.5) + (-shift if kind == "up" else shift)
        said = f"{row['symbol']}: P({kind}) {100 * p:.0f} %, {100 * low:.0f} to {100 * high:.0f} %"
        made.append(Dot(kind, _x(p), _x(low), _x(high), round(y, 1), said))
    return made


def _x(p: float) -> float:
    return round(LEFT + WIDTH * float(p), 1)
