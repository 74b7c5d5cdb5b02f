"""Pieces of sequence in, finished rows of called sites out, never more than a few pieces in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.parallel import run
from rarml.features.calls import PairScanner, SiteCalls
from rarml.features.elements import compositions, resolve
from rarml.features.intervals import touches
from rarml.features.rivals import REACH, competitors
from rarml.features.site_table import STRANDS, site_letters, site_scores
from rarml.reference.bases import encode, soft_mask
from rarml.reference.contigs import canonical_contig
from rarml.workflows.scan_sources import Piece

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
    """The sequences that are finished, and the calls of the next one whose element may still grow."""

    calls: SiteCalls | None = None
    letters: pd.DataFrame | None = None
    sequences: int = 0


@dataclass(frozen=True, eq=False)
class _Batch:
    """Sequence to scan at once: the texts of its pieces, the first after the end of the batch before."""

    texts: list[bytes]
    read_from: NDArray[np.int64]
    ends: NDArray[np.int64]
    own_start: NDArray[np.int64]
    own_end: NDArray[np.int64]
    last: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Found:
    """Calls of one batch: `row` is the piece of the batch, `start` the coordinate on its sequence."""

    calls: SiteCalls
    letters: pd.DataFrame


def site_rows(
    pieces: Iterable[Piece],
    scanner: PairScanner,
    *,
    max_pvalue: float,
    size: int,
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
    size : int
        Bases in a batch.
    threads : int
        Batches at once on threads; processes and a cluster have their own number (`rarml.core.parallel`).
    repeats : DataFrame, optional
        chrom, start, end (0-based): a site that touches one has repeat_fraction 1; without it the soft-masked share.
    """
    state, founded = _Open(), 0
    underway: deque[tuple[list[str], _Batch]] = deque()

    def tasks() -> Iterator[_Batch]:
        for names, batch in _prepared(_batches(pieces, size), scanner.margin + 2 * REACH):
            underway.append((names, replace(batch, texts=[])))
            yield batch

    for found in run(_scan_batch, tasks(), shared=(scanner, max_pvalue), threads=threads):
        names, batch = underway.popleft()
        calls, letters = _stitched(found, batch, scanner.margin + REACH, state)
        table = _rows(names, state.sequences, calls, letters, max_pvalue, founded, repeats)
        state.sequences += len(names) - (0 if batch.last[-1] else 1)
        if len(table):
            founded = int(table["element"].max())
            yield table


def _batches(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    """Pieces together up to `size` bases; only the last of a batch may be unfinished, for many short sequences are
    scanned as fast as one long one."""
    batch: list[Piece] = []
    held = 0
    for piece in pieces:
        batch.append(piece)
        held += len(piece.bases) + 1
        if held >= size or not piece.last:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _prepared(batches: Iterable[list[Piece]], reach: int) -> Iterator[tuple[list[str], _Batch]]:
    """Names and texts of batches; the end of an unfinished sequence is read again with the batch that goes on."""
    tail = b""
    for batch in batches:
        texts = [piece.bases for piece in batch]
        texts[0] = tail + texts[0]
        tail = b"" if batch[-1].last else texts[-1][-reach:]
        read_from = np.array([piece.start for piece in batch], dtype=np.int64)
        prepared = _Batch(
            texts=texts,
            read_from=read_from,
            ends=read_from + np.array([len(piece.bases) for piece in batch], dtype=np.int64),
            own_start=np.array([piece.own_start for piece in batch], dtype=np.int64),
            own_end=np.array([piece.own_end for piece in batch], dtype=np.int64),
            last=np.array([piece.last for piece in batch]),
        )
        yield [piece.contig for piece in batch], prepared


def _scan_batch(given: tuple[PairScanner, float], batch: _Batch) -> _Found:
    """Calls that belong to this batch, and what is read off their bases."""
    scanner, max_pvalue = given
    lengths = np.array([len(text) for text in batch.texts], dtype=np.int64)
    begins = np.concatenate([[0], np.cumsum(lengths[:-1] + 1)])
    offsets = batch.ends - lengths
    joined = b"N".join(batch.texts)
    codes = encode(joined)
    calls = scanner.scan(codes)

    part = np.searchsorted(begins, calls.start, side="right") - 1
    place = calls.start - begins[part] + offsets[part]
    finish = place + calls.length
    # a call is complete once the bases that name its rivals are read, and is taken from the piece that brings the last
    known, ends = finish + REACH, batch.ends[part]
    taken = (known > batch.read_from[part]) & ((known <= ends) | batch.last[part]) & (finish <= ends)
    taken &= (place >= batch.own_start[part]) & (finish <= batch.own_end[part])
    keep = np.flatnonzero(taken)
    letters = site_letters(codes[None, :], calls[keep], calls.strand[keep] < 0)
    letters["competitor"] = _rivals(codes, calls[keep], max_pvalue)
    letters["repeat_fraction"] = _masked_share(soft_mask(joined), calls[keep])
    return _Found(replace(calls[keep], row=part[keep], start=place[keep]), letters)


def _stitched(found: _Found, batch: _Batch, reach: int, state: _Open) -> tuple[SiteCalls, pd.DataFrame]:
    """Calls whose element is complete, with `row` the number of the sequence; the others wait in `state`."""
    calls, letters = replace(found.calls, row=found.calls.row + state.sequences), found.letters
    if state.calls is not None and state.letters is not None:
        calls = _concatenate([state.calls, calls])
        letters = pd.concat([state.letters, letters], ignore_index=True)
    order = np.lexsort((calls.strand, calls.type_index, calls.start, calls.row))
    calls, letters = calls[order], letters.iloc[order].reset_index(drop=True)
    cut = len(calls)
    if not batch.last[-1]:
        cut = _finished(calls, state.sequences + len(batch.last) - 1, int(batch.ends[-1]) - reach)
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
    if not soft.any():  # spares the sums of a batch, which are many times its bases
        return np.zeros(len(calls))
    sums = np.zeros(len(soft) + 1, dtype=np.int32)
    np.cumsum(soft, out=sums[1:])
    return (sums[calls.start + calls.length] - sums[calls.start]) / np.maximum(calls.length, 1)


def _concatenate(parts: list[SiteCalls]) -> SiteCalls:
    names = ("row", "start", "type_index", "strand", "score", "pvalue")
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return replace(parts[0], **columns)
