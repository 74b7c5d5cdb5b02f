import numpy as np
import pytest

from rarml.features.motif_filters import known_filters
from rarml.features.partner_motifs import partner_motifs
from rarml.reference.bases import encode


def score(filters, text):
    """Best score of each filter over all places of a sequence."""
    codes = encode(text)
    width = len(filters) // 4
    onehot = np.eye(4)[codes]
    places = range(len(codes) - width + 1)
    return np.max([onehot[place : place + width].ravel() @ filters for place in places], axis=0)


@pytest.mark.parametrize("width", [9, 15, 21])
def test_filters_have_one_length_and_no_preference_in_sum(width):
    filters = known_filters(width)
    assert filters.shape == (4 * width, 4 + len(partner_motifs()))
    np.testing.assert_allclose(np.linalg.norm(filters, axis=0), 2.0, rtol=1e-5)
    np.testing.assert_allclose(filters.reshape(width, 4, -1).sum(axis=1), 0, atol=1e-5)


def test_each_repeat_is_matched_best_by_its_own_filter():
    filters = known_filters(17)[:, 1:4]  # DR1, DR2, DR5
    pad = "ACGTTTACCATTGCATTACA"
    for number, spacer in enumerate(("C", "CC", "CCCCC")):
        found = score(filters, f"{pad}AGGTCA{spacer}AGGTCA{pad}")
        assert found.argmax() == number


def test_a_long_motif_keeps_its_most_telling_bases():
    """A DR5 (17 bases) in 15: the two half-sites say more than what is cut off."""
    filters = known_filters(15).reshape(15, 4, -1)[:, :, 3]
    assert (np.abs(filters).sum(axis=1) > 0).sum() >= 10
