"""Geometry of the signed bars of an account: what each kind of evidence adds to the log-odds, with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rarml.report.feature_words import KIND_SHORT
from rarml.report.gene_card_content import ClassAccount, GeneCard
from rarml.report.gene_card_words import DIRECTIONS, base_probability, kind_interval, odds_factor
from rarml.report.words import percent

LEFT, MIDDLE, WIDTH, ROW, HEAD = 104, 240, 460, 30, 12
_HALF = MIDDLE - LEFT


@dataclass(frozen=True)
class Bar:
    """One kind: bar from the zero line, whisker ends, texts; in SVG units."""

    label: str
    y: float
    x: float
    width: float
    low: float
    high: float
    positive: bool
    sure: bool
    factor: str
    said: str


@dataclass(frozen=True)
class Bars:
    """The account of one class: what the template draws."""

    name: str
    bars: list[Bar]
    ticks: list[tuple[str, float]]
    height: float
    bottom: float
    title: str
    described: str


def reach(card: GeneCard) -> float:
    """Log-odds at the ends of the axis: the same for all accounts of a card, so that bars can be compared."""
    ends = [abs(end) for one in directions(card) for share in one.kinds for end in (share.low, share.high)]
    return max(1.0, min(max(ends, default=1.0), 4.0))


def directions(card: GeneCard) -> Iterable[ClassAccount]:
    """The accounts of up and down of all models."""
    return (one for answer in card.answers for one in answer.accounts if one.name in DIRECTIONS)


def bars(account: ClassAccount, most: float) -> Bars:
    """Bars of one account on an axis that ends at ±`most`."""

    def x(value: float) -> float:
        return round(MIDDLE + _HALF * max(-1.0, min(1.0, value / most)), 1)

    made = []
    for i, share in enumerate(account.kinds):
        ends = sorted((x(0), x(share.contribution)))
        made.append(
            Bar(
                label=KIND_SHORT[share.kind],
                y=HEAD + ROW * i,
                x=ends[0],
                width=max(round(ends[1] - ends[0], 1), 0.8),
                low=x(share.low),
                high=x(share.high),
                positive=share.contribution >= 0,
                sure=share.sure,
                factor=odds_factor(share.contribution),
                said=f"{KIND_SHORT[share.kind]}: {kind_interval(share)}",
            )
        )
    bottom = HEAD + ROW * len(made)
    step = 1.0 if most <= 2.5 else 2.0
    marks = [step * k for k in range(-int(most / step), int(most / step) + 1)]
    return Bars(
        name=account.name,
        bars=made,
        ticks=[(f"{mark:+.0f}".replace("-", "−") if mark else "0", x(mark)) for mark in marks],
        height=bottom + 42,
        bottom=bottom,
        title=f"P({account.name}): {percent(base_probability(account))} for an average promoter → "
        f"{percent(account.probability)} here",
        described=f"Change of the log-odds of P({account.name}) by kind of evidence: "
        + "; ".join(bar.said for bar in made),
    )
