"""A sparse genome: FASTA records named ``chrom:start-end``, kept in memory, joined where they overlap."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.contigs import canonical_contig
from rarml.reference.genome import Genome

_PIECE_NAME = re.compile(r"(.+):([0-9]{1,12})-([0-9]{1,12})")
_NOT_BASES = re.compile(rb"[^ACGTUNRYSWKMBDHVacgtunryswkmbdhv]")
_N = ord("N")

Piece = tuple[int, int, bytes]  # start, end (0-based half-open), bases of the + strand


def parse_piece_name(name: str) -> tuple[str, int, int] | None:
    """``('chr1', 100, 200)`` of ``chr1:100-200``; None if it is not such a name."""
    found = _PIECE_NAME.fullmatch(name)
    return None if found is None else (found[1], int(found[2]), int(found[3]))


class PieceGenome(Genome):
    """Pieces of contigs; everything between them is N.

    Piece names are 0-based half-open. A file whose pieces are all one base longer than that says is read as 1-based
    closed (``samtools faidx`` writes such names). Where overlapping pieces disagree on a base, it becomes N and is
    counted in `conflicts`.

    Raises
    ------
    InputError
        With file and line, if a piece's length does not fit its name, or a record is not a piece or not DNA.
    """

    def __init__(self, path: Path):
        self.path = path
        by_contig: dict[str, list[Piece]] = {}
        names: set[str] = set()
        self.n_pieces = 0
        self.n_bases = 0
        self.one_based: bool | None = None
        for line, name, bases in _records(path):
            chrom, piece = self._place(line, name, bases)
            names.add(chrom)
            by_contig.setdefault(canonical_contig(chrom), []).append(piece)
            self.n_pieces += 1
        self.names = tuple(sorted(names))
        self.conflicts = 0
        self._pieces: dict[str, list[Piece]] = {}
        for chrom, pieces in by_contig.items():
            self._pieces[chrom], conflicts = join_pieces(pieces)
            self.conflicts += conflicts
        self._starts = {chrom: [piece[0] for piece in pieces] for chrom, pieces in self._pieces.items()}
        self.contigs = dict.fromkeys(self._pieces)
        self.ends = {chrom: pieces[-1][1] for chrom, pieces in self._pieces.items()}
        self.n_bases = sum(end - start for pieces in self._pieces.values() for start, end, _ in pieces)

    def _place(self, line: int, name: str, bases: bytes) -> tuple[str, Piece]:
        where = f"{self.path}:{line}"
        parsed = parse_piece_name(name)
        if parsed is None:
            raise InputError(
                f"record {name!r} is not named chrom:start-end like the first one",
                where=where,
                fix="give whole chromosomes and pieces in separate files",
            )
        chrom, start, end = parsed
        one_based = len(bases) == end - start + 1
        if not one_based and len(bases) != end - start:
            raise InputError(
                f"piece {name!r} holds {len(bases):,} bases, its name says {end - start:,}",
                where=where,
                fix="names are chrom:start-end, 0-based half-open; is the file cut short?",
            )
        if self.one_based is None:
            self.one_based = one_based
        if one_based != self.one_based:
            raise InputError(f"piece {name!r} counts positions in another way than those before it", where=where)
        wrong = _NOT_BASES.search(bases)
        if wrong:
            raise InputError(f"piece {name!r} holds {wrong[0].decode('latin1')!r}, which is no base", where=where)
        return chrom, (start - 1 if one_based else start, end, bases)

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """See `Genome.fetch`."""
        if end <= start:
            return ""
        chrom = canonical_contig(chrom)
        pieces = self._pieces.get(chrom)
        if not pieces:
            return "N" * (end - start)
        parts: list[bytes] = []
        at = start
        for index in range(max(0, bisect_right(self._starts[chrom], start) - 1), len(pieces)):
            first, last, bases = pieces[index]
            if first >= end:
                break
            if last <= at:
                continue
            begin = max(first, at)
            stop = min(last, end)
            parts += (b"N" * (begin - at), bases[begin - first : stop - first])
            at = stop
        parts.append(b"N" * (end - at))
        return b"".join(parts).decode("ascii")

    def describe(self) -> str:
        """See `Genome.describe`."""
        text = f"{self.n_pieces:,} pieces on {len(self.contigs)} contigs, {self.n_bases / 1e6:.1f} Mb"
        if self.one_based:
            text += ", names read as 1-based closed"
        if self.conflicts:
            text += f", {self.conflicts:,} bases unknown because overlapping pieces disagree"
        return text


def join_pieces(pieces: list[Piece]) -> tuple[list[Piece], int]:
    """Join overlapping pieces of one contig; returns them sorted, and how many bases they disagree on (now N)."""
    joined: list[Piece] = []
    conflicts = 0
    group: list[Piece] = []
    reach = -1
    for piece in sorted(pieces):
        if group and piece[0] >= reach:
            one, bad = _join_group(group)
            joined.append(one)
            conflicts += bad
            group = []
        group.append(piece)
        reach = max(reach, piece[1]) if len(group) > 1 else piece[1]
    if group:
        one, bad = _join_group(group)
        joined.append(one)
        conflicts += bad
    return joined, conflicts


def _join_group(group: list[Piece]) -> tuple[Piece, int]:
    if len(group) == 1:
        return group[0], 0
    start, end = group[0][0], max(piece[1] for piece in group)
    bases = np.full(end - start, _N, dtype=np.uint8)
    disagree = np.zeros(end - start, dtype=bool)
    for first, last, text in group:
        new = np.frombuffer(text, dtype=np.uint8)
        span = slice(first - start, last - start)
        old = bases[span]
        old_known, new_known = (old & 0xDF) != _N, (new & 0xDF) != _N
        disagree[span] |= old_known & new_known & ((old & 0xDF) != (new & 0xDF))
        bases[span] = np.where(old_known, old, new)
    bases[disagree] = _N
    return (start, end, bases.tobytes()), int(disagree.sum())


def _records(path: Path) -> Iterator[tuple[int, str, bytes]]:
    """Line number of the header, name up to the first blank, and bases of each FASTA record."""
    with open_text(path, kind="genome file") as handle:
        name, at, parts = "", 0, []
        for number, line in enumerate(handle, start=1):
            if not line.startswith(">"):
                parts.append(line.strip())
                continue
            if at:
                yield at, name, "".join(parts).encode("ascii", "replace")
            words = line[1:].split()
            if not words:
                raise InputError("FASTA header without a name", where=f"{path}:{number}")
            name, at, parts = words[0], number, []
        if at:
            yield at, name, "".join(parts).encode("ascii", "replace")
