"""Where RAREs lie and how often, by how genes respond: odds ratios by spacing, and places to the TSS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rarml.report.drawings import Drawing
from rarml.report.plots import GUIDE, MODEL, OTHER, Tip, figure_with_axes, plain
from rarml.report.train_plots import PANEL, with_bars
from rarml.report.words import missing, pvalue

Row = Mapping[str, Any]
_CLASSES = {"up": (MODEL, "-", "o"), "down": (OTHER, "--", "s"), "unresponsive": (GUIDE, "-.", "D")}
_OTHERWISE = (PANEL, "-", "^")
_ODDS_ENDS = (0.1, 10.0)


def enrichment_drawing(rows: Sequence[Row], described: str) -> Drawing:
    """Odds ratio of each spacing type against matched genes, with its exact interval; filled where q < 0.05."""
    sets = list(dict.fromkeys((str(row["set"]), str(row["sites"])) for row in rows))
    types = list(dict.fromkeys(str(row["type"]) for row in rows))
    least, most = _ODDS_ENDS
    with figure_with_axes(0.6 + 2.7 * len(sets), 1.3 + 0.2 * len(types), columns=len(sets)) as (figure, axes):
        tips: list[Tip] = []
        for number, (axis, (name, threshold)) in enumerate(zip(axes, sets, strict=True)):
            colour, _, mark = _CLASSES.get(name, _OTHERWISE)
            own = [row for row in rows if (row["set"], row["sites"]) == (name, threshold)]
            for row in own:
                if missing(row["odds_ratio"]):
                    continue
                at = len(types) - 1 - types.index(str(row["type"]))
                strong = row["qvalue"] < 0.05
                high = most if missing(row["high"]) else min(row["high"], most)
                axis.plot([max(row["low"] or 0.0, least), high], [at, at], color=colour, alpha=1 if strong else 0.75)
                middle = float(np.clip(row["odds_ratio"], least, most))
                filled: dict[str, Any] = {"mfc": colour if strong else "none", "alpha": 1 if strong else 0.85}
                axis.plot(middle, at, mark, color=colour, ms=5, **filled)
                tips.append(Tip(axis, middle, at, _odds_said(row)))
            axis.axvline(1, color=GUIDE, linestyle=":")
            axis.set(xscale="log", xlim=(least, most), ylim=(-0.7, len(types) - 0.3))
            axis.set_xticks([0.1, 0.25, 0.5, 1, 2, 4, 10], ["0.1", "¼", "½", "1", "2", "4", "10"])
            axis.set_xticks([], minor=True)
            axis.set_yticks(
                range(len(types)), [plain(kind) for kind in reversed(types)] if not number else [], fontsize=9
            )
            axis.set(title=f"{plain(name)}, p ≤ {plain(threshold)}")
            axis.set_xlabel(f"{own[0]['n']:,} v {own[0]['n_background']:,} matched", fontsize=10)
        figure.supxlabel("Odds ratio", fontsize=11)
        return Drawing("rare_enrichment", described, figure, tuple(tips))


def distance_drawing(rows: Sequence[Row], described: str) -> Drawing:
    """Share of promoters with a called RARE by its place, for each class."""
    with figure_with_axes(8.4, 3.6) as (figure, axes):
        axis, tips = axes[0], []
        for shift, (name, (colour, dash, mark)) in zip((-12, 0, 12), _CLASSES.items(), strict=True):
            here = [row for row in rows if row["status"] == name]
            if not here:
                continue
            middle = [(row["from_bp"] + row["to_bp"]) / 2 + shift for row in here]
            value, spread = with_bars(here)
            look: dict[str, Any] = {
                "color": colour,
                "linestyle": dash,
                "marker": mark,
                "label": f"{name} ({here[0]['n']:,})",
            }
            axis.errorbar(middle, 100 * value, 100 * spread, ms=5, capsize=2, elinewidth=1, linewidth=1.6, **look)
            tips += [
                Tip(
                    axis,
                    x,
                    100 * row["value"],
                    f"{name}, {row['from_bp']:+,} to {row['to_bp']:+,} bp\n{row['with_site']:,} of {row['n']:,}: "
                    f"{100 * row['value']:.1f} % ({100 * row['low']:.1f} to {100 * row['high']:.1f})",
                )
                for x, row in zip(middle, here, strict=True)
            ]
        axis.axvline(0, color=GUIDE, linestyle=":")
        axis.set(xlabel="Place to the TSS (bp, + downstream)", ylabel="Promoters with a RARE there (%)")
        axis.set_ylim(bottom=0)
        figure.legend(loc="outside upper left", ncols=3, fontsize=9.5)
        return Drawing("rare_tss_distance", described, figure, tuple(tips))


def _odds_said(row: Row) -> str:
    high = "no bound" if missing(row["high"]) else f"{row['high']:.2f}"
    return (
        f"{row['type']}: odds ratio {row['odds_ratio']:.2f} ({row['low']:.2f} to {high})\n"
        f"{row['with_site']:,} of {row['n']:,} v {row['background_with_site']:,} of {row['n_background']:,}; "
        f"q {pvalue(row['qvalue'])}"
    )
