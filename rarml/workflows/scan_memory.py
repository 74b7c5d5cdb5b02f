"""How much sequence a scan takes at once, so that its memory stays within what there is."""

from __future__ import annotations

from dataclasses import dataclass

from rarml.core.errors import InputError
from rarml.core.memory import available, show_size
from rarml.features.calls import PairScanner

PIECE = 1 << 21
"""Most bases read at once: larger batches are not faster."""
CALLS = 200_000
"""Pairs expected in a batch, at most: lax p-values find so many that they, not the bases, fill the memory."""
_LEAST = 1 << 16
_SHARE = 0.8  # of the memory that is free, where no limit was named
# Bytes, fitted from above to peaks of scans at p <= 1e-6 to 1e-2, batches of 0.5 to 4 million bases, 1 to 4 threads
# (tests/workflows/test_scan_memory.py holds them to it): the process, and a batch that is worked on or waits.
_PROCESS = 190_000_000
_BASE, _BASE_MORE = 27, 14
_CALL, _CALL_MORE = 900, 450


@dataclass(frozen=True)
class ScanPlan:
    """What a scan takes at once.

    Attributes
    ----------
    piece : int
        Bases in a batch.
    threads : int
        Batches at once.
    peak : int
        Bytes of memory that the process is expected to need at most.
    """

    piece: int
    threads: int
    peak: int

    def words(self) -> str:
        """The plan for a user."""
        at_once = f"{self.threads} batches" if self.threads > 1 else "one batch"
        return f"memory: about {show_size(self.peak)} at most ({at_once} of {self.piece / 1e6:.2g} Mb at once)"


def scan_plan(scanner: PairScanner, threads: int, limit: int | None = None) -> ScanPlan:
    """The largest batches, then the most threads, whose expected peak stays within a limit.

    Parameters
    ----------
    scanner : PairScanner
        Its types and p-value tell how many pairs to expect.
    threads : int
        Batches at once that are wished for.
    limit : int, optional
        Bytes; four fifths of the memory that is free, by default.

    Raises
    ------
    InputError
        If a limit was named in which not even one small batch fits.
    """
    free = available()
    bound = limit if limit is not None else (None if free is None else int(_SHARE * free))
    density = scanner.max_pvalue * sum(1 if pair.palindromic else 2 for pair in scanner.types)
    largest = min(PIECE, max(_LEAST, int(CALLS / density)))
    for workers in range(max(1, threads), 0, -1):
        piece = largest
        while True:
            peak = _peak(piece, workers, density)
            if bound is None or peak <= bound:
                return ScanPlan(piece, workers, peak)
            if piece <= _LEAST:
                break
            piece = max(_LEAST, piece // 2)
    least = _peak(min(largest, _LEAST), 1, density)
    if limit is None:  # little is free: the smallest way there is, rather than none
        return ScanPlan(min(largest, _LEAST), 1, least)
    raise InputError(
        f"a scan needs about {show_size(least)} of memory, and {show_size(limit)} are allowed",
        fix=f"allow at least {show_size(least * 1.05)}, or ask for fewer types",
    )


def _peak(piece: int, workers: int, density: float) -> int:
    first = _BASE + _CALL * density
    more = _BASE_MORE + _CALL_MORE * density
    return int(_PROCESS + piece * (first + more * (workers - 1)))
