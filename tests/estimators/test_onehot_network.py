"""The network by one-hot bases is the network by codes, on both strands and with unknown bases."""

import numpy as np
import pytest
import torch

from rarml.estimators.network_training import network_outputs
from rarml.estimators.onehot_network import OnehotNetwork, onehot
from rarml.estimators.promoter_network import PromoterNetwork


@pytest.mark.parametrize("both_strands", [True, False])
@pytest.mark.parametrize(("length", "tss"), [(160, 80), (151, 67)])
def test_it_gives_the_same_number_and_its_gradient_is_its_slope(length, tss, both_strands):
    torch.manual_seed(0)
    network = PromoterNetwork(3, n_filters=6, width=9, dilations=(1, 2), n_hidden=5).train(False)
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (4, length), dtype=np.uint8)
    codes[:, 20:60] = 4
    weights = np.array([0.5, -1.0, 2.0])
    score = OnehotNetwork(network, weights, codes[0], tss, both_strands=both_strands)
    bases = onehot(torch.from_numpy(codes)).requires_grad_()
    found = score(bases)
    expected = network_outputs(network, codes, tss, both_strands=both_strands, device=torch.device("cpu"))
    np.testing.assert_allclose(found.detach().numpy(), expected @ weights, atol=1e-5)
    (slope,) = torch.autograd.grad(found.sum(), bases)
    assert slope.shape == bases.shape
    assert float(slope.abs().sum()) > 0
    step = 1e-2 * slope / slope.norm()
    with torch.no_grad():
        moved = float((score(bases + step) - found).sum())
    assert moved == pytest.approx(float((slope * step).sum()), rel=0.2)
