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
