"""What one peak file says about each promoter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.reference.intervals import gap, merge, nearest_gap, overlapping_pairs

Values = NDArray[np.float32]

METRICS = ("overlap", "signal", "distance", "near10k", "near50k")
PROMOTER_REACH = 1_000
FARTHEST = 100_000
# Half-lives of the decay with distance: 10 kb is the one of MARGE (Wang 2016, 10.1101/gr.201574.115) for enhancers;
# the short one is for elements that flank the promoter. The weight is exp(-d / lambda), lambda = half-life / ln 2.
DISTAL = {"near10k": (10_000, 2_000 / np.log(2)), "near50k": (50_000, 10_000 / np.log(2))}


def summarise_peaks(
    promoters: pd.DataFrame, peaks: pd.DataFrame, places: dict[str, NDArray[np.int64]], *, use_signal: bool = True
) -> dict[str, Values]:
    """The `METRICS` of one peak file, float32 of shape (n_promoters,) each.

    Parameters
    ----------
    promoters, peaks : DataFrame
        As of `summarise_tracks` and `read_peaks`.
    places : dict of str to int64 array
        Contig -> row numbers of its promoters.
    use_signal : bool
        False leaves ``signal`` NaN.
    """
    result = {name: np.full(len(promoters), np.nan, dtype=np.float32) for name in METRICS}
    tss = promoters["tss"].to_numpy(np.int64)
    low, high = promoter_bounds(promoters, PROMOTER_REACH)
    has_signal = use_signal and bool(peaks["signal"].notna().any())
    rank = peaks["signal"].rank(method="max", pct=True).to_numpy(np.float64) if has_signal else np.zeros(len(peaks))
    for contig, mine in by_contig(peaks):
        rows = places.get(contig)
        if rows is None:
            continue
        here = peaks[mine].sort_values("start", kind="stable")
        starts, ends = here["start"].to_numpy(np.int64), here["end"].to_numpy(np.int64)
        queries, targets = overlapping_pairs(starts, ends, low[rows], high[rows])
        result["overlap"][rows] = np.bincount(queries, minlength=len(rows)) > 0
        if has_signal:
            strongest = np.zeros(len(rows))
            percentiles = pd.Series(rank[mine], index=peaks.index[mine])[here.index].fillna(0).to_numpy()
            np.maximum.at(strongest, queries, percentiles[targets])
            result["signal"][rows] = strongest
        starts, ends = merge(starts, ends)
        result["distance"][rows] = nearest_gap(starts, ends, tss[rows], FARTHEST)
        for name, (reach, decay) in DISTAL.items():
            queries, targets = overlapping_pairs(starts, ends, tss[rows] - reach, tss[rows] + reach + 1)
            distal = (ends[targets] <= low[rows][queries]) | (starts[targets] >= high[rows][queries])
            queries, targets = queries[distal], targets[distal]
            weights = np.exp(-gap(starts[targets], ends[targets], tss[rows][queries]) / decay)
            result[name][rows] = np.bincount(queries, weights=weights, minlength=len(rows))
    return result


def promoter_bounds(promoters: pd.DataFrame, reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and end of [-reach, +reach) around each TSS on the gene's strand, 0-based half-open, clipped at 0."""
    tss = promoters["tss"].to_numpy(np.int64)
    shift = (promoters["strand"].to_numpy() == "-").astype(np.int64)
    return np.maximum(tss - reach + shift, 0), tss + reach + shift


def by_contig(frame: pd.DataFrame) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each contig of a table with its rows as a mask."""
    names, uniques = pd.factorize(frame["chrom"])
    for place, name in enumerate(uniques):
        yield str(name), names == place
