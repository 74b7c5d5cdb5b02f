"""Touching intervals, against a plain double loop."""

import numpy as np
import pandas as pd

from rarml.features.intervals import touches


def test_agrees_with_a_double_loop():
    rng = np.random.default_rng(1)
    peaks = pd.DataFrame({"chrom": rng.choice(["chr1", "chr2"], 30), "start": rng.integers(0, 500, 30)})
    peaks["end"] = peaks["start"] + rng.integers(1, 60, 30)
    chrom, start = rng.choice(["chr1", "chr2", "chr3"], 200), rng.integers(0, 560, 200)
    end = start + rng.integers(1, 20, 200)
    expected = [
        any(c == p.chrom and s < p.end and e > p.start for p in peaks.itertuples())
        for c, s, e in zip(chrom, start, end, strict=True)
    ]
    assert touches(chrom, start, end, peaks).tolist() == expected


def test_names_without_an_interval_or_a_name_touch_nothing():
    peaks = pd.DataFrame({"chrom": pd.Categorical(["chr2", "chr9"]), "start": [10, 10], "end": [20, 20]})
    spans = np.array(["chr1", "chr2", None], dtype=object)
    assert touches(spans, np.array([0, 15, 0]), np.array([99, 16, 99]), peaks).tolist() == [False, True, False]
    assert touches(spans, np.zeros(3, int), np.full(3, 99), peaks.iloc[:0]).tolist() == [False] * 3
