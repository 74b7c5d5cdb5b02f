import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import SettingsError
from rarml.training.groups import promoter_clusters
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


def test_overlapping_windows_join_transitively_and_chromosomes_do_not():
    table = genes(["chr1", "chr1", "chr1", "chr1", "chr2"], tss=[0, 1999, 3998, 5998, 5998])
    found = promoter_clusters(table)
    assert found.tolist() == ["ENSG0000", "ENSG0000", "ENSG0000", "ENSG0003", "ENSG0004"]


def test_a_hox_cluster_is_one_unit_with_its_neighbours():
    table = genes(
        ["chr7"] * 4,
        tss=[27_096_000, 27_160_000, 27_160_500, 60_000_000],
        symbols=["HOXA1", "HOXA9", "NEIGHBOUR", "SHOX"],
    )
    assert promoter_clusters(table).tolist() == ["HOXA", "HOXA", "HOXA", "ENSG0003"]


def test_clusters_do_not_depend_on_row_order():
    rng = np.random.default_rng(0)
    table = genes(["chr1"] * 300, tss=rng.integers(0, 500_000, 300))
    shuffled = table.sample(frac=1, random_state=1)
    pd.testing.assert_series_equal(promoter_clusters(shuffled).reindex(table.index), promoter_clusters(table))
