import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rarml.features.base_content import BaseCounts
from rarml.reference.bases import encode


def counts(*texts: str) -> BaseCounts:
    return BaseCounts(np.stack([encode(text) for text in texts]))


@given(st.text("ACGTN", min_size=4, max_size=60), st.data())
def test_windows_equal_counting_letters(text, data):
    start = data.draw(st.integers(0, len(text) - 2))
    stop = data.draw(st.integers(start + 1, len(text)))
    part = text[start:stop]
    known = len(part) - part.count("N")
    half = known >= 0.5 * len(part)
    gc, at = part.count("G") + part.count("C"), part.count("A") + part.count("T")
    table = counts(text)

    def check(value, wanted, usable):
        assert np.isnan(value) if not usable else value == pytest.approx(wanted(), abs=1e-6)

    check(table.gc(start, stop)[0], lambda: gc / known, half and known > 0)
    product = part.count("C") * part.count("G")
    check(table.cpg_oe(start, stop)[0], lambda: part.count("CG") * known / product, half and product > 0)
    skew = lambda: (part.count("G") - part.count("C")) / gc  # noqa: E731
    check(table.skew("gc", start, stop)[0], skew, half and gc > 0)
    skew = lambda: (part.count("A") - part.count("T")) / at  # noqa: E731
    check(table.skew("at", start, stop)[0], skew, half and at > 0)
    assert table.known(start, stop)[0] == pytest.approx(known / len(part))


def test_promoter_classes():
    high = "CG" * 1000
    low = "CATG" * 500
    middle = ("CG" * 22 + "CATGGTAC" * 57) * 4  # 22 or 23 CpG in 500 bp of even bases: o/e about 0.6
    found = counts(high, low, middle, "N" * 2000).promoter_class(1000)
    assert found[:2].tolist() == [2, 0]
    assert found[2] == 1
    assert np.isnan(found[3])


def test_a_short_window_has_no_class():
    assert np.isnan(counts("CG" * 100).promoter_class(100)).all()


def test_island_from_sequence():
    text = "AT" * 300 + "CG" * 150 + "AT" * 300
    fraction = counts(text, "AT" * 750, "N" * 1500).island_bases(0, 1500)
    assert fraction[0] >= 300 / 1500  # the whole CpG stretch, and flanks that still meet the criteria
    assert fraction[0] < 0.5
    assert fraction[1] == 0
    assert np.isnan(fraction[2])
