"""Promoter bases on disk: 2 bits a base, one bit for unknown, one for soft-masked; read through a memory map."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.reference.bases import Codes, N, encode, soft_mask

FILES = ("bases.npy", "unknown.npy", "soft.npy")
_SHIFTS = np.array([6, 4, 2, 0], dtype=np.uint8)

Bits = NDArray[np.uint8]
Rows = slice | Sequence[int] | NDArray[np.integer]


def pack(codes: Codes) -> tuple[Bits, Bits]:
    """2-bit bases and N mask of base codes.

    Parameters
    ----------
    codes : uint8 array, shape (n, length)
        0..3, or 4 for N.

    Returns
    -------
    bases : uint8 array, shape (n, ceil(length / 4))
        First base in the two highest bits; N is stored as A.
    unknown : uint8 array, shape (n, ceil(length / 8))
        Bit set where the base is N.
    """
    n, length = codes.shape
    padded = np.zeros((n, -(-length // 4) * 4), dtype=np.uint8)
    padded[:, :length] = np.where(codes == N, 0, codes)
    quads = padded.reshape(n, padded.shape[1] // 4, 4)
    bases = np.asarray(np.bitwise_or.reduce(quads << _SHIFTS, axis=2), dtype=np.uint8)
    return bases, np.packbits(codes == N, axis=1)


def unpack(bases: Bits, unknown: Bits, length: int) -> Codes:
    """Base codes, uint8 of shape (n, length), from what `pack` returned."""
    quads = ((bases[:, :, None] >> _SHIFTS) & np.uint8(3)).astype(np.uint8, copy=False)
    codes: Codes = quads.reshape(len(bases), 4 * bases.shape[1])[:, :length]
    codes[np.unpackbits(unknown, axis=1, count=length).view(bool)] = N
    return codes


class PromoterSequences:
    """The bases of every promoter window, each row 5' to 3' on its gene's strand.

    Position `window[0]` of a row is the TSS (the first transcribed base).

    Parameters
    ----------
    bases, unknown, soft : uint8 arrays
        As `pack` returns them; usually memory maps.
    window : (int, int)
        Bases upstream and downstream of the TSS.
    """

    def __init__(self, bases: Bits, unknown: Bits, soft: Bits, window: tuple[int, int]):
        self.window = window
        self._bases, self._unknown, self._soft = bases, unknown, soft

    def __len__(self) -> int:
        return len(self._bases)

    @property
    def rows(self) -> tuple[int, int, int]:
        """Rows of the three arrays; equal in a whole reference."""
        return len(self._bases), len(self._unknown), len(self._soft)

    @property
    def length(self) -> int:
        """Bases per row."""
        return self.window[0] + self.window[1]

    def codes(self, rows: Rows = slice(None)) -> Codes:
        """Base codes of some rows, uint8 of shape (n, length): A 0, C 1, G 2, T 3, N 4."""
        return unpack(self._at(self._bases, rows), self._at(self._unknown, rows), self.length)

    def soft(self, rows: Rows = slice(None)) -> NDArray[np.bool_]:
        """True where the genome was lower case (a repeat), shape (n, length); all False in an unmasked genome."""
        return np.unpackbits(self._at(self._soft, rows), axis=1, count=self.length).view(bool)

    @staticmethod
    def _at(array: Bits, rows: Rows) -> Bits:
        return np.asarray(array[rows if isinstance(rows, slice) else np.asarray(rows, dtype=np.intp)])

    @classmethod
    def from_strings(cls, sequences: Sequence[str], window: tuple[int, int]) -> PromoterSequences:
        """In memory, from gene-oriented strings of equal length ``sum(window)``."""
        wrong = [len(text) for text in sequences if len(text) != sum(window)]
        if wrong:
            raise InputError(f"a sequence has {wrong[0]} bases, the window {sum(window)}")
        joined = "".join(sequences)
        shape = (len(sequences), sum(window))
        bases, unknown = pack(encode(joined).reshape(shape))
        return cls(bases, unknown, np.packbits(soft_mask(joined).reshape(shape), axis=1), window)

    @classmethod
    def open(cls, folder: Path, window: tuple[int, int]) -> PromoterSequences:
        """Map the files that `SequenceWriter` wrote.

        Raises
        ------
        InputError
            If a file is missing, damaged, or of another window.
        """
        arrays = []
        for name, per_byte in zip(FILES, (4, 8, 8), strict=True):
            file = folder / name
            try:
                array = np.load(file, mmap_mode="r", allow_pickle=False)
            except (OSError, ValueError, EOFError) as error:
                raise InputError("is missing or damaged", where=file, fix="build the reference again") from error
            if array.dtype != np.uint8 or array.ndim != 2 or array.shape[1] != -(-sum(window) // per_byte):
                raise InputError("is of another window", where=file, fix="build the reference again")
            if file.stat().st_size != array.offset + array.nbytes:
                raise InputError("is longer than it says", where=file, fix="build the reference again")
            arrays.append(array)
        return cls(arrays[0], arrays[1], arrays[2], window)


class SequenceWriter:
    """Writes `n` rows, some at a time, into the files of a new folder."""

    def __init__(self, folder: Path, n: int, window: tuple[int, int]):
        folder.mkdir(parents=True, exist_ok=True)
        length = sum(window)
        widths = (-(-length // 4), -(-length // 8), -(-length // 8))
        self._arrays = [
            np.lib.format.open_memmap(folder / name, mode="w+", dtype=np.uint8, shape=(n, width))
            for name, width in zip(FILES, widths, strict=True)
        ]
        for name in FILES:
            _reserve(folder / name)

    def put(self, start: int, codes: Codes, soft: NDArray[np.bool_]) -> None:
        """Store rows from `start` on: codes uint8 and soft bool, both of shape (n, length)."""
        bases, unknown = pack(codes)
        for array, rows in zip(self._arrays, (bases, unknown, np.packbits(soft, axis=1)), strict=True):
            array[start : start + len(rows)] = rows

    def close(self) -> None:
        """Write everything out to disk."""
        for array in self._arrays:
            array.flush()
        self._arrays = []


def _reserve(file: Path) -> None:
    """Take a file's space now: a memory map whose space a full disk cannot give ends the process without a word."""
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as handle:
            os.posix_fallocate(handle.fileno(), 0, file.stat().st_size)
