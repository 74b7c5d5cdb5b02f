"""Components of gapped words: two triplets with 0 to 4 free bases between, as the gapped-k-mer peer has them."""

from __future__ import annotations

import numpy as np
from gapped_kmers import counts
from numpy.typing import NDArray
from promoters import REACH
from sequence_tables import SEED
from sklearn.utils.extmath import randomized_svd

GAPS = range(5)
Floats = NDArray[np.float32]


def gapped_components(codes: NDArray[np.uint8], tss: int, n: int) -> Floats:
    """Principal components of the square roots of shares of gapped words, both strands together; no label is used."""
    near = codes[:, tss - REACH : tss + REACH]
    parts = []
    for gap in GAPS:
        found = counts(near, (0, 1, 2, 3 + gap, 4 + gap, 5 + gap))[:, one_of_each_pair(6)]
        parts.append(np.sqrt(found / np.maximum(found.sum(axis=1, keepdims=True), 1)))
    roots = np.hstack(parts)
    left, size, _ = randomized_svd(roots - roots.mean(axis=0), n, n_iter=4, random_state=SEED)
    return np.asarray(left * size, dtype=np.float32)


def one_of_each_pair(length: int) -> NDArray[np.bool_]:
    """Of every word and its reverse complement, which are counted together, the first."""
    word = np.arange(4**length)
    other = np.zeros_like(word)
    for place in range(length):
        other += (3 - (word // 4**place) % 4) * 4 ** (length - 1 - place)
    return word <= other


def scaled(components: Floats, total_variance: float) -> Floats:
    """Components together of a total variance: how much they weigh beside other columns of the ridge."""
    return np.asarray(components * np.sqrt(total_variance / components.var(axis=0).sum()), dtype=np.float32)
