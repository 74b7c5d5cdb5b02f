"""The figures of a score report for the disk: the interval dot plot of each model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rarml.report.content import ScoreContent
from rarml.report.dot_plot import TOP
from rarml.report.drawings import FORMATS, Drawing, write_figures
from rarml.report.plots import MODEL, OTHER, figure_with_axes, plain
from rarml.report.score_rows import ModelView, model_views

_LOOKS = {"up": (MODEL, "o", "--"), "down": (OTHER, "s", ":")}


def score_drawings(content: ScoreContent) -> list[Drawing]:
    """One drawing per model that answers a gene."""
    return [dot_drawing(view) for view in model_views(content, TOP) if view.rows]


def write_score_figures(content: ScoreContent, folder: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write the figures to `folder` as SVG, PNG and PDF; the paths written."""
    return write_figures(score_drawings(content), folder, formats)


def dot_drawing(view: ModelView, top: int = TOP) -> Drawing:
    """P(up) and P(down) with intervals of the `top` genes with the highest P(responsive), and the base rates."""
    rows = [row for row in view.rows if row["p_responsive"] is not None][:top]
    kinds = [name for name in ("up", "down") if name in view.info.classes]
    with figure_with_axes(7.4, 1.5 + 0.27 * max(len(rows), 1)) as (figure, axes):
        axis = axes[0]
        for shift, kind in zip((0.16, -0.16) if len(kinds) > 1 else (0.0,), kinds, strict=True):
            colour, mark, dash = _LOOKS[kind]
            known = [(len(rows) - 1 - i + shift, row) for i, row in enumerate(rows) if row[f"p_{kind}"] is not None]
            at, p = [place for place, _ in known], np.array([row[f"p_{kind}"] for _, row in known], dtype=float)
            low, high = (
                np.array(
                    [row[f"p_{kind}"] if row[f"p_{kind}_{end}"] is None else row[f"p_{kind}_{end}"] for _, row in known]
                )
                for end in ("low", "high")
            )
            axis.errorbar(p, at, xerr=[p - low, high - p], fmt=mark, color=colour, ms=5, label=f"P({kind}), 95 %")
            if kind in view.info.prevalence:
                share = view.info.prevalence[kind]
                axis.axvline(share, color=colour, linestyle=dash, linewidth=1, label=f"base rate {kind} ({share:.2g})")
        names = [plain(str(row["symbol"])[:16]) for row in rows]
        axis.set_yticks(range(len(rows) - 1, -1, -1), names)
        axis.set(xlabel="Probability of the response", xlim=(0, 1), ylim=(-0.7, max(len(rows), 1) - 0.3))
        figure.suptitle(plain(view.info.cell_type), x=0.01, ha="left", fontsize=11.5, fontweight="bold")
        figure.legend(loc="outside lower left", ncols=4, fontsize=9)
        described = f"Probability of rising and of falling of {len(rows)} genes in {view.info.cell_type}"
        return Drawing(f"leading_genes_{view.info.name}", described, figure)
