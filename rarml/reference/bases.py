"""DNA as small integers: A 0, C 1, G 2, T 3, anything else 4 (N); lower case is a base like any other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]

A, C, G, T, N = range(5)
LETTERS = "ACGTN"

_TO_CODE = np.full(256, N, dtype=np.uint8)
for _code, _letter in enumerate("ACGT"):
    _TO_CODE[ord(_letter)] = _TO_CODE[ord(_letter.lower())] = _code
_TO_CODE[ord("U")] = _TO_CODE[ord("u")] = T
_COMPLEMENT = np.array([T, G, C, A, N], dtype=np.uint8)
_TO_LETTER = np.frombuffer(LETTERS.encode(), dtype=np.uint8)


def encode(sequence: str | bytes) -> Codes:
    """Base codes, uint8 of shape (len(sequence),); IUPAC ambiguity letters become N (4)."""
    raw = sequence.encode("ascii", "replace") if isinstance(sequence, str) else sequence
    return _TO_CODE[np.frombuffer(raw, dtype=np.uint8)]


def decode(codes: Codes) -> str:
    """Upper-case letters of base codes, shape (length,)."""
    return bytes(_TO_LETTER[np.asarray(codes)]).decode()


def reverse_complement(codes: Codes) -> Codes:
    """The other strand, 5' to 3', along the last axis."""
    return _COMPLEMENT[np.asarray(codes)][..., ::-1]


def soft_mask(sequence: str | bytes) -> NDArray[np.bool_]:
    """True where a base is lower case (a repeat in a soft-masked genome)."""
    raw = sequence.encode("ascii", "replace") if isinstance(sequence, str) else sequence
    letters = np.frombuffer(raw, dtype=np.uint8)
    return (letters >= ord("a")) & (letters <= ord("z"))
