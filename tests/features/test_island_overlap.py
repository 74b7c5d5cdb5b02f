import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.features.island_overlap import FAR, island_features

intervals = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 40)), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(intervals, st.integers(0, 320), st.integers(1, 60))
def test_matches_counting_every_base(islands, tss, reach):
    table = pd.DataFrame(
        [("chr1", start, start + length) for start, length in islands], columns=["chrom", "start", "end"]
    )
    place = pd.DataFrame({"chrom": ["chr1"], "tss": [tss], "start": [max(tss - reach, 0)], "end": [tss + reach]})
    found = island_features(place, table)
    bases = {base for start, length in islands for base in range(start, start + length)}
    window = range(max(tss - reach, 0), tss + reach)
    hit = sum(base in bases for base in window)
    assert found["cpg_island"][0] == (hit > 0)
    np.testing.assert_allclose(found["cpg_island_fraction"][0], hit / len(window), rtol=1e-6)
    assert found["cpg_island_distance"][0] == min(abs(base - tss) for base in bases)
    assert found["cpg_island_length"][0] > 0


def test_no_island_on_the_contig_is_far_not_missing():
    place = pd.DataFrame({"chrom": ["chr9"], "tss": [50], "start": [0], "end": [100]})
    island = pd.DataFrame({"chrom": ["chr1"], "start": [0], "end": [100]})
    found = island_features(place, island)
    assert found["cpg_island"][0] == 0
    assert found["cpg_island_distance"][0] == FAR
    assert found["cpg_island_length"][0] == 0
