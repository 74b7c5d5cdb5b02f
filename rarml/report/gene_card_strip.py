"""Geometry of the promoter strip: RAREs by type and strand, TSSs, tracks and base attributions on one axis.

The axis runs in the gene's direction, in bases from its primary TSS, so that a site that points right reads like the
gene. Promoters whose windows do not meet get a panel each. Drawn by a template, so that it follows dark mode and print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rarml.report.gene_card_content import GeneCard
from rarml.report.gene_card_tracks import LOGO, Scale, Track, draw_track, importance_bars
from rarml.report.words import pvalue, signed

LEFT, RIGHT, WIDTH = 118, 26, 1000
LANE = 30
_LEAST_SITE = 13.0
_LABEL = 7.5
_MOST_PANELS = 4
_TICK_STEPS = (100, 200, 250, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000)
STRONG = 1e-5
FAMILIES = {
    "classical": ("DR1", "DR2", "DR5"),
    "embryonic": ("DR0", "DR8", "IR0"),
    "rival": ("DR3", "DR4"),
}
"""Classical RAREs; RAR sites of embryonic cells (Moutier 2012, 10.1074/jbc.M112.348383); spacing of VDR and TR/LXR."""
FAMILY_WORDS = {
    "classical": "DR1, DR2, DR5 (classical)",
    "embryonic": "DR0, DR8, IR0 (seen in embryonic cells)",
    "rival": "DR3, DR4 (spacing of VDR, TR, LXR)",
    "other": "other spacings",
}


@dataclass(frozen=True)
class Site:
    """A glyph: outline as SVG points, label place, and whether it is filled (open chromatin) and strong."""

    family: str
    points: str
    label: str
    x: float
    y: float
    filled: bool
    strong: bool
    said: str


@dataclass(frozen=True)
class Panel:
    """One stretch of promoter; positions in SVG units."""

    place: str
    sites: list[Site]
    starts: list[tuple[float, str]]
    tracks: list[Track]
    importance: list[tuple[float, float, float]]
    logo_y: float
    ticks: list[tuple[str, float]]
    gene_y: float
    bottom: float
    height: float
    described: str


@dataclass(frozen=True)
class Strip:
    """All panels of a card, and the families of sites that occur."""

    panels: list[Panel]
    families: list[tuple[str, str]]
    left_out: int


def strip(card: GeneCard) -> Strip:
    """The promoter strip of a card."""
    spans = _spans(card)
    shown = [span for span in spans if _worth_drawing(card, *span)]
    panels = [_panel(card, low, high) for low, high in shown[:_MOST_PANELS]]
    present = {site_family(str(site["type"])) for site in card.sites}
    return Strip(
        panels=panels,
        families=[(name, words) for name, words in FAMILY_WORDS.items() if name in present],
        left_out=len(spans) - len(panels),
    )


def site_family(name: str) -> str:
    """The family of a spacing type, `FAMILY_WORDS`."""
    return next((family for family, members in FAMILIES.items() if name in members), "other")


def starts_of(card: GeneCard) -> list[int]:
    """TSSs as places from the primary one, itself first: those with a site, and those of a reference's track."""
    sign = -1 if card.place["strand"] == "-" else 1
    found = [0]
    if card.place.get("sequence_tss") is not None:
        found.append(sign * (card.place["sequence_tss"] - card.place["tss"]))
    found += [sign * (site["promoter_tss"] - card.place["tss"]) for site in card.sites if "promoter_tss" in site]
    found += [place for track in card.tracks if track["name"] == "TSS" for place in track["places"]]
    return list(dict.fromkeys(int(place) for place in found))


def _spans(card: GeneCard) -> list[tuple[int, int]]:
    """Stretches [low, high) around TSSs, merged where windows meet; that of the primary TSS first."""
    up, down = card.window
    merged: list[list[int]] = []
    for place in sorted(starts_of(card)):
        if merged and place - up <= merged[-1][1]:
            merged[-1][1] = place + down
        else:
            merged.append([place - up, place + down])
    return sorted(((low, high) for low, high in merged), key=lambda span: (not span[0] <= 0 < span[1], span[0]))


def _worth_drawing(card: GeneCard, low: int, high: int) -> bool:
    """The primary promoter always; another one if something was found there."""
    places = [0, *(site["place"] for site in card.sites)]
    if card.bases is not None:
        places.append(int(card.bases["start"]))
    return any(low <= place < high for place in places)


def _panel(card: GeneCard, low: int, high: int) -> Panel:
    scale = (WIDTH - LEFT - RIGHT) / (high - low)

    def x(place: float) -> float:
        return round(LEFT + (place - low) * scale, 1)

    inside = [site for site in card.sites if low <= site["place"] < high]
    sites, lanes = _sites(inside, x, scale)
    gene_y = 22.0 + LANE * max(lanes, 1)
    y = gene_y + 22
    tracks = []
    for track in card.tracks:
        if track["name"] != "TSS":
            tracks.append(draw_track(track, y, low, high, x))
            y += tracks[-1].height
    importance, logo_y = importance_bars(card.bases, low, high, x, y)
    y += LOGO if importance else 0
    places = [place for place in starts_of(card) if low <= place < high]
    return Panel(
        place=_genome(card, low, high),
        sites=sites,
        starts=[(x(place), _start_label(card, place)) for place in places],
        tracks=tracks,
        importance=importance,
        logo_y=logo_y,
        ticks=_ticks(low, high, x),
        gene_y=gene_y,
        bottom=y,
        height=y + 40,
        described=f"Promoter of {card.symbol} from {low:+,} to {high:+,} bases of its TSS with {len(inside)} called "
        "RAREs; the same sites are in the table of RAREs.",
    )


def _sites(found: Sequence[dict[str, Any]], x: Scale, scale: float) -> tuple[list[Site], int]:
    """Glyphs in lanes, so that neither sites nor labels overlap; lane 0 lies nearest to the gene line."""
    ends: list[float] = []
    placed = []
    for site in sorted(found, key=lambda one: (one["place"], one["type"])):
        length = max((int(site["end"]) - int(site["start"])) * scale, _LEAST_SITE)
        middle = x(site["place"] + (int(site["end"]) - int(site["start"])) / 2)
        half = max(length, _LABEL * len(site["type"])) / 2 + 2
        lane = next((i for i, end in enumerate(ends) if middle - half > end), len(ends))
        ends[lane : lane + 1] = [middle + half]
        placed.append((site, middle, length, lane))
    lanes = len(ends)
    return [
        _site(site, middle, length, 22.0 + LANE * (lanes - lane) - 9) for site, middle, length, lane in placed
    ], lanes


def _site(site: dict[str, Any], middle: float, length: float, y: float) -> Site:
    left, right, half = round(middle - length / 2, 1), round(middle + length / 2, 1), 5.0
    tip = min(6.0, length / 2)
    reads = site.get("reads")
    if reads == ".":
        points = [
            (left + tip, -half),
            (right - tip, -half),
            (right, 0),
            (right - tip, half),
            (left + tip, half),
            (left, 0),
        ]
    elif reads == "+":
        points = [(left, -half), (right - tip, -half), (right, 0), (right - tip, half), (left, half)]
    else:
        points = [(right, -half), (left + tip, -half), (left, 0), (left + tip, half), (right, half)]
    opened = site.get("in_open_chromatin")
    return Site(
        family=site_family(str(site["type"])),
        points=" ".join(f"{round(px, 1)},{round(y + py, 1)}" for px, py in points),
        label=str(site["type"]),
        x=middle,
        y=y,
        filled=opened is not False,
        strong=site["pvalue"] <= STRONG,
        said=f"{site['type']} at {signed(site['place'], 0)} bp, strand {site['strand']}, p {pvalue(site['pvalue'])}"
        + ("" if opened is None else ", open chromatin" if opened else ", not in open chromatin"),
    )


def _start_label(card: GeneCard, place: int) -> str:
    label = "TSS" if place == 0 else f"TSS {place:+,}".replace("-", "−")
    unread = any(place in track.get("without_sequence", ()) for track in card.tracks)
    return f"{label}, no sequence" if unread else label


def _ticks(low: int, high: int, x: Scale) -> list[tuple[str, float]]:
    step = next((step for step in _TICK_STEPS if (high - low) / step <= 11), 200_000)
    first = -(-low // step) * step
    return [(signed(place, 0), x(place)) for place in range(first, high + 1, step)]


def _genome(card: GeneCard, low: int, high: int) -> str:
    tss, chrom = card.place["tss"], card.place["chrom"]
    start, end = (tss + low, tss + high) if card.place["strand"] != "-" else (tss - high + 1, tss - low + 1)
    return f"{chrom}:{start:,}–{end:,} ({card.place['strand']})"
