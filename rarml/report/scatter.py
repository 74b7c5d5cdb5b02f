"""Two models gene by gene as SVG: density of all genes, and by name those that differ most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import ArrayLike, NDArray

_LEFT, _TOP, _SIDE, _BOTTOM, _RIGHT = 54, 14, 400, 48, 118
_CELLS = 50
_LEVELS = (1, 2, 4, 8, 16, 32)
_MARKED = {"x": "#005a94", "y": "#b34700"}
_LINE = 12.5
LIMIT = 6.0
"""Log-odds beyond the base rate at the ends of both axes; genes beyond are drawn at the edge."""


@dataclass(frozen=True)
class Marked:
    """A gene drawn by name: its place, the axis it is higher on ("x" or "y"), and what to say of it."""

    symbol: str
    x: float
    y: float
    higher: str
    said: str


def scatter_plot(
    x: ArrayLike, y: ArrayLike, x_name: str, y_name: str, marked: Sequence[Marked], described: str
) -> Markup:
    """Density of genes over the evidence of two models (log-odds beyond each base rate).

    Parameters
    ----------
    x, y : array of float, shape (n,)
        Genes with a missing value are left out.
    x_name, y_name : str
        Names of the axes.
    marked : sequence of Marked
        Genes to name; those without a place are left out.
    described : str
        Text for readers who do not see it.
    """
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = np.isfinite(a) & np.isfinite(b)
    low = min(-1.0, *(_round_down(values[known]) for values in (a, b)))
    high = max(1.0, *(-_round_down(-values[known]) for values in (a, b)))
    ticks = [value for value in range(int(low), int(high) + 1) if value % (2 if high - low > 7 else 1) == 0]
    width, height = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM

    def across(value: float) -> float:
        return round(_LEFT + _SIDE * (min(max(value, low), high) - low) / (high - low), 1)

    def up(value: float) -> float:
        return round(_TOP + _SIDE * (high - min(max(value, low), high)) / (high - low), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{escape(described)}" font-family="system-ui,sans-serif" font-size="12.5" fill="currentColor">'
        f"<title>{escape(described)}</title>"
    ]
    end_x, end_y = _LEFT + _SIDE, _TOP + _SIDE
    for tick in ticks:
        said = f"{tick:+d}".replace("-", "−") if tick else "0"
        parts.append(
            f'<path d="M{across(tick)} {_TOP}V{end_y}M{_LEFT} {up(tick)}H{end_x}" stroke="currentColor" '
            f'stroke-opacity="{0.4 if tick == 0 else 0.12}"/>'
            f'<text x="{across(tick)}" y="{end_y + 17}" text-anchor="middle">{said}</text>'
            f'<text x="{_LEFT - 7}" y="{up(tick) + 4}" text-anchor="end">{said}</text>'
        )
    parts.append(_density(a[known], b[known], low, high))
    parts.append(
        f'<path d="M{_LEFT} {end_y}L{end_x} {_TOP}" stroke="currentColor" stroke-dasharray="3 4" stroke-opacity=".7"/>'
        f'<text x="{_LEFT + _SIDE / 2}" y="{height - 8}" text-anchor="middle">{escape(x_name)}</text>'
        f'<text transform="translate(14 {_TOP + _SIDE / 2}) rotate(-90)" text-anchor="middle">{escape(y_name)}</text>'
    )
    parts += _names(marked, across, up)
    return Markup("".join(parts) + "</svg>")


def _round_down(values: NDArray[np.float64]) -> float:
    return float(max(np.floor(values.min()), -LIMIT)) if len(values) else -1.0


def _density(x: NDArray[np.float64], y: NDArray[np.float64], low: float, high: float) -> str:
    """Squares by number of genes: one path per level, so that 20,000 genes stay a few kilobytes."""
    edges = np.linspace(low, high, _CELLS + 1)
    counts = np.histogram2d(np.clip(x, low, high), np.clip(y, low, high), bins=(edges, edges))[0]
    side = _SIDE / _CELLS
    paths = []
    for i, least in enumerate(_LEVELS):
        most = _LEVELS[i + 1] if i + 1 < len(_LEVELS) else np.inf
        cells = np.argwhere((counts >= least) & (counts < most))
        if not len(cells):
            continue
        drawn = "".join(
            f"M{_LEFT + column * side:.0f} {_TOP + _SIDE - (row + 1) * side:.0f}h{side:.0f}v{side:.0f}h-{side:.0f}z"
            for column, row in cells
        )
        more = f"{least} or more" if np.isinf(most) else f"{least}" if most == least + 1 else f"{least} to {most - 1:g}"
        opacity = 0.16 + 0.14 * i
        parts = f'<path d="{drawn}" fill="#14808a" fill-opacity="{opacity:.2f}"/>'
        paths.append(f"<g><title>{more} genes in one cell</title>{parts}</g>")
    return "".join(paths)


def _names(marked: Sequence[Marked], across: Callable[[float], float], up: Callable[[float], float]) -> list[str]:
    """Dots with names at the right edge of the dot, moved down where two would lie on each other."""
    taken: list[tuple[float, float]] = []
    made = []
    placed = [gene for gene in marked if np.isfinite(gene.x + gene.y)]
    for one in sorted(placed, key=lambda gene: (-gene.y, gene.symbol)):
        x, y = across(one.x), up(one.y)
        place = y + 4
        while any(abs(place - other) < _LINE and abs(x - there) < 70 for there, other in taken):
            place += 3
        taken.append((x, place))
        colour = _MARKED[one.higher]
        line = f'<path d="M{x} {y}L{x + 8} {place - 4:.1f}" stroke="{colour}"/>' if place - y > 8 else ""
        made.append(
            f'<g><title>{escape(one.said)}</title>{line}<circle cx="{x}" cy="{y}" r="3.6" fill="{colour}"/>'
            f'<text x="{x + 8}" y="{place:.1f}" font-size="11.5" font-weight="600">{escape(one.symbol[:16])}</text></g>'
        )
    return made
