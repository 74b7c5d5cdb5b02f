"""What a built reference adds to a gene card: CpG islands, open chromatin, partner motifs and TSSs in their places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.features.combine import KNOWN_FRACTION
from rarml.features.motif_scan import motif_matches
from rarml.features.partner_block import FACTORS
from rarml.features.partner_motifs import choose_motifs
from rarml.features.promoter_calls import require_sequences
from rarml.reference.store import Reference
from rarml.report.gene_card_content import GeneCard
from rarml.workflows.explain_promoter import BASES, PLACES, UNTRIED, from_tss

_BESIDE = 200
"""Bases that tracks reach beyond the outermost promoter window."""


def open_reference(folder: str | Path, assembly: str) -> Reference:
    """The reference in a folder.

    Raises
    ------
    InputError
        If there is none, or it is of another assembly.
    """
    opened = Reference.open(folder)
    if opened.assembly != assembly:
        raise InputError(
            f"is of {opened.assembly}, the atlas of {assembly}",
            where=folder,
            fix="give a reference of the same assembly",
        )
    return opened


def with_tracks(card: GeneCard, reference: Reference) -> GeneCard:
    """A card with the tracks of a reference around the gene's promoters."""
    promoters = reference.promoters[reference.promoters["gene_id"] == card.gene_id]
    starts = [int(tss) for tss in promoters["tss"]] or [int(card.place["tss"])]
    low = min(starts) - max(card.window) - _BESIDE
    high = max(starts) + max(card.window) + _BESIDE
    unread = promoters["bases_known"] < KNOWN_FRACTION * (promoters["end"] - promoters["start"])
    tracks: list[dict[str, Any]] = [
        {
            "name": "TSS",
            "places": sorted(_place(card, tss) for tss in starts),
            "without_sequence": sorted(_place(card, int(tss)) for tss in promoters.loc[unread, "tss"]),
        }
    ]
    if reference.cpg_islands is not None:
        tracks.append({"name": "CpG island", "intervals": _within(reference.cpg_islands, card, low, high)})
    if reference.tracks is not None:
        found = _within(reference.tracks.open_chromatin, card, low, high)
        tracks.append({"name": "open chromatin", "intervals": found})
    if reference.sequences is not None:
        tracks.append({"name": "partner motifs", "marks": _partner_marks(card, reference, promoters)})
    kept = tuple(UNTRIED if said == BASES else said for said in card.lacking if said != PLACES)
    return replace(card, tracks=tuple(tracks), lacking=kept)


def _partner_marks(card: GeneCard, reference: Reference, promoters: pd.DataFrame) -> list[dict[str, Any]]:
    """The best match of each partner motif in each promoter that has one at p <= 1e-4: `place` of its middle."""
    sequences = require_sequences(reference)
    factors = list(FACTORS)
    motifs = choose_motifs(list(FACTORS.values()))
    found = motif_matches(sequences.codes(promoters.index.to_numpy()), motifs)
    marks: set[tuple[str, int]] = set()
    for row, tss in enumerate(promoters["tss"]):
        for number in np.flatnonzero(found.count[row]):
            middle = int(found.start[row, number]) - sequences.window[0] + motifs[number].width // 2
            marks.add((factors[number], _place(card, int(tss)) + middle))  # windows overlap: each place once
    return [{"label": factor, "place": place} for factor, place in sorted(marks, key=lambda mark: (mark[1], mark[0]))]


def _within(table: pd.DataFrame, card: GeneCard, low: int, high: int) -> list[list[int]]:
    """Intervals of a table that touch [low, high) of the gene's contig, as places from its primary TSS."""
    start, end = table["start"].to_numpy(dtype=np.int64), table["end"].to_numpy(dtype=np.int64)
    near = (table["chrom"].to_numpy(dtype=object) == card.place["chrom"]) & (start < high) & (end > low)
    found = [from_tss(int(a), int(b), card.place) for a, b in zip(start[near], end[near], strict=True)]
    return sorted([a, b] for a, b in found)


def _place(card: GeneCard, position: int) -> int:
    return from_tss(position, position + 1, card.place)[0]
