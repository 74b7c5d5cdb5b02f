"""The rows beneath the genes of a promoter strip: intervals, ticks, labelled marks and single-base attribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rarml.report.words import signed

ROW, LOGO = 24, 64
_MARK = 14
Scale = Callable[[float], float]
"""From a place in bases to SVG units."""


@dataclass(frozen=True)
class Track:
    """A row of intervals (x, width), ticks (x) or labelled marks (x, y, label)."""

    name: str
    y: float
    boxes: list[tuple[float, float, str]] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    marks: list[tuple[float, float, str]] = field(default_factory=list)
    height: float = ROW


def draw_track(track: dict[str, Any], y: float, low: int, high: int, x: Scale) -> Track:
    """One track of a card within [low, high), its row beginning at `y`."""
    boxes = []
    for start, end in track.get("intervals", ()):
        if end > low and start < high:
            first, last = x(max(start, low)), x(min(end, high))
            said = f"{track['name']}: {signed(start, 0)} to {signed(end, 0)} bp"
            boxes.append((first, round(max(last - first, 1.0), 1), said))
    ticks = [x(place) for place in track.get("places", ()) if low <= place < high]
    marks = [(x(one["place"]), str(one["label"])) for one in track.get("marks", ()) if low <= one["place"] < high]
    placed, lanes = _marks(marks, y)
    return Track(str(track["name"]), y, boxes, ticks, placed, ROW + _MARK * max(lanes - 1, 0))


def _marks(marks: Sequence[tuple[float, str]], y: float) -> tuple[list[tuple[float, float, str]], int]:
    """Marks with their label to the right, in lanes, so that none covers another."""
    ends: list[float] = []
    placed = []
    for x, label in sorted(marks):
        lane = next((i for i, end in enumerate(ends) if x - 5 > end), len(ends))
        ends[lane : lane + 1] = [x + 8 + 6.5 * len(label)]
        placed.append((x, y + 9 + _MARK * lane, label))
    return placed, len(ends)


def importance_bars(
    bases: Mapping[str, Any] | None, low: int, high: int, x: Scale, y: float
) -> tuple[list[tuple[float, float, float]], float]:
    """Bars (x, y, height) of single-base attribution around a line; and where the line lies."""
    line = y + LOGO / 2
    if bases is None:
        return [], line
    values = [float(value) for value in bases["importance"]]
    most = max((abs(value) for value in values), default=0.0) or 1.0
    bars = []
    for offset, value in enumerate(values):
        place = int(bases["start"]) + offset
        if low <= place < high and value:
            size = round(abs(value) / most * (LOGO / 2 - 4), 2)
            bars.append((x(place), round(line - size if value > 0 else line, 2), size))
    return bars, line
