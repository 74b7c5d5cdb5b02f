"""docs/benchmarks.svg: how CPU time grows with size, and rarml's time over that of its peers."""

from __future__ import annotations

import io
from typing import Any

GROWN = {
    "scan": "RARE calls",
    "composition": "composition",
    "rare": "RARE columns",
    "overlap": "overlap with peaks",
    "predict": "probabilities",
    "stream": "streaming scan (2 kb)",
}


def plot(whole: dict[str, Any]) -> bytes:
    """An SVG: the same results give the same bytes with one version of matplotlib."""
    import matplotlib
    from matplotlib.figure import Figure

    jobs = whole["jobs"]
    with matplotlib.rc_context({"svg.hashsalt": "rarml", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        for name, words in GROWN.items():
            own = [cell for cell in jobs.get(name, {}).get("cells", []) if cell["role"] == "rarml"]
            if own:
                # megabases as promoters of 2 kb, so that the two scans can be compared
                sizes = [cell["size"] * (500 if name == "stream" else 1) for cell in own]
                left.plot(sizes, [cell["cpu"] for cell in own], marker="o", markersize=4, label=words)
        left.set(xscale="log", yscale="log", xlabel="promoters or genes", ylabel="CPU seconds")
        left.set_title("Time grows with size")
        low, high = left.get_ylim()
        start, end = left.get_xlim()
        for base in (low * 10**step for step in range(-6, 6)):  # the slope of proportional growth
            left.plot([start, end], [base, base * end / start], color="0.85", linewidth=0.6, zorder=0)
        left.set(xlim=(start, end), ylim=(low, high))
        left.legend(fontsize=7, frameon=False)
        _ratios(right, jobs)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _ratios(axes: Any, jobs: dict[str, Any]) -> None:
    """A bar for each peer, at the largest size that both did."""
    largest = {
        cell["contestant"]: cell["ratio_cpu"]
        for found in jobs.values()
        for cell in found["cells"]
        if cell["role"] == "peer" and "ratio_cpu" in cell
    }
    names = list(largest)[::-1]
    axes.barh(names, [largest[name] for name in names], color="#4878a8")
    axes.axvline(1, color="0.4", linewidth=0.8)
    for place, name in enumerate(names):
        axes.text(largest[name], place, f" {largest[name]:.2f}", va="center", fontsize=8)
    axes.set(xlabel="CPU time of rarml over that of the peer", xlim=(0, 1.25 * max([1.0, *largest.values()])))
    axes.set_title("Below 1, rarml is quicker")
