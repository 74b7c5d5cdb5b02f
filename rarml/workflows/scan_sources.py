"""Sequence to scan, in pieces of bounded size: a FASTA file of any length, or regions of a genome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.features.rivals import REACH
from rarml.reference.genome import Genome
from rarml.reference.genome_pieces import parse_piece_name

_BASES = b"ACGTUNacgtun"
_AMBIGUOUS = b"RYSWKMBDHVryswkmbdhv"
_GAPS = b"-.*"


@dataclass(frozen=True)
class Piece:
    """Some bases of one sequence, following those of the piece before.

    Attributes
    ----------
    contig : str
    start : int
        Position of the first base of `bases` on the contig (0-based).
    bases : bytes
        Letters of the + strand.
    first, last : bool
        Whether the sequence begins or ends with this piece.
    own_start, own_end : int
        Sites are reported if they lie in [own_start, own_end).
    """

    contig: str
    start: int
    bases: bytes
    first: bool
    last: bool
    own_start: int
    own_end: int


@dataclass
class Tally:
    """What was read, filled while reading."""

    sequences: int = 0
    bases: int = 0
    unknown: int = 0
    ambiguous: int = 0


def fasta_pieces(path: str | Path, tally: Tally, size: int, *, piece_names: bool = True) -> Iterator[Piece]:
    """Pieces of at most about `size` bases of each record of a FASTA file (plain or gzip).

    Raises
    ------
    InputError
        With file and line: no header, a letter that is no base, a record without bases, or one whose length does not
        fit the place its name gives.
    """
    record = _Record("", 0, None)
    held = _Held()
    number = 0
    seen = False
    with open_text(path, kind="FASTA file") as handle:
        for number, line in enumerate(handle, start=1):
            if line.startswith(">"):
                if seen:
                    yield record.close(held.checked(path, tally), path, number)
                seen = True
                record = _Record.named(line[1:].strip(), piece_names, path, number)
                tally.sequences += 1
                continue
            text = line.strip()
            if not text:
                continue
            if not seen:
                raise InputError("does not begin with a '>' line", where=f"{path}:{number}", fix="give a FASTA file")
            held.lines.append(text)
            held.numbers.append(number)
            held.length += len(text)
            if held.length >= size:
                yield record.piece(held.checked(path, tally), last=False)
    if not seen:
        raise InputError("holds no sequence", where=path, fix="give a FASTA file")
    yield record.close(held.checked(path, tally), path, number)


class _Held:
    """Lines of a piece, which are looked at together: line by line takes longer than the scan."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.numbers: list[int] = []
        self.length = 0

    def checked(self, path: str | Path, tally: Tally) -> bytes:
        """The bases of all lines, counted; then there are none."""
        bases = "".join(self.lines).encode("ascii", "replace")
        strange = bases.translate(None, _BASES)
        if strange.translate(None, _AMBIGUOUS + _GAPS):
            self._complain(path)
        tally.ambiguous += len(strange)
        tally.bases += len(bases)
        tally.unknown += bases.count(b"N") + bases.count(b"n") + len(strange)
        self.lines, self.numbers, self.length = [], [], 0
        return bases

    def _complain(self, path: str | Path) -> None:
        for number, line in zip(self.numbers, self.lines, strict=True):
            wrong = line.encode("ascii", "replace").translate(None, _BASES + _AMBIGUOUS + _GAPS)
            if wrong:
                raise InputError(f"{chr(wrong[0])!r} is no DNA letter", where=f"{path}:{number}", fix="give DNA")


class _Record:
    """One FASTA record while it is read."""

    def __init__(self, contig: str, offset: int, end: int | None):
        self.contig, self.offset, self.end = contig, offset, end
        self.read = 0

    @classmethod
    def named(cls, header: str, piece_names: bool, path: str | Path, line: int) -> _Record:
        if not header:
            raise InputError("a '>' line without a name", where=f"{path}:{line}")
        name = header.split()[0]
        place = parse_piece_name(name) if piece_names else None
        return cls(name, 0, None) if place is None else cls(*place)

    def piece(self, bases: bytes, *, last: bool) -> Piece:
        start = self.offset + self.read
        first = self.read == 0
        self.read += len(bases)
        return Piece(self.contig, start, bases, first, last, 0, 1 << 60)

    def close(self, bases: bytes, path: str | Path, line: int) -> Piece:
        piece = self.piece(bases, last=True)
        if not self.read:
            raise InputError(f"record {self.contig!r} has no bases", where=f"{path}:{line}")
        if self.end is not None and self.read != self.end - self.offset:
            raise InputError(
                f"record {self.contig}:{self.offset}-{self.end} holds {self.read:,} bases, its name says "
                f"{self.end - self.offset:,}",
                where=f"{path}:{line}",
                fix="names are 0-based half-open; turn piece_names off to take them as plain names",
            )
        return piece


def region_pieces(regions: pd.DataFrame, genome: Genome, tally: Tally, size: int) -> Iterator[Piece]:
    """Pieces, of at most `size` bases, of regions of a genome (columns chrom, start, end; sorted, not overlapping).

    `REACH` bases beyond each end are read as well, so that a site at the end of a region scores, and has the rivals,
    that it has in the whole genome; sites must lie inside the region.
    """
    for chrom, start, end in zip(regions["chrom"], regions["start"], regions["end"], strict=True):
        begin, stop = max(0, int(start) - REACH), int(end) + REACH
        tally.sequences += 1
        for at in range(begin, stop, size):
            upto = min(at + size, stop)
            bases = genome.fetch(chrom, at, upto).encode()
            inside = bases[max(0, int(start) - at) : len(bases) - max(0, upto - int(end))]
            tally.bases += len(inside)
            tally.unknown += _unknown(inside)
            yield Piece(str(chrom), at, bases, at == begin, upto == stop, int(start), int(end))


def _unknown(bases: bytes) -> int:
    return len(bases.translate(None, b"ACGTUacgtu"))
