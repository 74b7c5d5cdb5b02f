"""Measured rows to medians, ratios paired by round, growth exponents, verdicts on the goals, and Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from plan import Job

CONSTANT = 1.10
Row = dict[str, Any]


def summary(job: Job, rows: Sequence[Row]) -> dict[str, Any]:
    """Medians per contestant and size, growth exponents per contestant, and whether the goals are met.

    Ratios are of CPU time as well as of wall time, each the median over rounds of the ratio within a round.
    """
    first = job.contestants[0].name
    cells, growth = [], {}
    for contestant in job.contestants:
        own = [row for row in rows if row["contestant"] == contestant.name]
        sizes = sorted({row["size"] for row in own})
        for size in sizes:
            here = [row for row in own if row["size"] == size]
            cell: Row = {"contestant": contestant.name, "role": contestant.role, "size": size, "rounds": len(here)}
            cell |= {name: median(row[name] for row in here) for name in ("seconds", "cpu", "peak_mb")}
            cell["facts"] = here[0]["facts"]
            if contestant.role in ("floor", "peer"):
                base = {row["round"]: row for row in rows if row["contestant"] == first and row["size"] == size}
                for name in ("seconds", "cpu"):
                    cell[f"ratio_{name}"] = median(
                        base[row["round"]][name] / max(row[name], 1e-9) for row in here if row["round"] in base
                    )
            cells.append(cell)
        mine = [cell for cell in cells if cell["contestant"] == contestant.name]
        if len(sizes) > 1:
            growth[contestant.name] = {
                name: exponent([(cell["size"], cell[name]) for cell in mine]) for name in ("seconds", "cpu", "peak_mb")
            }
    found = {"unit": job.unit, "cells": cells, "growth": growth, "rows": list(rows)}
    return {**found, "goals": _goals(job, cells, growth.get(first))}


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """The power with which the second grows with the first: least squares on their logarithms."""
    pairs = [(math.log(x), math.log(max(y, 1e-9))) for x, y in points]
    x_mean, y_mean = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    return sum((x - x_mean) * (y - y_mean) for x, y in pairs) / sum((x - x_mean) ** 2 for x, _ in pairs)


def _goals(job: Job, cells: Sequence[Row], growth: Row | None) -> list[Row]:
    """Each goal of a job: its words, the number, and whether it is met (by CPU time, which neighbours disturb less)."""
    own = [cell for cell in cells if cell["role"] == "rarml"]
    last, goals = own[-1], []
    if job.goal_ratio is not None:
        rival, limit = job.goal_ratio
        ratios = [cell["ratio_cpu"] for cell in cells if cell["contestant"] == rival and "ratio_cpu" in cell]
        goals.append(_goal(f"CPU time at most {limit:g} x that of {rival}, at its largest size", ratios[-1], limit))
    if job.goal_exponent is not None and growth is not None:
        goals.append(_goal(f"CPU time grows with exponent at most {job.goal_exponent:g}", growth["cpu"], 1.05))
    if job.goal_seconds is not None:
        goals.append(_goal(f"at most {job.goal_seconds:g} s at the largest size", last["seconds"], job.goal_seconds))
    if job.constant_memory and len(own) > 1:
        peaks = [cell["peak_mb"] for cell in own]
        words = "largest peak at most 1.1 x the smallest over all sizes"
        goals.append(_goal(words, max(peaks) / min(peaks), CONSTANT))
    return goals


def _goal(words: str, value: float, limit: float) -> Row:
    return {"goal": words, "value": round(value, 3), "met": value <= limit}


def markdown(whole: dict[str, Any]) -> str:
    """All jobs as tables."""
    lines = [
        "# How long and how much memory",
        "",
        f"Measured on {machine_words(whole['machine'])}.",
        "Medians of alternating rounds, each contestant in a process of its own. *Ratio*: time of rarml over that of",
        "the contestant, paired by round, of CPU time (wall in brackets); below 1, rarml is quicker. A floor is what",
        "the job cannot do without. *Growth*: exponent of time and of peak memory with size (log-log least squares).",
        "Made by `python experiments/benchmarks/run.py`.",
        "",
        *goal_lines(whole["jobs"]),
    ]
    for name, found in whole["jobs"].items():
        lines += ["", f"## {name}", "", *job_lines(found)]
    return "\n".join(lines) + "\n"


def machine_words(facts: Row) -> str:
    """One line on the machine."""
    libraries = ", ".join(f"{name} {number}" for name, number in facts["libraries"].items())
    return (
        f"{facts['cores']} cores, {facts['memory_gb']:g} GB of memory, {facts['system']}, Python {facts['python']} "
        f"({libraries}); load when the tables were written {facts['load_before']:g}"
    )


def goal_lines(jobs: dict[str, Any]) -> list[str]:
    """The goals, met or missed."""
    lines = ["| job | goal | found | |", "|---|---|---:|---|"]
    for name, found in jobs.items():
        for goal in found["goals"]:
            lines.append(
                f"| {name} | {goal['goal']} | {goal['value']:.2f} | {'met' if goal['met'] else '**missed**'} |"
            )
    return lines


def job_lines(found: dict[str, Any]) -> list[str]:
    """One job as a table."""
    lines = [
        f"| {found['unit']} | what | seconds | CPU s | peak MB | ratio | growth of CPU time, memory |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for cell in found["cells"]:
        growth = found["growth"].get(cell["contestant"])
        ratio = f"{cell['ratio_cpu']:.2f} ({cell['ratio_seconds']:.2f})" if "ratio_cpu" in cell else ""
        grown = f"{growth['cpu']:.2f}, {growth['peak_mb']:.2f}" if growth else ""
        lines.append(
            f"| {cell['size']:,} | {cell['contestant']} ({cell['role']}) | {cell['seconds']:.3g} | {cell['cpu']:.3g} | "
            f"{cell['peak_mb']:,.0f} | {ratio} | {grown} |"
        )
    return lines
