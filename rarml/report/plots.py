"""Plots as inline SVG: the same bytes each time, text kept as text, ink that follows the page's colour scheme."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from numpy.typing import NDArray

from rarml.report.content import Curve
from rarml.report.curves import pr_points, reliability_bins, roc_points

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


def curve_plot(curves: Sequence[Curve], described: str) -> Markup:
    """ROC, precision-recall and reliability of one task, side by side; the first curve is the model."""
    with figure_with_axes(11.4, 3.9, columns=3) as (figure, axes):
        roc, pr, reliability = axes
        tops: list[NDArray[np.float64]] = []
        for curve, (colour, dash, mark) in zip(curves, _looks(len(curves)), strict=True):
            look: dict[str, Any] = {"color": colour, "linestyle": dash, "linewidth": 1.9, "label": curve.predictor}
            roc.plot(*roc_points(curve.truth, curve.score), **look)
            pr.plot(*pr_points(curve.truth, curve.score), **look)
            mean, share, low, high, _ = reliability_bins(curve.truth, curve.score)
            tops += [mean, high]
            reliability.errorbar(mean, share, [share - low, high - share], marker=mark, ms=5, elinewidth=1, **look)
        reach = max([0.1, *(np.max(ends) for ends in tops if len(ends))])
        positive = float(np.mean(curves[0].truth)) if len(curves[0].truth) else 0.0
        roc.plot([0, 1], [0, 1], color=GUIDE, linestyle=":", label="chance")
        pr.axhline(positive, color=GUIDE, linestyle=":", label=f"chance ({positive:.2f})")
        reliability.plot([0, 1], [0, 1], color=GUIDE, linestyle=":", label="perfect")
        _label(roc, "ROC", "False positive rate", "True positive rate", "lower right")
        _label(pr, "Precision and recall", "Recall", "Precision", "upper right")
        _label(reliability, "Reliability", "Predicted probability", "Observed share (95 %)", "upper left")
        _zoom(reliability, reach)
        return svg_of(figure, described)


def hexbin_plot(x: pd.Series, y: pd.Series, x_name: str, y_name: str, described: str) -> Markup:
    """Density of genes over P(responsive) in two models (0-1 each), darker where there are more genes."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("teal", ["#bfe3e3", "#3a9da3", "#0b3f4a"])
    with figure_with_axes(4.9, 4.3) as (figure, axes):
        drawn = axes[0].hexbin(x, y, gridsize=24, extent=(0, 1, 0, 1), bins="log", mincnt=1, cmap=colours, linewidths=0)
        axes[0].plot([0, 1], [0, 1], color=GUIDE, linestyle=":")
        figure.colorbar(drawn, ax=axes[0], label="genes per cell", shrink=0.8, format="%d")
        _label(axes[0], "", f"P(responsive) in {x_name}", f"P(responsive) in {y_name}", None)
        axes[0].set_aspect("equal")
        return svg_of(figure, described)


def gain_plot(metrics: pd.DataFrame, described: str) -> Markup:
    """AUROC of the model and of covariates alone per task, with the model's interval."""
    n = len(metrics)
    with figure_with_axes(7.4, 1.3 + 0.46 * n) as (figure, axes):
        axis, rows = axes[0], np.arange(n)[::-1]
        value = metrics["value"].to_numpy(dtype=float)
        spread = np.abs(metrics[["low", "high"]].to_numpy(dtype=float).T - value)
        axis.errorbar(value, rows, xerr=spread, fmt="o", color=MODEL, ms=7, capsize=3, label="this model (95 %)")
        axis.plot(metrics["baseline"], rows, "D", color=OTHER, ms=6, mfc="none", mew=1.8, label="covariates only")
        axis.axvline(0.5, color=GUIDE, linestyle=":", label="chance")
        axis.set_yticks(rows, [str(task).replace("$", r"\$") for task in metrics["task"]])
        axis.set(xlabel="AUROC on held-out chromosomes", ylim=(-0.6, n - 0.4))
        low = np.nanmin([0.48, *metrics["low"], *metrics["baseline"]])
        axis.set_xlim(max(0.0, low - 0.02), 1.0)
        figure.legend(loc="outside upper left", ncols=3, fontsize=9.5)
        return svg_of(figure, described)


def _looks(n: int) -> list[tuple[str, str, str]]:
    looks = [(MODEL, "-", "o"), (OTHER, "--", "D"), ("#009E73", "-.", "s"), ("#CC79A7", ":", "^")]
    return [looks[i % len(looks)] for i in range(n)]


def _label(axis: Axes, title: str, x: str, y: str, legend: str | None) -> None:
    axis.set(title=title, xlabel=x.replace("$", r"\$"), ylabel=y.replace("$", r"\$"), xlim=(0, 1), ylim=(0, 1.005))
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    if legend:
        axis.legend(loc=legend, fontsize=9)


def _zoom(axis: Axes, reach: float) -> None:
    """Both axes from 0 to the next round number above `reach`: rare classes fill the plot instead of its corner."""
    top = next((end for end in (0.1, 0.2, 0.4, 0.6, 0.8) if end >= 1.02 * reach), 1.0)
    ticks = [round(top * i / 4, 3) for i in range(5)]
    axis.set(xlim=(0, top), ylim=(0, 1.005 * top), yticks=ticks)
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])


@contextmanager
def figure_with_axes(width: float, height: float, columns: int = 1) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure outside pyplot, so that no state or window system of the caller is touched."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, list(figure.subplots(1, columns, squeeze=False)[0])


def svg_of(figure: Any, described: str) -> Markup:
    """The figure as an SVG element with a description; dark ink becomes the page's own text colour."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    body = text[text.index("<svg") :].replace(_INK, "currentColor")
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    # ids must differ between the plots of one page, and not depend on what else is on it
    mark = f"{crc32(described.encode()):08x}"
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>p{mark}-", body)
    opening = f'<svg role="img" aria-label="{escape(described)}"'
    return Markup(body.replace("<svg", opening, 1).replace("DejaVu Sans", "system-ui"))
