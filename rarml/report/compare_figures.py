"""The figures of a comparison, in order: shown in the page, and the same on disk."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from rarml.report.compare_content import GeneSets
from rarml.report.compare_transfer import transfer_matrices
from rarml.report.content import CompareContent
from rarml.report.scatter import Marked, scatter_plot
from rarml.report.upset import Combination, upset_plot
from rarml.report.words import percent, signed

SMALLEST = 5e-5
"""Probabilities have four digits: half of the last one stands for nought."""
NAMED = 5
"""Genes named per side of a scatter."""
_WHAT = {"called": "candidates", "measured": "genes measured"}


def compare_figures(content: CompareContent) -> dict[str, Markup]:
    """File stem to SVG."""
    found = {f"transfer_{stem(matrix.task)}": matrix.figure for matrix in transfer_matrices(content)}
    found |= {f"upset_{sets.kind}_{sets.direction}": upset_figure(sets) for sets in content.more.sets}
    for direction, a, b in scatter_pairs(content):
        found[f"scatter_{direction}_{stem(a)}_{stem(b)}"] = scatter_figure(content, direction, a, b)
    return found


def stem(text: str) -> str:
    """Text as part of a file's name."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text).strip("_.") or "x"


def upset_figure(sets: GeneSets) -> Markup:
    """The UpSet plot of one kind and direction."""
    table = sets.intersections
    shown = [
        Combination(tuple(names), int(n), float(expected))
        for names, n, expected in zip(table["sets"], table["n"], table["expected"], strict=True)
    ]
    described = f"UpSet plot of {_WHAT[sets.kind]} {sets.direction} in {len(sets.sizes)} models"
    return upset_plot(sets.sizes, shown, sets.direction, described)


def scatter_pairs(content: CompareContent) -> list[tuple[str, str, str]]:
    """(direction, a, b) of every pair of models that both know the direction."""
    return [
        (direction, a.name, b.name)
        for direction in ("up", "down")
        for a, b in combinations([info for info in content.models if direction in info.classes], 2)
    ]


def evidence(content: CompareContent, direction: str, model: str) -> NDArray[np.float64]:
    """Log-odds beyond the base rate of each gene; NaN where the model does not judge it, or has no base rate."""
    share = next(info.prevalence.get(direction) for info in content.models if info.name == model)
    p = content.genes[f"p_{direction}:{model}"].to_numpy(dtype=np.float64)
    if share is None or not 0 < share < 1:
        return np.full(len(p), np.nan)
    p = np.where(
        (content.genes[f"call:{model}"] == "not judged").to_numpy(), np.nan, np.clip(p, SMALLEST, 1 - SMALLEST)
    )
    found: NDArray[np.float64] = np.log(p / (1 - p)) - np.log(share / (1 - share))
    return found


def scatter_figure(content: CompareContent, direction: str, a: str, b: str) -> Markup:
    """Evidence of two models for one direction; the genes that differ most by name."""
    found = content.more.differences
    marked = []
    if len(found):
        chosen = found[(found["a"] == a) & (found["b"] == b) & (found["direction"] == direction)]
        for higher in (a, b):
            side = chosen[chosen["higher_in"] == higher].head(NAMED)
            marked += [_marked(row, a, b) for row in side.to_dict(orient="records")]
    x, y = evidence(content, direction, a), evidence(content, direction, b)
    n = int((np.isfinite(x) & np.isfinite(y)).sum())
    described = f"Log-odds of P({direction}) beyond the base rate in {a} and in {b}, {n:,} genes that both may judge"
    return scatter_plot(
        x,
        y,
        f"log-odds beyond the base rate, P({direction}) in {a}",
        f"P({direction}) in {b}",
        marked,
        described,
    )


def _marked(row: dict[Any, Any], a: str, b: str) -> Marked:
    said = (
        f"{row['symbol']}: P({row['direction']}) {percent(row['p_a'])} in {a}, {percent(row['p_b'])} in {b}; "
        f"difference of evidence {signed(row['difference'])}"
    )
    higher = "x" if row["higher_in"] == a else "y"
    return Marked(str(row["symbol"]), float(row["evidence_a"]), float(row["evidence_b"]), higher, said)


def figure_files(content: CompareContent) -> dict[str, bytes]:
    """File name to SVG that stands alone, black on white."""
    files = {}
    for name, drawn in compare_figures(content).items():
        head, _, rest = str(drawn).partition(">")
        files[f"{name}.svg"] = f'{head} color="#000" style="background:#fff">{rest}\n'.encode()
    return files


def receptors_wide(table: pd.DataFrame) -> tuple[list[str], list[tuple[str, str, list[float | None]]]]:
    """Receptors as columns; a row per model and stand-in sample with nTPM (None where not measured)."""
    if table.empty:
        return [], []
    columns = list(dict.fromkeys(table["receptor"]))
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for row in table.to_dict(orient="records"):
        rows.setdefault((row["model"], row["sample"]), {})[row["receptor"]] = row["ntpm"]
    wide = [
        (model, sample, [None if pd.isna(values.get(name)) else values[name] for name in columns])
        for (model, sample), values in rows.items()
    ]
    return columns, wide
