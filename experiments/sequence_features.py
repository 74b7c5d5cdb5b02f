"""What the sequence models are fitted to: words, gapped words, and what the encoders predict; made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from gapped_kmers import counts
from numpy.typing import NDArray
from promoters import REACH
from sequence_data import Data
from sequence_tables import BRANCH, PEERS, SEED
from sklearn.utils.extmath import randomized_svd

from rarml.estimators.kmers import canonical_numbers, log_counts
from rarml.features.sequence_encoder import EncoderSet

GAPS = range(5)
FROZEN, KMERS, BOTH = (
    "CNN, pre-trained and frozen",
    "k-mer encoder, pre-trained and frozen",
    "both encoders, frozen",
)
SECOND = "second head: both encoders and gapped words"
Features = Callable[[], NDArray[np.float32]]
Floats = NDArray[np.float32]


def kmer_features(data: Data) -> dict[str, Features]:
    """What the k-mer peers are fitted to, one row per gene of `data`; made when asked for."""
    return {
        PEERS[0]: cache(lambda: log_counts(data.codes, 6)),
        PEERS[1]: cache(lambda: kernel_features(data.promoters.kernel(data.genes))),
    }


def encoder_features(data: Data, encoders: EncoderSet) -> dict[str, Features]:
    """What the heads on frozen encoders are fitted to; made when asked for."""

    def by_member(predict: Callable[..., NDArray[np.float32]]) -> NDArray[np.float32]:
        result = np.zeros((len(data.genes), len(encoders.targets)), dtype=np.float32)
        for member in encoders.members:
            rows = np.isin(data.chrom, sorted(member.unseen))
            result[rows] = predict(member, data.codes[rows])
        return result

    deep = cache(
        lambda: by_member(lambda member, codes: np.mean([own.predict(codes) for own in member.networks], axis=0))
    )
    linear = cache(lambda: by_member(lambda member, codes: member.kmers.predict(codes)))
    both = cache(lambda: (deep() + linear()) / 2)
    return {
        FROZEN: deep,
        KMERS: linear,
        BOTH: both,
        BRANCH: lambda: np.hstack([both(), encoders.components.transform(data.codes, tss=data.tss)]),
        SECOND: lambda: np.hstack([both(), gapped(data)]),
    }


@cache
def gapped(data: Data) -> NDArray[np.float32]:
    """What the second head reads instead of the shipped components; chosen in `sequence_designs.py`."""
    return scaled(gapped_components(data.codes, data.tss, 256), total_variance=8)


def kernel_features(gram: NDArray[np.float32], rank: int = 1500) -> NDArray[np.float32]:
    """Coordinates whose inner products are the centred kernel, in its leading directions; mean square norm 1.

    No label is used. The power iterations are normalised by QR: without, float32 loses all but the first directions.
    """
    mean = gram.mean(axis=0)
    centred = gram - mean - mean[:, None] + mean.mean()
    left, size, _ = randomized_svd(centred, rank, n_iter=3, power_iteration_normalizer="QR", random_state=SEED)
    features = left * np.sqrt(size)
    return np.ascontiguousarray(features / np.sqrt((features**2).sum(axis=1).mean()), dtype=np.float32)


def gapped_components(codes: NDArray[np.uint8], tss: int, n: int) -> Floats:
    """Principal components of the square roots of shares of gapped words, both strands together; no label is used."""
    near = codes[:, tss - REACH : tss + REACH]
    parts = []
    for gap in GAPS:
        found = counts(near, (0, 1, 2, 3 + gap, 4 + gap, 5 + gap))[:, canonical_numbers(6)]
        parts.append(np.sqrt(found / np.maximum(found.sum(axis=1, keepdims=True), 1)))
    roots = np.hstack(parts)
    left, size, _ = randomized_svd(roots - roots.mean(axis=0), n, n_iter=4, random_state=SEED)
    return np.asarray(left * size, dtype=np.float32)


def scaled(components: Floats, total_variance: float) -> Floats:
    """Components together of a total variance: how much they weigh beside other columns of the ridge."""
    return np.asarray(components * np.sqrt(total_variance / components.var(axis=0).sum()), dtype=np.float32)
