"""Measured rows to medians, ratios paired by round, growth exponents, verdicts on the goals, and Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from plan import Contestant, Job

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
        mine = [_cell(contestant, [row for row in own if row["size"] == size], rows, first) for size in sizes]
        cells += mine
        if len(sizes) > 1:
            growth[contestant.name] = {name: _growth(mine, name) for name in ("seconds", "cpu", "peak_mb")}
            growth[contestant.name]["last_cpu"] = _growth(mine[-2:], "cpu")
    loads = [row["load"] for row in rows]
    found = {"unit": job.unit, "cells": cells, "growth": growth, "load": [min(loads), max(loads)], "rows": list(rows)}
    return {**found, "goals": _goals(job, cells, growth.get(first))}


def _cell(contestant: Contestant, here: Sequence[Row], rows: Sequence[Row], first: str) -> Row:
    """One contestant at one size."""
    size = here[0]["size"]
    cell: Row = {"contestant": contestant.name, "role": contestant.role, "size": size, "rounds": len(here)}
    cell |= {name: median(row[name] for row in here) for name in ("seconds", "cpu", "peak_mb")}
    cell["quickest"] = min(row["seconds"] for row in here)
    cell["facts"] = here[0]["facts"]
    if contestant.role in ("floor", "peer"):
        base = {row["round"]: row for row in rows if row["contestant"] == first and row["size"] == size}
        pairs = [(base[row["round"]], row) for row in here if row["round"] in base]
        for name in ("seconds", "cpu") if pairs else ():
            cell[f"ratio_{name}"] = median(own[name] / max(row[name], 1e-9) for own, row in pairs)
    return cell


def _growth(cells: Sequence[Row], name: str) -> float:
    return exponent([(cell["size"], cell[name]) for cell in cells])


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
        ratios = [cell for cell in cells if cell["contestant"] == rival and "ratio_cpu" in cell]
        if ratios:
            words = f"CPU time at most {limit:g} x that of {rival}, for {ratios[-1]['size']:,} {job.unit}"
            goals.append(_goal(words, ratios[-1]["ratio_cpu"], limit, ratios[-1]["ratio_seconds"]))
    if job.goal_exponent is not None and growth is not None:
        words = f"CPU time grows with exponent at most {job.goal_exponent:g}, {own[0]['size']:,} to {last['size']:,}"
        goals.append(_goal(f"{words} {job.unit}", growth["cpu"], job.goal_exponent, growth["seconds"]))
    if job.goal_seconds is not None:
        words = f"at most {job.goal_seconds:g} s, quickest round, for {last['size']:,} {job.unit}"
        goals.append(_goal(words, last["quickest"], job.goal_seconds, last["quickest"]))
    if job.constant_memory and len(own) > 1:
        peaks = [cell["peak_mb"] for cell in own]
        words = "largest peak at most 1.1 x the smallest over all sizes"
        goals.append(_goal(words, max(peaks) / min(peaks), CONSTANT))
        said = [cell["peak_mb"] / cell["facts"]["said_mb"] for cell in own if cell["facts"].get("said_mb")]
        if said:
            goals.append(_goal("peak at most 1 x what the command announced, at any size", max(said), 1.0))
    return goals


def _goal(words: str, value: float, limit: float, wall: float | None = None) -> Row:
    found = {"goal": words, "value": round(value, 3), "met": value <= limit}
    return found if wall is None else {**found, "wall": round(wall, 3)}


def markdown(whole: dict[str, Any]) -> str:
    """All jobs as tables."""
    lines = [
        "# How long and how much memory",
        "",
        f"Measured on {machine_words(whole['machine'])} ({library_words(whole['machine'])}).",
        "",
        *HOW,
        "Made by `python experiments/benchmarks/run.py --long`.",
        "",
        *goal_lines(whole["jobs"]),
    ]
    for name, found in whole["jobs"].items():
        lines += ["", f"## {name}", "", *job_lines(found)]
    return "\n".join(lines) + "\n"


HOW = (
    "Medians of alternating rounds, each contestant in a process of its own. *Ratio* is the time of rarml's first",
    "row over that of the row, the median of ratios within a round, of CPU time (wall clock in brackets): below 1,",
    "rarml is quicker. A *floor* is what the job cannot do without, a *peer* does the same. *Growth* is the exponent",
    "of CPU time with size by least squares on logarithms (of its last step alone in brackets), then that of peak",
    "memory; 1 is proportional. Peak memory is that of the process, libraries and inputs included. The machine was",
    "busy with other work meanwhile (its load is given). Where wall clock and CPU time are close, the job went before",
    "that other work (`chrt --rr 1 python ...`); where wall clock is several times longer, it waited. Goals are judged",
    "by CPU time, except where seconds are the goal.",
)


def machine_words(facts: Row) -> str:
    """One line on the machine."""
    return f"{facts['cores']} cores, {facts['memory_gb']:g} GB of memory, {facts['system']}, Python {facts['python']}"


def library_words(facts: Row) -> str:
    """One line on the versions."""
    return ", ".join(f"{name} {number}" for name, number in facts["libraries"].items())


def goal_lines(jobs: dict[str, Any]) -> list[str]:
    """The goals, met or missed."""
    lines = ["| job | goal | found | wall clock | |", "|---|---|---:|---:|---|"]
    for name, found in jobs.items():
        for goal in found["goals"]:
            met = "met" if goal["met"] else "**missed**"
            wall = f"{goal['wall']:.2f}" if "wall" in goal else ""
            lines.append(f"| {name} | {goal['goal']} | {goal['value']:.2f} | {wall} | {met} |")
    return lines


def job_lines(found: dict[str, Any]) -> list[str]:
    """One job as a table, and how it was measured."""
    lines = [
        f"| {found['unit']} | what | seconds | CPU s | peak MB | ratio | growth |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for cell in found["cells"]:
        growth = found["growth"].get(cell["contestant"])
        ratio = f"{cell['ratio_cpu']:.2f} ({cell['ratio_seconds']:.2f})" if "ratio_cpu" in cell else ""
        grown = f"{growth['cpu']:.2f} ({growth['last_cpu']:.2f}), {growth['peak_mb']:.2f}" if growth else ""
        lines.append(
            f"| {cell['size']:,} | {cell['contestant']} ({cell['role']}) | {cell['seconds']:.3g} | {cell['cpu']:.3g} | "
            f"{cell['peak_mb']:,.0f} | {ratio} | {grown} |"
        )
    rounds = max(cell["rounds"] for cell in found["cells"])
    least, most = found["load"]
    return [*lines, "", f"{rounds} round{'s' if rounds > 1 else ''}; load of the machine {least:.0f} to {most:.0f}."]
