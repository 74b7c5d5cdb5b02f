"""Held-out tables that experiments keep: what comes back, and that a stale file is never read."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"


@pytest.fixture(scope="module")
def kept_class():
    sys.path.insert(0, str(EXPERIMENTS))
    try:
        return runpy.run_path(str(EXPERIMENTS / "kept_predictions.py"))["KeptPredictions"]
    finally:
        sys.path.remove(str(EXPERIMENTS))


def table(seed, n=200):
    values = np.random.default_rng(seed).dirichlet([0.2, 0.3, 2.0], n)
    index = pd.Index([f"ENSG{number:011d}" for number in range(n)], name="gene_id")
    return pd.DataFrame(values, index=index, columns=["p_up", "p_down", "p_unresponsive"])


def test_what_is_kept_comes_back_close_to_what_was_put(kept_class, tmp_path):
    put = table(1)
    kept_class("stack", "cell", "a", folder=tmp_path).put({"model": put}, 0, {"seconds": 1.5})
    again = kept_class("stack", "cell", "a", folder=tmp_path)
    found = again.get("model", 0)
    pd.testing.assert_frame_equal(found, put, rtol=0, atol=1e-3)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    assert (again.names(), again.seeds("model"), again.facts("model", 0)) == (["model"], [0], {"seconds": 1.5})
    assert again.get("model", 1) is None
    assert again.get("other", 0) is None


def test_the_first_run_sees_what_later_runs_see(kept_class, tmp_path):
    returned = kept_class("stack", "cell", "a", folder=tmp_path).put({"one": table(1), "two": table(2)}, 3)
    later = kept_class("stack", "cell", "a", folder=tmp_path)
    for name in ("one", "two"):
        pd.testing.assert_frame_equal(returned[name], later.get(name, 3))


def test_a_file_of_other_inputs_counts_as_empty_and_is_written_anew(kept_class, tmp_path):
    kept_class("stack", "cell", "a", folder=tmp_path).put({"model": table(1)}, 0)
    other = kept_class("stack", "cell", "b", folder=tmp_path)
    assert (other.names(), other.get("model", 0)) == ([], None)
    other.put({"rival": table(2)}, 0)
    assert kept_class("stack", "cell", "b", folder=tmp_path).names() == ["rival"]
    assert kept_class("stack", "cell", "a", folder=tmp_path).names() == []


def test_a_model_without_chance_is_kept_once(kept_class, tmp_path):
    kept = kept_class("stack", "cell", "a", folder=tmp_path)
    kept.put({"model": table(1)}, 0)
    one = pd.read_parquet(kept.file).shape[1]
    kept.put({"model": table(1)}, 1)
    assert pd.read_parquet(kept.file).shape[1] == one
    kept.put({"model": table(2)}, 2)
    assert pd.read_parquet(kept.file).shape[1] == one + 2
    assert [len(kept.all_seeds("model", most)) for most in (1, 3, 9)] == [1, 3, 3]


def test_tables_of_other_genes_or_with_gaps_are_refused(kept_class, tmp_path):
    kept = kept_class("stack", "cell", "a", folder=tmp_path)
    kept.put({"model": table(1)}, 0)
    with pytest.raises(ValueError, match="other genes"):
        kept.put({"rival": table(1, n=199)}, 0)
    gap = table(2)
    gap.iloc[5, 0] = np.nan
    with pytest.raises(ValueError, match="without a score"):
        kept.put({"rival": gap}, 0)
