"""Chromatin tracks summarised at promoters: peaks and bigWig, replicates merged, untreated cells only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.progress import track as progress
from rarml.reference.bigwig import bigwig_mean
from rarml.reference.contigs import ContigOverlap, check_lengths, contig_overlap
from rarml.reference.intervals import merge, overlapping_pairs
from rarml.reference.peak_metrics import METRICS, PROMOTER_REACH, Values, by_contig, promoter_bounds, summarise_peaks
from rarml.reference.peaks import read_peaks
from rarml.reference.samples import read_sample_sheet

__all__ = ["METRICS", "TrackSummary", "read_peaks", "read_sample_sheet", "summarise_tracks"]

OPEN_REACH = 50_000
_ACCESSIBLE = ("ATAC", "DNASE", "ATAC-SEQ", "DNASE-SEQ")
_ACTIVE = "H3K27AC"
_BIGWIG = (".bw", ".bigwig")


@dataclass
class TrackSummary:
    """Tracks (columns) at promoters (rows).

    Attributes
    ----------
    tracks : DataFrame
        One row per track: ``track`` ("CELL:MARK"), ``cell, mark, n_files, files`` (names, joined by a comma),
        ``accessions``, ``treated``.
    metrics : dict of str to float32 array of shape (n_promoters, n_tracks)
        `METRICS`. ``overlap``: share of replicate files with a peak in TSS-1000…+1000. ``signal``: the strongest peak
        there as a percentile of its file's peaks (0 to 1; 0 without a peak; NaN if no replicate has a signal), mean
        over replicates; of a bigWig the mean value there. ``distance``: bp from the TSS to the nearest peak, 0
        inside, at most 100 kb. ``near10k``, ``near50k``: sum over peaks that do not touch the promoter, within
        10 and 50 kb, of exp(-d / lambda) (`peak_metrics.DISTAL`). NaN where a file says nothing about the contig.
    open_chromatin : DataFrame
        ``chrom, start, end``: union of the accessible regions of all cells (ATAC or DNase, for a cell without
        either H3K27ac) within 50 kb of a promoter; disjoint and sorted.
    overlaps : list of ContigOverlap
        How each file's contigs match the promoters'.
    """

    tracks: pd.DataFrame
    metrics: dict[str, Values]
    open_chromatin: pd.DataFrame
    overlaps: list[ContigOverlap] = field(default_factory=list)


def summarise_tracks(
    promoters: pd.DataFrame, sheet: pd.DataFrame, *, allow_treated: bool = False, assembly: str | None = None
) -> TrackSummary:
    """Summarise each track of a sample sheet at each promoter.

    Parameters
    ----------
    promoters : DataFrame
        ``chrom`` (canonical), ``strand`` ('+' or '-'), ``tss`` (0-based).
    sheet : DataFrame
        As of `read_sample_sheet`; replicates of one cell and mark become one track.
    allow_treated : bool
        Take tracks of treated cells too (chromatin after ATRA would leak the answer into the features).
    assembly : str, optional
        Hold the largest end on each contig against this assembly's lengths.

    Raises
    ------
    InputError
        If a track is of treated cells, a file shares no contig with the promoters, or reaches beyond a contig's end.
    """
    treated = sheet[sheet["treated"]]
    if len(treated) and not allow_treated:
        raise InputError(
            f"track {treated.iloc[0]['cell']}:{treated.iloc[0]['mark']} is of treated cells",
            where=Path(treated.iloc[0]["file"]).name,
            fix="features come from untreated cells; leave it out, or allow treated tracks",
        )
    groups = list(sheet.groupby(["cell", "mark"], sort=False))
    places = {name: np.flatnonzero(rows) for name, rows in by_contig(promoters)}
    metrics = {name: np.full((len(promoters), len(groups)), np.nan, dtype=np.float32) for name in METRICS}
    overlaps: list[ContigOverlap] = []
    accessible: dict[str, dict[str, list[pd.DataFrame]]] = {}
    columns = []
    for place, ((cell, mark), samples) in enumerate(progress(groups, what="Summarising tracks", total=len(groups))):
        found: list[dict[str, Values]] = []
        for file, use_signal in zip(samples["file"], samples["use_signal"], strict=True):
            if file.suffix.lower() in _BIGWIG:
                values, overlap = bigwig_mean(file, promoters, reach=PROMOTER_REACH, assembly=assembly)
                found.append({"signal": values})
            else:
                peaks = read_peaks(file)
                overlap = contig_overlap(file, peaks.attrs["contigs"], places)
                if assembly:
                    ends = peaks.groupby("chrom")["end"].max()
                    check_lengths({str(name): int(end) for name, end in ends.items()}, assembly, file, exact=False)
                found.append(summarise_peaks(promoters, peaks, places, use_signal=bool(use_signal)))
                accessible.setdefault(str(cell), {}).setdefault(str(mark).upper(), []).append(peaks)
            overlaps.append(overlap)
        for name in METRICS:
            metrics[name][:, place] = _mean_of_known([one[name] for one in found if name in one], len(promoters))
        columns.append(_describe(str(cell), str(mark), samples))
    return TrackSummary(pd.DataFrame(columns), metrics, _open_chromatin(promoters, accessible, places), overlaps)


def _mean_of_known(parts: list[Values], n: int) -> Values:
    if not parts:
        return np.full(n, np.nan, dtype=np.float32)
    stacked = np.stack(parts).astype(np.float64)
    known = np.isfinite(stacked).sum(axis=0)
    total = np.nansum(stacked, axis=0)
    return np.where(known > 0, total / np.maximum(known, 1), np.nan).astype(np.float32)


def _describe(cell: str, mark: str, samples: pd.DataFrame) -> dict[str, object]:
    return {
        "track": f"{cell}:{mark}",
        "cell": cell,
        "mark": mark,
        "n_files": len(samples),
        "files": ",".join(Path(file).name for file in samples["file"]),
        "accessions": ",".join(str(name) for name in samples["accession"] if name),
        "treated": bool(samples["treated"].any()),
    }


def _open_chromatin(
    promoters: pd.DataFrame, accessible: dict[str, dict[str, list[pd.DataFrame]]], places: dict[str, NDArray[np.int64]]
) -> pd.DataFrame:
    chosen: list[pd.DataFrame] = []
    for marks in accessible.values():
        direct = [peaks for mark, parts in marks.items() if mark in _ACCESSIBLE for peaks in parts]
        chosen += direct or marks.get(_ACTIVE, [])
    pieces = []
    union = pd.concat(chosen, ignore_index=True) if chosen else pd.DataFrame(columns=["chrom", "start", "end"])
    low, high = promoter_bounds(promoters, OPEN_REACH)
    for contig, mine in sorted(by_contig(union), key=lambda pair: pair[0]):
        if contig not in places:
            continue
        starts, ends = merge(union["start"].to_numpy(np.int64)[mine], union["end"].to_numpy(np.int64)[mine])
        _, targets = overlapping_pairs(starts, ends, low[places[contig]], high[places[contig]])
        kept = np.unique(targets)
        pieces.append(pd.DataFrame({"chrom": contig, "start": starts[kept], "end": ends[kept]}))
    if not pieces:
        return pd.DataFrame({"chrom": [], "start": np.array([], np.int64), "end": np.array([], np.int64)})
    return pd.concat(pieces, ignore_index=True)
