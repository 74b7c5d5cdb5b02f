"""Interval arithmetic against plain loops over bases."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rarml.reference.intervals import merge, nearest_gap, overlapping_pairs

intervals = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25)), max_size=12)


def arrays(pairs):
    ordered = sorted((start, start + length) for start, length in pairs)
    return tuple(np.array([pair[side] for pair in ordered], dtype=np.int64) for side in (0, 1))


@given(intervals)
def test_merge_keeps_the_same_bases(pairs):
    starts, ends = merge(*arrays(pairs))
    assert {b for s, e in zip(starts, ends, strict=True) for b in range(s, e)} == {
        b for s, length in pairs for b in range(s, s + length)
    }
    assert (starts[1:] > ends[:-1]).all()


@given(intervals, intervals)
def test_pairs_are_those_that_share_a_base(pairs, asked):
    starts, ends = arrays(pairs)
    low, high = arrays(asked)
    found = set(zip(*(side.tolist() for side in overlapping_pairs(starts, ends, low, high)), strict=True))
    expected = {
        (q, t)
        for q in range(len(low))
        for t in range(len(starts))
        if set(range(low[q], high[q])) & set(range(starts[t], ends[t]))
    }
    assert found == expected


@given(intervals, st.lists(st.integers(0, 120), min_size=1, max_size=8))
def test_nearest_gap_counts_bases(pairs, points):
    starts, ends = merge(*arrays(pairs))
    bases = [b for s, e in zip(starts, ends, strict=True) for b in range(s, e)]
    expected = [min([50, *(abs(b - p) for b in bases)]) for p in points]
    assert nearest_gap(starts, ends, np.array(points), 50).tolist() == expected
