"""Letters of the bases that matter most around called RAREs, as tall as their attribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rarml.report.gene_card_content import GeneCard
from rarml.report.words import signed

STEP, TALL = 14, 46
_AROUND = 12
_MOST = 4


@dataclass(frozen=True)
class Letter:
    """A letter to draw: place of its foot, and its height; below the line where it counts against the class."""

    letter: str
    x: float
    y: float
    height: float
    against: bool


@dataclass(frozen=True)
class Logo:
    """One stretch of bases around a site, in the gene's direction."""

    title: str
    letters: list[Letter]
    site: tuple[float, float]
    width: float
    described: str


def logos(card: GeneCard) -> list[Logo]:
    """Stretches around the called RAREs whose bases matter most, at most four; none without `bases`."""
    if card.bases is None:
        return []
    start, letters = int(card.bases["start"]), str(card.bases["letters"])
    values = [float(value) for value in card.bases["importance"]]
    most = max((abs(value) for value in values), default=0.0) or 1.0
    found = []
    for site in card.sites:
        low, length = site["place"] - start, int(site["end"]) - int(site["start"])
        if low >= 0 and low + length <= len(values):
            weight = sum(abs(value) for value in values[low : low + length])
            found.append((weight, low, length, str(site["type"]), site["place"]))
    chosen = sorted(found, key=lambda one: -one[0])[:_MOST]
    return [_logo(letters, values, most, low, length, name, place) for _, low, length, name, place in chosen]


def _logo(letters: str, values: Sequence[float], most: float, low: int, length: int, name: str, place: int) -> Logo:
    first, last = max(0, low - _AROUND), min(len(values), low + length + _AROUND)
    drawn = []
    for number in range(first, last):
        height = round(abs(values[number]) / most * TALL, 2)
        x = (number - first) * STEP
        if height >= 1 and number < len(letters):
            foot = TALL if values[number] > 0 else TALL + height
            letter = letters[number] if letters[number] in "ACGT" else "N"
            drawn.append(Letter(letter, x, round(foot, 2), height, values[number] < 0))
    title = f"{name} at {signed(place, 0)} bp"
    return Logo(
        title=title,
        letters=drawn,
        site=((low - first) * STEP, length * STEP),
        width=(last - first) * STEP,
        described=f"Bases {letters[first:last]} around {title}; tall letters raise the score, hanging ones lower it.",
    )
