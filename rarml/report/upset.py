"""UpSet plot as SVG: how many genes each combination of sets holds (Lex 2014, doi:10.1109/TVCG.2014.2346248)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

COLOURS = {"up": "#b34700", "down": "#005a94"}
MOST = 16
"""Combinations drawn; the table has all."""
_TOP, _BARS, _ROW, _COLUMN, _SIZE, _GAP = 24, 150, 26, 34, 124, 10
_FIGURES = 40  # room for the number before a size bar
_LETTER = 7.4


@dataclass(frozen=True)
class Combination:
    """Genes in exactly these sets: their number, and that of independent sets."""

    sets: tuple[str, ...]
    n: int
    expected: float


def upset_plot(sizes: dict[str, int], combinations: Sequence[Combination], direction: str, described: str) -> Markup:
    """Draw sets (rows) and their exclusive combinations (columns), largest first.

    Parameters
    ----------
    sizes : dict of str to int
        Genes per set, in the order of the rows.
    combinations : sequence of Combination
        In the order of the columns; at most `MOST` are drawn.
    direction : str
        "up" or "down": the colour.
    described : str
        Text for readers who do not see it.
    """
    drawn = list(combinations[:MOST])
    names = list(sizes)
    label = 16 + _LETTER * max((len(name) for name in names), default=0)
    left = _SIZE + _GAP + label
    base, bottom = _TOP + _BARS, _TOP + _BARS + 14 + _ROW * len(names)
    width = max(left + _COLUMN * len(drawn) + 20, left + 350)
    tallest = max([1, *(max(one.n, one.expected) for one in drawn)])
    largest = max([1, *sizes.values()])
    colour = COLOURS[direction]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {bottom + 30:.0f}" width="{width:.0f}" '
        f'role="img" aria-label="{escape(described)}" font-family="system-ui,sans-serif" font-size="12.5" '
        f'fill="currentColor"><title>{escape(described)}</title>'
    ]
    for i, (name, size) in enumerate(sizes.items()):
        y = base + 14 + _ROW * i
        long = (_SIZE - _FIGURES) * size / largest
        shade = 0.07 if i % 2 == 0 else 0
        parts.append(
            f'<rect x="{_SIZE + _GAP:.0f}" y="{y}" width="{width - _SIZE - _GAP:.0f}" height="{_ROW}" '
            f'fill="currentColor" fill-opacity="{shade}"/>'
            f"<g><title>{escape(name)}: {size:,} genes {direction}</title>"
            f'<rect x="{_SIZE - long:.1f}" y="{y + 6}" width="{long:.1f}" height="{_ROW - 12}" fill="{colour}"/>'
            f'<text x="{_SIZE - long - 5:.1f}" y="{y + 17}" text-anchor="end">{size:,}</text></g>'
            f'<text x="{_SIZE + _GAP + 6}" y="{y + 17}">{escape(name)}</text>'
        )
    for k, one in enumerate(drawn):
        parts.append(_column(one, names, left + _COLUMN * (k + 0.5), base, tallest, colour))
    parts.append(
        f'<path d="M{left} {base}H{left + _COLUMN * len(drawn):.0f}" stroke="currentColor"/>'
        f'<text x="{_SIZE}" y="{bottom + 20}" text-anchor="end">genes per model</text>'
        f'<text x="{left}" y="{_TOP - 10}" font-size="11.5">genes in exactly these models (dash: expected by chance)'
        "</text></svg>"
    )
    return Markup("".join(parts))


def _column(one: Combination, names: Sequence[str], x: float, base: float, tallest: float, colour: str) -> str:
    high = (_BARS - 20) * one.n / tallest
    chance = base - (_BARS - 20) * one.expected / tallest
    said = f"{' + '.join(one.sets)}: {one.n:,} genes, {one.expected:,.1f} expected of independent sets"
    rows = [names.index(name) for name in one.sets]
    places = [base + 14 + _ROW * (i + 0.5) for i in range(len(names))]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y}" r="6"'
        + (f' fill="{colour}"/>' if i in rows else ' fill="currentColor" fill-opacity=".16"/>')
        for i, y in enumerate(places)
    )
    joined = f'<path d="M{x:.1f} {places[min(rows)]}V{places[max(rows)]}" stroke="{colour}" stroke-width="2.5"/>'
    return (
        f"<g><title>{escape(said)}</title>"
        f'<rect x="{x - 11:.1f}" y="{base - high:.1f}" width="22" height="{high:.1f}" fill="{colour}"/>'
        f'<path d="M{x - 13:.1f} {chance:.1f}h26" stroke="currentColor" stroke-width="1.6"/>'
        f'<text x="{x:.1f}" y="{min(base - high, chance) - 5:.1f}" text-anchor="middle">{one.n:,}</text>'
        f"{joined if len(rows) > 1 else ''}{dots}</g>"
    )
