"""Pieces of sequence in, finished rows of called sites out, never more than a few pieces in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.features.calls import PairScanner, SiteCalls
from rarml.features.elements import compositions, resolve
from rarml.features.intervals import touches
from rarml.features.rivals import REACH, competitors
from rarml.features.site_table import STRANDS, site_letters, site_scores
from rarml.reference.bases import encode, soft_mask
from rarml.reference.contigs import canonical_contig
from rarml.workflows.scan_sources import PIECE, Piece

COLUMNS = (
    "chrom",
    "start",
    "end",
    "strand",
    "type",
    "left",
    "spacer",
    "right",
    "mismatches",
    "score",
    "pvalue",
    "composition",
    "element",
    "element_name",
    "best_of_element",
    "competitor",
    "cpg",
    "repeat_fraction",
)
"""Columns of every row, in order; coordinates 0-based half-open, score in bits."""


@dataclass
class _Open:
    """The sequence that the next batch goes on with, and its calls whose element may still grow."""

    calls: SiteCalls | None = None
    letters: pd.DataFrame | None = None
    tail: bytes = b""
    sequences: int = 0


def site_rows(
    pieces: Iterable[Piece],
    scanner: PairScanner,
    *,
    max_pvalue: float,
    threads: int = 1,
    repeats: pd.DataFrame | None = None,
) -> Iterator[pd.DataFrame]:
    """Tables of called sites in the order of the input, each with `COLUMNS`.

    Parameters
    ----------
    pieces : iterable of Piece
        Pieces of one sequence follow one another.
    scanner : PairScanner
        May be laxer than `max_pvalue`: weaker pairs are used to tell what a site is composed of, and not reported.
    max_pvalue : float
    threads : int
    repeats : DataFrame, optional
        chrom, start, end (0-based): a site that touches one has repeat_fraction 1; without it the soft-masked share.
    """
    state, founded = _Open(), 0
    for batch in _batches(pieces):
        calls, letters = _scan_batch(batch, scanner, max_pvalue, threads, state)
        names = [piece.contig for piece in batch]
        table = _rows(names, state.sequences, calls, letters, max_pvalue, founded, repeats)
        state.sequences += len(batch) - (0 if batch[-1].last else 1)
        if len(table):
            founded = int(table["element"].max())
            yield table


def _batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces together up to `PIECE` bases; only the last of a batch may be unfinished, for many short sequences are
    scanned as fast as one long one."""
    batch: list[Piece] = []
    held = 0
    for piece in pieces:
        batch.append(piece)
        held += len(piece.bases) + 1
        if held >= PIECE or not piece.last:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _scan_batch(
    batch: list[Piece], scanner: PairScanner, max_pvalue: float, threads: int, state: _Open
) -> tuple[SiteCalls, pd.DataFrame]:
    """Calls whose element is complete, with `row` the number of the sequence and `start` its own coordinate."""
    texts = [piece.bases for piece in batch]
    texts[0] = state.tail + texts[0]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    begins = np.concatenate([[0], np.cumsum(lengths[:-1] + 1)])
    read_from = np.array([piece.start for piece in batch], dtype=np.int64)
    ends = read_from + [len(piece.bases) for piece in batch]
    offsets = ends - lengths
    last = np.array([piece.last for piece in batch])
    joined = b"N".join(texts)
    codes = encode(joined)
    calls = scanner.scan(codes, threads=threads)

    part = np.searchsorted(begins, calls.start, side="right") - 1
    place = calls.start - begins[part] + offsets[part]
    finish = place + calls.length
    # a call is complete once the bases that name its rivals are read, and is taken from the piece that brings the last
    known = finish + REACH
    taken = (known > read_from[part]) & ((known <= ends[part]) | last[part]) & (finish <= ends[part])
    taken &= place >= np.array([piece.own_start for piece in batch])[part]
    taken &= finish <= np.array([piece.own_end for piece in batch])[part]
    keep = np.flatnonzero(taken)
    letters = site_letters(codes[None, :], calls[keep], calls.strand[keep] < 0)
    letters["competitor"] = _rivals(codes, calls[keep], max_pvalue)
    letters["repeat_fraction"] = _masked_share(soft_mask(joined), calls[keep])
    calls = replace(calls[keep], row=part[keep] + state.sequences, start=place[keep])

    state.tail = b"" if last[-1] else texts[-1][-(scanner.margin + 2 * REACH) :]
    if state.calls is not None and state.letters is not None:
        calls = _concatenate([state.calls, calls])
        letters = pd.concat([state.letters, letters], ignore_index=True)
    order = np.lexsort((calls.strand, calls.type_index, calls.start, calls.row))
    calls, letters = calls[order], letters.iloc[order].reset_index(drop=True)
    cut = len(calls)
    if not last[-1]:
        cut = _finished(calls, state.sequences + len(batch) - 1, int(ends[-1]) - scanner.margin - REACH)
    state.calls, state.letters = calls[np.arange(cut, len(calls))], letters.iloc[cut:].reset_index(drop=True)
    return calls[np.arange(cut)], letters.iloc[:cut]


def _finished(calls: SiteCalls, unfinished: int, limit: int) -> int:
    """How many of the sorted calls lie in other sequences or in stretches of overlapping calls that end by `limit`."""
    begin = int(np.searchsorted(calls.row, unfinished))
    start = calls.start[begin:]
    if not len(start):
        return len(calls)
    reach = np.maximum.accumulate(start + calls.length[begin:])
    opens = np.flatnonzero(np.append(True, start[1:] >= reach[:-1]))
    stretch_end = np.append(reach[opens[1:] - 1], reach[-1])
    growing = np.flatnonzero(stretch_end > limit)
    return begin + int(opens[growing[0]]) if len(growing) else len(calls)


def _rows(
    names: list[str],
    first: int,
    calls: SiteCalls,
    letters: pd.DataFrame,
    max_pvalue: float,
    founded: int,
    repeats: pd.DataFrame | None,
) -> pd.DataFrame:
    """The table of finished calls; row `first` is sequence ``names[0]``."""
    composition = compositions(calls)
    keep = np.flatnonzero(calls.pvalue <= max_pvalue)
    calls, letters, composition = calls[keep], letters.iloc[keep].reset_index(drop=True), composition[keep]
    start, end = calls.start, calls.start + calls.length
    chrom = np.array(names, dtype=object)[calls.row - first]
    place = pd.DataFrame({"chrom": chrom, "start": start, "end": end, "strand": STRANDS[calls.strand + 1]})
    table = pd.concat([place, site_scores(calls), letters], axis=1)
    labels = np.where(composition != "", composition, table["type"].to_numpy(dtype=object)).astype(object)
    element, founder, element_name = resolve(start, end, calls.pvalue, labels, calls.row)
    table["composition"], table["element"] = composition, element + founded + 1
    table["element_name"], table["best_of_element"] = element_name, founder
    if repeats is not None:
        canonical = {name: canonical_contig(name) for name in set(names)}
        where = np.array([canonical[name] for name in chrom], dtype=object)
        table["repeat_fraction"] = touches(where, start, end, repeats).astype(np.float64)
    return table[list(COLUMNS)]


def _rivals(codes: NDArray[np.uint8], calls: SiteCalls, max_pvalue: float) -> NDArray[np.object_]:
    """Rivals of the calls that may be reported; '' for the others."""
    named = np.full(len(calls), "", dtype=object)
    reported = np.flatnonzero(calls.pvalue <= max_pvalue)
    named[reported] = competitors(codes[None, :], calls[reported])
    return named


def _masked_share(soft: NDArray[np.bool_], calls: SiteCalls) -> NDArray[np.float64]:
    sums = np.concatenate([[0], np.cumsum(soft)])
    return (sums[calls.start + calls.length] - sums[calls.start]) / np.maximum(calls.length, 1)


def _concatenate(parts: list[SiteCalls]) -> SiteCalls:
    names = ("row", "start", "type_index", "strand", "score", "pvalue")
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return replace(parts[0], **columns)
