"""The motif layer against PyTorch's general routines, and its words against their letters."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from rarml.estimators.motif_layer import best_matches, word_numbers


def make_codes(n, length, seed=0, unknown=0.15):
    draw = torch.Generator().manual_seed(seed)
    codes = torch.randint(0, 4, (n, length), generator=draw, dtype=torch.uint8)
    codes[torch.rand(codes.shape, generator=draw) < unknown] = 4
    return codes


def by_general_routines(motifs, codes, width, cell):
    onehot = functional.one_hot(codes.long(), 5)[..., :4].float().transpose(1, 2)
    before = (width - 1) // 2
    kernel = motifs.view(width, 4, -1).permute(2, 1, 0)
    scores = functional.conv1d(functional.pad(onehot, (before, width - 1 - before)), kernel)
    return functional.max_pool1d(scores, cell).transpose(1, 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 17), st.integers(1, 16), st.integers(1, 7), st.integers(0, 2**31))
def test_it_equals_convolution_and_pooling_and_so_does_its_gradient(width, cell, cells, seed):
    codes = make_codes(3, cells * cell, seed)
    own = torch.randn(4 * width, 5, generator=torch.Generator().manual_seed(seed), requires_grad=True)
    other = own.detach().clone().requires_grad_()
    found, expected = best_matches(own, codes, width, cell), by_general_routines(other, codes, width, cell)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)

    # equal matches in a cell may share the gradient in any way; weights that are all different leave only equal windows
    upstream = torch.randn(found.shape, generator=torch.Generator().manual_seed(seed))
    (found * upstream).sum().backward()
    (expected * upstream).sum().backward()
    torch.testing.assert_close(own.grad, other.grad, atol=1e-4, rtol=1e-4)


def test_more_positions_than_are_scored_at_once_change_nothing():
    codes, motifs = make_codes(9, 4000), torch.randn(60, 4, generator=torch.Generator().manual_seed(1))
    whole = best_matches(motifs, codes, 15, 16)
    for row in range(9):
        torch.testing.assert_close(best_matches(motifs, codes[[row]], 15, 16)[0], whole[row], rtol=0, atol=0)


@pytest.mark.parametrize("width", [3, 7])
def test_words_are_the_bases_around_each_position(width):
    row = [0, 3, 4, 2]
    padded = [4] * ((width - 1) // 2) + row + [4] * width
    for position, words in enumerate(word_numbers(torch.tensor([row], dtype=torch.uint8), width)[0].tolist()):
        read = padded[position : position + width]
        assert words[0] == int("".join(map(str, read[:5])), 5)
        if width > 5:
            assert words[1] == 5**5 + int("".join(map(str, read[5:])), 5)


def test_promoters_of_n_alone_give_the_motifs_no_gradient():
    motifs = torch.randn(24, 2, requires_grad=True)
    best_matches(motifs, torch.full((2, 32), 4, dtype=torch.uint8), 6, 8).sum().backward()
    assert motifs.grad.abs().max() == 0


def test_no_promoter_at_all_is_answered():
    assert best_matches(torch.randn(24, 2), torch.zeros((0, 32), dtype=torch.uint8), 6, 8).shape == (0, 4, 2)
