import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import SettingsError
from rarml.training.splits import chromosome_folds, random_folds


def genes(chroms, tss=None, symbols=None):
    n = len(chroms)
    return pd.DataFrame(
        {
            "chrom": chroms,
            "tss": tss if tss is not None else np.arange(n) * 100_000,
            "symbol": symbols if symbols is not None else [f"G{i}" for i in range(n)],
        },
        index=pd.Index([f"ENSG{i:04d}" for i in range(n)], name="gene_id"),
    )


def test_chromosomes_stay_whole_and_hox_chromosomes_together():
    table = genes([f"chr{1 + i % 22}" for i in range(2200)])
    folds = chromosome_folds(table, 6)
    assert (folds.groupby(table["chrom"]).nunique() == 1).all()
    hox = table["chrom"].isin(["chr2", "chr7", "chr12", "chr17"])
    assert folds[hox].nunique() == 1
    assert folds.value_counts().max() < 2 * folds.value_counts().min()


def test_folds_depend_on_the_genes_alone_not_on_their_order():
    table = genes([f"chr{1 + i % 22}" for i in range(500)])
    shuffled = table.sample(frac=1, random_state=0)
    pd.testing.assert_series_equal(chromosome_folds(shuffled, 5).reindex(table.index), chromosome_folds(table, 5))


def test_too_few_chromosomes_are_refused():
    with pytest.raises(SettingsError, match="cannot make 6 folds"):
        chromosome_folds(genes(["chr1", "chr2", "chr3"]), 6)


def test_random_folds_only_when_asked_for_as_leaky():
    table = genes(["chr1"] * 60)
    with pytest.raises(SettingsError, match="leaks"):
        random_folds(table, 5, seed=0)
    assert random_folds(table, 5, seed=0, allow_leaky=True).value_counts().tolist() == [12] * 5
