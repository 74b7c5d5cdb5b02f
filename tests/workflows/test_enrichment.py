"""Enrichment against matched genes finds what was planted, and nothing where nothing was."""

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.workflows.enrichment import enrichment, plot_enrichment


@pytest.fixture
def features():
    rng = np.random.default_rng(3)
    n = 2000
    gc = rng.random(n)
    table = pd.DataFrame(index=[f"g{i}" for i in range(n)])
    table["composition:gc"], table["expression:mean"] = gc, rng.random(n)
    # DR2 follows GC alone: matched away; DR5 is planted in the set
    table["rare:DR2:n_1e-4"] = (rng.random(n) < gc * 0.8).astype(float)
    table["rare:DR5:n_1e-4"] = (rng.random(n) < 0.1).astype(float)
    return table


def test_planted_type_is_found_and_a_covariate_is_not(features):
    genes = features.index[features["composition:gc"] > 0.8][:150]
    features.loc[genes[:60], "rare:DR5:n_1e-4"] = 1
    result = enrichment(features, genes, candidates=features.index)
    table = result.table.set_index("type")
    assert table.loc["DR5", "low"] > 2
    assert table.loc["DR5", "qvalue"] < 0.001
    assert table.loc["DR2", "low"] < 1.3
    assert abs(result.balance.loc["expression:mean", "set"] - result.balance.loc["expression:mean", "background"]) < 0.1
    assert len(set(result.background)) == 450
    assert not set(result.background) & set(genes)


def test_same_seed_same_background(features):
    genes = features.index[:50]
    assert enrichment(features, genes, seed=0).background == enrichment(features, genes, seed=0).background


def test_plot(features, tmp_path):
    plot_enrichment(enrichment(features, features.index[:50]), str(tmp_path / "o.svg"))
    assert (tmp_path / "o.svg").stat().st_size > 1000


def test_faults(features):
    with pytest.raises(InputError, match="candidates"):
        enrichment(features, features.index[:1500])
    with pytest.raises(InputError, match="0 genes"):
        enrichment(features, ["nobody"])
    with pytest.raises(InputError, match="no RARE counts"):
        enrichment(features[["composition:gc"]], ["g1"])
