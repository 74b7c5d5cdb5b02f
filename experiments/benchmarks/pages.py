"""docs/benchmarks.md from the measured results (docs/how-large.md: large.py)."""

from __future__ import annotations

from typing import Any

from tables import goal_lines, job_lines, machine_words

TITLES = {
    "start-up": "Start-up",
    "reference": "Building a reference",
    "scan": "Scanning promoters for RAREs",
    "stream": "Scanning long sequence",
    "composition": "Features: composition",
    "rare": "Features: RAREs",
    "overlap": "Features: overlap with peaks",
    "gradient": "Training boosted trees",
    "cnn": "Training the promoter network",
    "train": "Training a model, quick settings",
    "atlas": "Scoring the whole atlas, from a cold start",
    "predict": "Predicting from features",
    "compare": "Comparing models",
    "report": "Writing the HTML report of a scored list",
}


def benchmark_page(whole: dict[str, Any]) -> str:
    """Every job beside its floor or peer."""
    lines = [
        "# Benchmarks",
        "",
        "Every job of rarml beside a floor (what it cannot do without) or a peer (another library doing the same), in",
        "the same run, each in a process of its own. How large a job fits where: [how-large.md](how-large.md).",
        "",
        f"Measured on {machine_words(whole['machine'])}.",
        "",
        "*Ratio* is the time of rarml's first row over that of the row, in CPU time (wall in brackets), the median of",
        "ratios within a round: below 1, rarml is quicker. *Growth* is the exponent of CPU time and peak memory with",
        "size, by least squares on logarithms; 1 is proportional. Peak memory is that of the process, libraries and",
        "inputs included.",
        "",
        "## Goals",
        "",
        *goal_lines(whole["jobs"]),
        "",
        "Made by `python experiments/benchmarks/run.py --long`; every round is in",
        "[benchmarks.json](../experiments/results/benchmarks.json). `make bench` times the hot functions in a minute.",
    ]
    for name, found in whole["jobs"].items():
        lines += ["", f"## {TITLES[name]}", "", *job_lines(found)]
    return "\n".join(lines) + "\n"
