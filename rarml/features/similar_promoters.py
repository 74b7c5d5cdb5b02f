"""Genes whose promoters are alike in sequence: copies that a split must not tear apart.

Promoters are compared by the 16-mers that they share (on either strand), which needs no alignment: two windows of
identity d share about d^16 of them, so the limit of 10 % stands for about 87 % identity along the whole window, or for
95 % along a quarter of it. 16-mers found in many promoters are repeats (Alu) and say nothing of kinship. At half the
limit, promoters with one LTR or LINE in common begin to form families of 20 and more unrelated genes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from rarml.reference.bases import Codes, N

K = 16
SHARED = 0.1
"""Least share of the shorter list of 16-mers. Chance gives 2000 x 2000 / 4^16, a thousandth of a 16-mer per pair."""
MOST_PROMOTERS = 40
"""A 16-mer in more promoters than this is a repeat; the largest clusters of recent copies (GAGE, USP17) have fewer."""
_SAMPLE = 4  # one 16-mer in so many is kept, by its hash: 500 of a 2 kb window, so 50 shared ones at the limit
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4)
_ROWS = 1000


def similar_families(codes: Codes, *, shared: float = SHARED) -> NDArray[np.int64]:
    """Family number of each promoter: promoters joined, transitively, where they share enough 16-mers.

    Parameters
    ----------
    codes : uint8 array of shape (n, length)
        Bases of one window per gene, A 0, C 1, G 2, T 3, N 4; a 16-mer with an N is none.
    shared : float
        Least share of common 16-mers, of the promoter that has fewer, at which two are one family.

    Returns
    -------
    int64 array of shape (n,)
        Numbers from 0, equal within a family; most families are of one.
    """
    table = _sketches(codes)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    common = np.asarray(table.sum(axis=0)).ravel()
    table = table[:, (common > 1) & (common <= MOST_PROMOTERS)]
    pairs = sparse.triu(table @ table.T, k=1).tocoo()
    enough = pairs.data >= shared * np.minimum(sizes[pairs.row], sizes[pairs.col])
    graph = sparse.coo_array((pairs.data[enough], (pairs.row[enough], pairs.col[enough])), shape=(len(codes),) * 2)
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _sketches(codes: Codes) -> sparse.csr_array:
    """Which of the sampled 16-mers each promoter holds, shape (n, distinct 16-mers), float32 0 or 1."""
    owners, words = [], []
    for start in range(0, max(len(codes), 1), _ROWS):
        part = codes[start : start + _ROWS]
        canonical, known = _canonical_words(part)
        keys = canonical * _MULTIPLIER
        row, at = np.nonzero(known & ((keys >> np.uint64(40)) % np.uint64(_SAMPLE) == 0))
        owners.append(row + start)
        words.append(canonical[row, at])
    owner, word = np.concatenate(owners), np.concatenate(words)
    _, column = np.unique(word, return_inverse=True)
    table = sparse.coo_array(
        (np.ones(len(owner), dtype=np.float32), (owner, column)), shape=(len(codes), int(column.max(initial=-1)) + 1)
    ).tocsr()
    table.data[:] = 1.0  # a 16-mer counts once in a promoter
    return table


def _canonical_words(codes: Codes) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """The smaller of each 16-mer and its reverse complement, as numbers, and whether it is free of N."""
    n_words = max(codes.shape[1] - K + 1, 0)
    forward = np.zeros((len(codes), n_words), dtype=np.uint64)
    backward = np.zeros_like(forward)
    known = np.ones(forward.shape, dtype=bool)
    for offset in range(K):
        base = codes[:, offset : offset + n_words]
        known &= base != N
        value = (base & 3).astype(np.uint64)
        forward |= value << np.uint64(2 * (K - 1 - offset))
        backward |= (np.uint64(3) - value) << np.uint64(2 * offset)
    return np.minimum(forward, backward), known
