"""Motifs of the factors that gate or rival RAR, scanned with lightmotif at exact, stored-background thresholds.

lightmotif's own p-value thresholds differ from exact ones by up to 0.04 bit; so the threshold is computed here, by the
same dynamic programme as for RAREs, on integer scores (1/100 bit), and each hit's integer score is computed here too.
lightmotif only finds the places, with half a unit to spare. N scores so low that it never matches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import MissingPartError, SettingsError, did_you_mean
from rarml.features.background import HUMAN_PROMOTERS, Background
from rarml.features.matrices import SCALE, frequencies, log_odds, shipped_matrices
from rarml.features.pvalues import ScoreDistribution, score_distribution
from rarml.reference.bases import LETTERS, N

PARTNER_PVALUE = 1e-4
_UNKNOWN = -1e4
_RXRA = "MA0512.2"
_LETTERS = np.frombuffer(LETTERS.encode(), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class Motif:
    """One fixed matrix as integer log-odds, shape (width, 4), with its exact score distribution."""

    name: str
    matrix: NDArray[np.int32]
    distribution: ScoreDistribution

    @property
    def width(self) -> int:
        """Bases."""
        return len(self.matrix)


@lru_cache(maxsize=4)
def partner_motifs(background: Background = HUMAN_PROMOTERS) -> tuple[Motif, ...]:
    """The shipped motifs (``data/jaspar_partners.txt``: JASPAR 2022, CC BY 4.0), by upper-case factor; and RXRA."""
    found = []
    retinoid = shipped_matrices("jaspar_retinoid")
    for factor, counts in [*shipped_matrices("jaspar_partners").values(), retinoid[_RXRA]]:
        matrix = log_odds(frequencies(counts), background.base)
        found.append(Motif(factor.upper(), matrix, score_distribution(matrix, background)))
    return tuple(found)


def choose_motifs(names: Sequence[str]) -> tuple[Motif, ...]:
    """Shipped motifs by factor name; an unknown one is a `SettingsError` with a suggestion."""
    known = {motif.name: motif for motif in partner_motifs()}
    for name in names:
        if name.upper() not in known:
            raise SettingsError(f"no motif of {name!r}", fix=did_you_mean(name.upper(), known))
    return tuple(known[name.upper()] for name in names)


def motif_hits(
    codes: NDArray[np.uint8], motifs: Sequence[Motif] | None = None, *, max_pvalue: float = PARTNER_PVALUE
) -> pd.DataFrame:
    """Hits of fixed motifs on both strands.

    Parameters
    ----------
    codes : uint8 (n, length)
        Base codes; N never matches, hits that touch either end are found.
    motifs : sequence of Motif, optional
        All shipped partners by default.
    max_pvalue : float
        Exact p-value per position and strand.

    Raises
    ------
    MissingPartError
        If the package lightmotif is not installed.

    Returns
    -------
    DataFrame
        motif, row, start (0-based in the row), strand (+1, -1), score (bits), pvalue; sorted by motif (in the order
        given), row, start and strand. A palindromic hit is listed on both strands.
    """
    try:
        import lightmotif
    except ImportError as error:
        raise MissingPartError(
            "scanning partner motifs needs the package lightmotif", fix="pip install 'lightmotif>=0.10'"
        ) from error

    chosen = partner_motifs() if motifs is None else tuple(motifs)
    matrix = np.atleast_2d(codes)
    widest = max((motif.width for motif in chosen), default=1)
    stride = matrix.shape[1] + widest
    # N before the first, between and after the rows: no motif spans two rows, and none is lost at an end
    joined = np.full(widest + len(matrix) * stride, N, dtype=np.uint8)
    joined[widest:].reshape(len(matrix), stride)[:, : matrix.shape[1]] = matrix
    striped = lightmotif.stripe(_LETTERS[joined].tobytes().decode())
    parts = []
    for number, motif in enumerate(chosen):
        threshold = motif.distribution.threshold(max_pvalue)
        for strand in (1, -1):
            values = motif.matrix if strand > 0 else motif.matrix[::-1, ::-1]
            columns = {base: (values[:, i] / SCALE).tolist() for i, base in enumerate("ACGT")}
            columns["N"] = [_UNKNOWN] * motif.width
            scoring = lightmotif.ScoringMatrix(columns)
            hits = lightmotif.scan(scoring, striped, threshold=(threshold - 0.5) / SCALE)
            place = np.sort(np.fromiter((hit.position for hit in hits), dtype=np.int64))
            score = values[np.arange(motif.width), joined[place[:, None] + np.arange(motif.width)]].sum(axis=1)
            row, start = np.divmod(place - widest, stride)
            parts.append((np.full(len(place), number), row, start, np.full(len(place), strand), score))
    kind, row, start, sides, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((sides, start, row, kind))
    pvalue = np.empty(len(order))
    for index, motif in enumerate(chosen):
        pvalue[kind == index] = motif.distribution.pvalue(score[kind == index])
    names = np.array([motif.name for motif in chosen], dtype=object)
    table = {"motif": names[kind], "row": row, "start": start, "strand": sides, "score": score / SCALE}
    return pd.DataFrame({**table, "pvalue": pvalue}).iloc[order].reset_index(drop=True)


def nearest_hit(
    rows: NDArray[np.int64], centres: NDArray[np.float64], hits: pd.DataFrame, motif: str
) -> NDArray[np.float64]:
    """Bases from each site's centre to the centre of the nearest hit of a motif in the same row; NaN without one.

    Parameters
    ----------
    rows, centres : (n,)
        Row and centre (0-based) of each site, e.g. of a `SiteCalls`.
    hits : DataFrame
        From `motif_hits`.
    motif : str
        Factor name.
    """
    widths = {item.name: item.width for item in partner_motifs()}
    chosen = hits[hits["motif"] == motif.upper()]
    place = chosen["start"].to_numpy() + (widths.get(motif.upper(), 1) - 1) / 2
    step = float(max(place.max(initial=0), centres.max(initial=0)) * 4 + 4)
    line = np.sort(chosen["row"].to_numpy() * step + place)
    if not len(line):
        return np.full(len(rows), np.nan)
    wanted = rows * step + centres
    right = np.searchsorted(line, wanted)
    gaps = [np.abs(wanted - line[np.clip(right + shift, 0, len(line) - 1)]) for shift in (-1, 0)]
    nearest = np.minimum(*gaps)
    # rows lie further apart than any two places in one row
    return np.where(nearest < step / 2, nearest, np.nan)
