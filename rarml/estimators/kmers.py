"""Counting k-mers, both strands together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_N = 4
_ROWS_AT_ONCE = 1024


def log_counts(codes: NDArray[np.uint8], k: int) -> NDArray[np.float32]:
    """log(1 + count) of every k-mer; see `word_counts`."""
    return np.log1p(word_counts(codes, k))


def word_counts(codes: NDArray[np.uint8], k: int) -> NDArray[np.float32]:
    """Count of every k-mer, a word and its reverse complement as one.

    Parameters
    ----------
    codes : uint8 array of shape (n, length)
        Base codes; words that touch an N are not counted.
    k : int
        Bases per word.

    Returns
    -------
    float32 array of shape (n, words)
        In the order of `canonical_words`.
    """
    words, place = _words(k)
    counts = np.zeros((len(codes), len(words)), dtype=np.float32)
    for start in range(0, len(codes), _ROWS_AT_ONCE):
        some = codes[start : start + _ROWS_AT_ONCE]
        number, unknown = _numbers(some, k)
        flat = place[np.where(unknown, 0, number)] + len(words) * np.arange(len(some))[:, None]
        found = np.bincount(flat[~unknown], minlength=len(some) * len(words))
        counts[start : start + len(some)] = found.reshape(len(some), len(words))
    return counts


def word_numbers(codes: NDArray[np.uint8], k: int) -> NDArray[np.int64]:
    """Which of `canonical_words` starts at each base of one sequence, int64 of shape (length - k + 1,); -1 with an N.

    Parameters
    ----------
    codes : uint8 array of shape (length,)
        Base codes.
    k : int
        Bases per word.
    """
    number, unknown = _numbers(codes[None], k)
    return np.where(unknown, -1, _words(k)[1][np.where(unknown, 0, number)])[0]


def _words(k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of the canonical words, and the place among them of every word."""
    words, place = np.unique(_canonical(np.arange(4**k), k), return_inverse=True)
    return words, place


def _numbers(codes: NDArray[np.uint8], k: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Number of the word at each place, shape (n, length - k + 1), and whether it touches an N."""
    n_words = max(codes.shape[1] - k + 1, 0)
    number = np.zeros((len(codes), n_words), dtype=np.int64)
    unknown = np.zeros((len(codes), n_words), dtype=bool)
    for offset in range(k):
        base = codes[:, offset : offset + n_words]
        number = 4 * number + base
        unknown |= base == _N
    return number, unknown


def canonical_words(k: int) -> list[str]:
    """The k-mers that `log_counts` counts: of each pair of reverse complements the one that comes first."""
    return [
        "".join("ACGT"[number // 4**place % 4] for place in range(k - 1, -1, -1)) for number in canonical_numbers(k)
    ]


def canonical_numbers(k: int) -> NDArray[np.int64]:
    """Numbers of `canonical_words`, ascending: their bases (A 0, C 1, G 2, T 3) as digits to the base 4."""
    return np.unique(_canonical(np.arange(4**k), k))


def _canonical(numbers: NDArray[np.integer], k: int) -> NDArray[np.integer]:
    digits = [numbers // 4**place % 4 for place in range(k)]  # the last base first
    other = sum((3 - digit) * 4 ** (k - 1 - place) for place, digit in enumerate(digits))
    return np.minimum(numbers, other)
