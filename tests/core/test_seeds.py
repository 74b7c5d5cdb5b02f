import numpy as np

from rarml.core.seeds import child_rng, child_seed


def test_streams_are_named_stable_and_distinct():
    assert child_seed(0, "fold", 1) == child_seed(0, "fold", 1)
    seeds = {child_seed(root, "fold", k) for root in (0, 1, 2) for k in range(100)}
    assert len(seeds) == 300
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_seed_zero_is_a_seed():
    assert child_seed(0, "a") != child_seed(1, "a")
    np.testing.assert_array_equal(child_rng(0, "a").random(3), child_rng(0, "a").random(3))
