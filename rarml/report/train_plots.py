"""The figures of a trained model: how well it ranks, and how far its probabilities hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.report.content import Curve
from rarml.report.drawings import Drawing
from rarml.report.plots import GUIDE, MODEL, OTHER, Tip, figure_with_axes, label, plain
from rarml.report.words import missing, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Row = Mapping[str, Any]
PANEL = "#009E73"
"""Okabe & Ito's green, for a third line."""
_LOOKS = ((MODEL, "-", "o"), (OTHER, "--", "D"), (PANEL, "-.", "s"), ("#CC79A7", ":", "^"))
_MOST_TIPS = 25


def gain_drawing(metrics: pd.DataFrame, described: str) -> Drawing:
    """AUROC of the model and of covariates alone per task, with the model's interval."""
    n = len(metrics)
    with figure_with_axes(7.4, 1.3 + 0.46 * n) as (figure, axes):
        axis, rows = axes[0], np.arange(n)[::-1]
        value = metrics["value"].to_numpy(dtype=float)
        spread = np.abs(metrics[["low", "high"]].to_numpy(dtype=float).T - value)
        axis.errorbar(value, rows, xerr=spread, fmt="o", color=MODEL, ms=7, capsize=3, label="this model (95 %)")
        axis.plot(metrics["baseline"], rows, "D", color=OTHER, ms=6, mfc="none", mew=1.8, label="covariates only")
        axis.axvline(0.5, color=GUIDE, linestyle=":", label="chance")
        axis.set_yticks(rows, [plain(task) for task in metrics["task"]])
        axis.set(xlabel="AUROC on held-out chromosomes", ylim=(-0.6, n - 0.4))
        low = np.nanmin([0.48, *metrics["low"], *metrics["baseline"]])
        axis.set_xlim(max(0.0, low - 0.02), 1.0)
        figure.legend(loc="outside upper left", ncols=3, fontsize=9.5)
        tips = [
            Tip(axis, row["value"], at, f"{row['task']}\nmodel {_estimate(row)}")
            for at, row in zip(rows, metrics.to_dict(orient="records"), strict=True)
        ]
        tips += [
            Tip(axis, row["baseline"], at, f"{row['task']}\ncovariates {number(row['baseline'], 3)}")
            for at, row in zip(rows, metrics.to_dict(orient="records"), strict=True)
            if not missing(row["baseline"])
        ]
        return Drawing("auroc_by_task", described, figure, tuple(tips))


def curve_drawing(task: str, curves: Sequence[Curve]) -> Drawing:
    """ROC, precision-recall and reliability of one task, side by side; the first curve is the model."""
    names = " and ".join(curve.predictor for curve in curves)
    with figure_with_axes(11.4, 4.0, columns=3) as (figure, axes):
        roc, pr, reliability = axes
        tops: list[NDArray[np.float64]] = []
        tips: list[Tip] = []
        for curve, (colour, dash, mark) in zip(curves, _cycled(len(curves)), strict=True):
            name = plain(curve.predictor)
            look: dict[str, Any] = {"color": colour, "linestyle": dash, "linewidth": 1.9, "label": name}
            (false, true), (recall, precision) = curve.roc, curve.pr
            roc.plot(false, true, **look)
            pr.plot(recall, precision, **look)
            mean, share, low, high, size = curve.reliability
            tops += [mean, high]
            reliability.errorbar(mean, share, [share - low, high - share], marker=mark, ms=5, elinewidth=1, **look)
            said = f"{curve.predictor}\n"
            tips += [Tip(roc, x, y, f"{said}{percent(y)} found at {percent(x)} false") for x, y in _some(false, true)]
            tips += [Tip(pr, x, y, f"{said}precision {y:.2f} at recall {x:.2f}") for x, y in _some(recall, precision)]
            tips += [
                Tip(reliability, x, y, f"{said}predicted {x:.3f}, observed {y:.3f} ({lo:.3f} to {hi:.3f}), {n:,} genes")
                for x, y, lo, hi, n in zip(mean, share, low, high, size, strict=True)
            ]
        positive = curves[0].prevalence
        roc.plot([0, 1], [0, 1], color=GUIDE, linestyle=":", label="chance")
        pr.axhline(positive, color=GUIDE, linestyle=":", label=f"prevalence ({positive:.3g})")
        reliability.plot([0, 1], [0, 1], color=GUIDE, linestyle=":", label="perfect")
        label(roc, "ROC", "False positive rate", "True positive rate", None)
        label(pr, "Precision and recall", "Recall", "Precision", None)
        label(reliability, "Reliability", "Predicted probability", "Observed share (95 %)", None)
        _zoom(reliability, max([0.1, *(np.max(ends) for ends in tops if len(ends))]))
        pr.legend(handles=pr.get_lines()[-1:], loc="upper right", fontsize=9)
        handles = roc.get_legend_handles_labels()[0]
        figure.legend(handles=handles, loc="outside upper left", ncols=4, fontsize=9.5)
        described = f"ROC, precision-recall and reliability curves of {names} for {task}"
        return Drawing(f"curves_{task}", described, figure, tuple(tips))


def top_drawing(rows: Sequence[Row], described: str) -> Drawing:
    """Precision among the genes ranked first, with its interval, one panel per task."""
    tasks = list(dict.fromkeys(str(row["task"]) for row in rows))
    with figure_with_axes(3.8 * len(tasks), 3.6, columns=len(tasks)) as (figure, axes):
        tips: list[Tip] = []
        for axis, task in zip(axes, tasks, strict=True):
            here = [row for row in rows if row["task"] == task]
            depth, (value, spread) = _column(here, "depth"), with_bars(here)
            axis.errorbar(depth, value, spread, color=MODEL, marker="o", ms=6, capsize=3, label="this model (95 %)")
            chance = float(here[0]["prevalence"])
            axis.axhline(chance, color=GUIDE, linestyle=":", label=f"prevalence ({chance:.3g})")
            label(axis, task, "Genes ranked first", "Share that responded", "upper right")
            axis.set_xscale("log")
            axis.set_xlim(0.8 * min(depth), 1.25 * max(depth))
            axis.set_xticks(depth, [f"{int(k)}" for k in depth], minor=False)
            axis.set_xticks([], minor=True)
            tips += [
                Tip(axis, row["depth"], row["value"], f"first {row['depth']} genes\n{_estimate(row)}") for row in here
            ]
        return Drawing("precision_at_k", described, figure, tuple(tips))


def decile_drawing(rows: Sequence[Row], described: str) -> Drawing:
    """AUROC within deciles of baseline expression, of the model and of covariates alone."""
    with figure_with_axes(7.4, 3.6) as (figure, axes):
        axis, at = axes[0], np.arange(len(rows))
        value, spread = with_bars(rows)
        axis.errorbar(at - 0.08, value, spread, fmt="o", color=MODEL, ms=6, capsize=3, label="this model (95 %)")
        axis.plot(
            at + 0.08, _column(rows, "baseline"), "D", color=OTHER, ms=6, mfc="none", mew=1.8, label="covariates only"
        )
        axis.axhline(0.5, color=GUIDE, linestyle=":", label="chance")
        named = [f"{row['deciles']}\n{2 ** row['from_level'] - 1:.3g}–{2 ** row['to_level'] - 1:.3g}" for row in rows]
        axis.set_xticks(at, named, fontsize=9)
        axis.set(xlabel="Decile of baseline expression (nTPM)", ylabel="AUROC", xlim=(-0.6, len(rows) - 0.4))
        low = np.nanmin([0.45, *_column(rows, "low"), *_column(rows, "baseline")])
        axis.set_ylim(max(0.0, low - 0.02), 1.0)
        figure.legend(loc="outside upper left", ncols=3, fontsize=9.5)
        tips = [
            Tip(axis, x - 0.08, row["value"], f"deciles {row['deciles']}, {row['n']:,} genes\nmodel {_estimate(row)}")
            for x, row in zip(at, rows, strict=True)
            if not missing(row["value"])
        ]
        return Drawing("expression_deciles", described, figure, tuple(tips))


def _estimate(row: Mapping[Any, Any]) -> str:
    return f"{number(row['value'], 3)} ({number(row['low'], 3)} to {number(row['high'], 3)})"


def _column(rows: Sequence[Row], name: str) -> NDArray[np.float64]:
    return np.array([np.nan if missing(row[name]) else float(row[name]) for row in rows])


def with_bars(rows: Sequence[Row]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Column `value` of some rows, and the lengths of its error bars down to `low` and up to `high` (2, n)."""
    value = _column(rows, "value")
    return value, np.abs(np.stack([_column(rows, "low"), _column(rows, "high")]) - value)


def _some(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Points spread evenly along a curve."""
    if not len(x):
        return []
    way = np.r_[0, np.cumsum(np.hypot(np.diff(x), np.diff(y)))]
    picked = np.unique(np.searchsorted(way, np.linspace(0, way[-1], _MOST_TIPS)).clip(max=len(x) - 1))
    return [(float(x[i]), float(y[i])) for i in picked]


def _cycled(n: int) -> list[tuple[str, str, str]]:
    return [_LOOKS[i % len(_LOOKS)] for i in range(n)]


def _zoom(axis: Axes, reach: float) -> None:
    """Both axes from 0 to the next round number above `reach`: rare classes fill the plot instead of its corner."""
    top = next((end for end in (0.1, 0.2, 0.4, 0.6, 0.8) if end >= 1.02 * reach), 1.0)
    ticks = [round(top * i / 4, 3) for i in range(5)]
    axis.set(xlim=(0, top), ylim=(0, 1.005 * top), yticks=ticks)
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
