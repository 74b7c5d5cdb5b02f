"""Whole chromosomes in UCSC 2bit, through the optional package py2bit."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np

from rarml.core.errors import InputError, MissingPartError
from rarml.reference.contigs import canonical_contig
from rarml.reference.genome import Genome, canonical_names


class TwoBitGenome(Genome):
    """A 2bit file; its soft mask is read as lower case.

    Raises
    ------
    MissingPartError
        If py2bit is not installed.
    InputError
        If the file is damaged.
    """

    def __init__(self, path: Path):
        try:
            import py2bit
        except ImportError as error:
            raise MissingPartError(
                "reading 2bit needs the package py2bit", where=path, fix="pip install 'rarml[twobit]', or give FASTA"
            ) from error
        self.path = path
        require_whole(path)
        try:
            self._file = py2bit.open(str(path), True)
            lengths = {str(name): int(length) for name, length in self._file.chroms().items()}
        except (RuntimeError, OSError, UnicodeDecodeError, ValueError, SystemError, MemoryError) as error:
            raise InputError("2bit file is damaged", where=path, fix="copy or download it again") from error
        self.names = tuple(lengths)
        self._own = canonical_names(self.names, path)
        self.ends = {canonical: lengths[name] for canonical, name in self._own.items()}
        self.contigs = dict(self.ends)

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """See `Genome.fetch`."""
        if end <= start:
            return ""
        canonical = canonical_contig(chrom)
        name = self._own.get(canonical)
        first, last = max(start, 0), min(end, self.ends.get(canonical, 0))
        if name is None or first >= last:
            return "N" * (end - start)
        bases = str(self._file.sequence(name, first, last))
        return "N" * (first - start) + bases + "N" * (end - last)

    def describe(self) -> str:
        """See `Genome.describe`."""
        return f"{len(self.contigs)} whole contigs, {sum(self.ends.values()) / 1e6:.1f} Mb (2bit)"


def require_whole(path: Path) -> None:
    """Check that every record that the index names lies inside the file, which py2bit does not.

    Raises
    ------
    InputError
        If the file is cut short.
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        try:
            order = "<" if handle.read(4) == b"\x43\x27\x41\x1a" else ">"
            _, count, _ = _numbers(handle, order, 3)
            offsets: list[int] = []
            for _ in range(count):
                if handle.read(handle.read(1)[0]).decode() in ("", None):
                    raise IndexError("a contig without a name")
                offsets += _numbers(handle, order, 1)
            whole = all(_record_end(handle, order, offset, size) <= size for offset in offsets)
        except (struct.error, IndexError, UnicodeDecodeError):
            whole = False
    if not whole or not offsets:
        raise InputError("2bit file is cut short or damaged", where=path, fix="copy or download it again")


def _numbers(handle: BinaryIO, order: str, n: int) -> tuple[int, ...]:
    return struct.unpack(f"{order}{n}I", handle.read(4 * n))


def _record_end(handle: BinaryIO, order: str, offset: int, size: int) -> int:
    handle.seek(offset)
    (bases,) = _numbers(handle, order, 1)
    for _ in range(2):  # blocks of N, then blocks of soft-masked bases: a count, the starts and the sizes
        (blocks,) = _numbers(handle, order, 1)
        stored = handle.read(8 * blocks) if 8 * blocks <= size - handle.tell() else b""
        places = np.frombuffer(stored, dtype=f"{order}u4").astype(np.int64)
        if len(places) != 2 * blocks or (places[:blocks] + places[blocks:] > bases).any():
            raise IndexError("a block reaches past its contig")  # py2bit would write outside its memory
    return handle.tell() + 4 + -(-bases // 4)
