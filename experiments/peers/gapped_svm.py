"""Gapped-k-mer SVM (Ghandi 2014, 10.1371/journal.pcbi.1003711): l = 10, k = 6, both strands, full filter.

    python experiments/peers/gapped_svm.py   # checks the kernel against its definition

The kernel is that of `gapped_kmers.py` on ±500 bp. One support vector machine per class against the rest,
classes weighted alike; a gene's scores are the softmax of its three margins, so "up v down" ranks by the difference of
the two margins. With two classes one machine's margin counts for one class and its negative for the other.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pandas as pd
from data import PeerData
from gapped_kmers import kernel
from numpy.typing import NDArray
from sklearn.svm import SVC
from tuning import Bools, Floats, held_out_by, softmax

from rarml.core.seeds import child_rng
from rarml.reference.bases import reverse_complement

LENGTH, KNOWN = 10, 6
SETTINGS = (0.3, 1.0, 3.0, 10.0)
"""Cost of a margin error; the kernel's diagonal is 1."""
SEEDED = False


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out scores and the cost chosen per fold; nothing random in it, so `seed` is not used."""
    gram = data.promoters.kernel(data.genes)

    def fit_predict(cost: float, fit: Bools, ask: Bools) -> Floats:
        own = gram[np.ix_(fit, fit)].astype(np.float64)
        other = gram[np.ix_(ask, fit)].astype(np.float64)
        margins = []
        for code in range(len(data.classes)) if len(data.classes) > 2 else (0,):
            machine = SVC(C=cost, kernel="precomputed", class_weight="balanced", cache_size=500)
            margins.append(machine.fit(own, data.y[fit] == code).decision_function(other))
        if len(margins) == 1:
            margins.append(-margins[0])
        return softmax(np.stack(margins, axis=1))

    return held_out_by(data, SETTINGS, fit_predict)


def kernel_by_definition(codes: NDArray[np.uint8], length: int = LENGTH, known: int = KNOWN) -> NDArray[np.float64]:
    """The same kernel from pairs of words: two of them m bases apart share C(length - m, known) gapped k-mers."""
    shared = np.array([comb(length - m, known) for m in range(length + 1)])
    words = []
    for row in codes:
        strands = (row, reverse_complement(row[None])[0])
        words.append(np.concatenate([np.lib.stride_tricks.sliding_window_view(s, length) for s in strands]))
    gram = np.zeros((len(codes), len(codes)))
    for one, own in enumerate(words):
        for two, other in enumerate(words):
            apart = (own[:, None, :] != other[None, :, :]).sum(axis=2)
            gram[one, two] = shared[apart].sum()
    size = np.sqrt(np.diagonal(gram))
    return gram / size / size[:, None]


def check() -> float:
    """Largest difference between the two kernels on random sequences; they differ at the ends of sequences only."""
    rng = child_rng(0, "gapped k-mers")
    codes = rng.integers(0, 4, (6, 400), dtype=np.uint8)
    codes[1, 100:300] = codes[0, 100:300]  # a pair alike, so that the kernel has something to show
    codes[2, 150:250] = reverse_complement(codes[3, 150:250][None])[0]
    return float(np.abs(kernel(codes, LENGTH, KNOWN) - kernel_by_definition(codes)).max())


if __name__ == "__main__":
    print(f"largest difference from the definition: {check():.4f}")
