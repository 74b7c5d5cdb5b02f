import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.estimators.kmers import canonical_words, log_counts, word_counts

OTHER = str.maketrans("ACGT", "TGCA")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ACGTN", min_size=12, max_size=12), min_size=1, max_size=4), st.integers(1, 5))
def test_log_counts_are_those_of_a_search_in_the_text(rows, k):
    codes = np.array([["ACGTN".index(base) for base in row] for row in rows], dtype=np.uint8)
    words = canonical_words(k)
    expected = np.zeros((len(rows), len(words)))
    for number, row in enumerate(rows):
        for word in (row[start : start + k] for start in range(len(row) - k + 1)):
            if "N" not in word:
                expected[number, words.index(min(word, word.translate(OTHER)[::-1]))] += 1
    np.testing.assert_allclose(log_counts(codes, k), np.log1p(expected), atol=1e-6)


def test_windows_shorter_than_a_word_hold_none():
    assert not log_counts(np.zeros((2, 3), dtype=np.uint8), 4).any()


def test_many_rows_are_counted_as_one_by_one():
    codes = np.random.default_rng(0).integers(0, 5, (1100, 20), dtype=np.uint8)  # more than are counted at once
    np.testing.assert_array_equal(log_counts(codes, 3)[1020:1030], log_counts(codes[1020:1030], 3))


def test_word_counts_are_whole_and_logs_are_of_them():
    codes = np.random.default_rng(1).integers(0, 4, (5, 40), dtype=np.uint8)
    counts = word_counts(codes, 3)
    assert (counts.sum(axis=1) == 38).all()
    np.testing.assert_allclose(log_counts(codes, 3), np.log1p(counts))
