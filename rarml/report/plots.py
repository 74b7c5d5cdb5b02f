"""What every plot shares: a style, a figure outside pyplot, and inline SVG with values to hover over.

The same bytes each time, text kept as text, ink that follows the page's colour scheme.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pandas as pd
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MODEL, OTHER, GUIDE = "#D55E00", "#0072B2", "#808890"
"""Okabe & Ito's vermillion and blue, safe for colour-blind readers, told apart by dashes as well."""
_INK = "#010203"
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rarml",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "legend.frameon": False,
}
_TIP_RADIUS = 7
_BROAD = 9.0  # inches; a phone shows such a figure larger and lets it be pushed sideways


@dataclass(frozen=True, eq=False)
class Tip:
    """What to say over a point: data coordinates of `axes`."""

    axes: Axes
    x: float
    y: float
    said: str


def hexbin_plot(x: pd.Series, y: pd.Series, x_name: str, y_name: str, described: str) -> Markup:
    """Density of genes over P(responsive) in two models (0-1 each), darker where there are more genes."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("teal", ["#bfe3e3", "#3a9da3", "#0b3f4a"])
    with figure_with_axes(4.9, 4.3) as (figure, axes):
        drawn = axes[0].hexbin(x, y, gridsize=24, extent=(0, 1, 0, 1), bins="log", mincnt=1, cmap=colours, linewidths=0)
        axes[0].plot([0, 1], [0, 1], color=GUIDE, linestyle=":")
        figure.colorbar(drawn, ax=axes[0], label="genes per cell", shrink=0.8, format="%d")
        label(axes[0], "", f"P(responsive) in {x_name}", f"P(responsive) in {y_name}", None)
        axes[0].set_aspect("equal")
        return svg_of(figure, described)


def label(axis: Axes, title: str, x: str, y: str, legend: str | None) -> None:
    """Title, axis names and ticks of an axis from 0 to 1 on both sides; text is never read as mathematics."""
    axis.set(title=plain(title), xlabel=plain(x), ylabel=plain(y), xlim=(0, 1), ylim=(0, 1.005))
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    if legend:
        axis.legend(loc=legend, fontsize=9)


def plain(text: str) -> str:
    """Text that matplotlib takes as it is."""
    return str(text).replace("$", r"\$")


@contextmanager
def figure_with_axes(
    width: float, height: float, columns: int = 1, rows: int = 1
) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure of `width` by `height` inches outside pyplot: no state or window system of the caller is touched."""
    from matplotlib.figure import Figure

    with plot_style():
        figure = Figure(figsize=(width, height), layout="constrained", dpi=72)
        yield figure, list(figure.subplots(rows, columns, squeeze=False).ravel())


@contextmanager
def plot_style() -> Iterator[None]:
    """Matplotlib's settings for a figure of rarml: while it is drawn, and again while it is saved."""
    import matplotlib

    with matplotlib.rc_context(_STYLE):
        yield


def svg_of(figure: Any, described: str, tips: Sequence[Tip] = ()) -> Markup:
    """The figure as an SVG element with a description; dark ink becomes the page's own text colour.

    Each of `tips` becomes an unseen disc with a `<title>`, which the page's script shows beside the pointer.
    """
    buffer = io.StringIO()
    with plot_style():
        settle(figure)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    body = text[text.index("<svg") :].replace(_INK, "currentColor")
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    # ids must differ between the plots of one page, and not depend on what else is on it
    mark = f"{crc32(described.encode()):08x}"
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>p{mark}-", body)
    broad = ' class="broad"' if figure.get_figwidth() > _BROAD else ""
    opening = f'<svg{broad} role="img" aria-label="{escape(described)}"'
    body = body.replace("<svg", opening, 1).replace("DejaVu Sans", "system-ui")
    end = body.rindex("</svg>")
    return Markup(body[:end] + _discs(figure, tips) + body[end:])


def settle(figure: Any) -> None:
    """Place everything once: saving in several formats need not solve the layout again."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def _discs(figure: Any, tips: Sequence[Tip]) -> str:
    height = 72 * figure.get_figheight()
    made = []
    for tip in tips:
        x, y = 72 / figure.dpi * tip.axes.transData.transform((tip.x, tip.y))
        place = f'cx="{x:.1f}" cy="{height - y:.1f}" r="{_TIP_RADIUS}"'
        made.append(f'<circle {place} fill="transparent"><title>{escape(tip.said)}</title></circle>\n')
    return "".join(made)


def ink() -> str:
    """The colour that stands for the page's own text colour."""
    return _INK
