"""What ties genes into groups, and which genes a model may see."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rarml.training.groups import gene_groups, may_see, relatives_in


def genes(chroms, tss=None, symbols=None, family=None):
    n = len(chroms)
    table = pd.DataFrame(
        {
            "chrom": chroms,
            "tss": tss if tss is not None else np.arange(n) * 100_000,
            "symbol": symbols if symbols is not None else [f"G{i}" for i in range(n)],
        },
        index=pd.Index([f"ENSG{i:04d}" for i in range(n)], name="gene_id"),
    )
    return table if family is None else table.assign(family=family)


def test_overlapping_windows_join_transitively_and_chromosomes_do_not():
    table = genes(["chr1", "chr1", "chr1", "chr1", "chr2"], tss=[0, 1999, 3998, 5998, 5998])
    found = gene_groups(table)
    assert found.tolist() == ["ENSG0000", "ENSG0000", "ENSG0000", "ENSG0003", "ENSG0004"]


def test_a_hox_cluster_is_one_unit_with_its_neighbours():
    table = genes(
        ["chr7"] * 4,
        tss=[27_096_000, 27_160_000, 27_160_500, 60_000_000],
        symbols=["HOXA1", "HOXA9", "NEIGHBOUR", "SHOX"],
    )
    assert gene_groups(table).tolist() == ["HOXA", "HOXA", "HOXA", "ENSG0003"]


def test_clusters_do_not_depend_on_row_order():
    rng = np.random.default_rng(0)
    table = genes(["chr1"] * 300, tss=rng.integers(0, 500_000, 300))
    shuffled = table.sample(frac=1, random_state=1)
    pd.testing.assert_series_equal(gene_groups(shuffled).reindex(table.index), gene_groups(table))


def test_neighbours_of_one_name_are_a_cluster_and_distant_ones_are_not():
    table = genes(
        ["chr19"] * 6 + ["chr7"],
        tss=[0, 400_000, 800_000, 2_000_000, 450_000, 850_000, 400_000],
        symbols=["ZNF85", "ZNF91", "ZNF100", "ZNF254", "UQCRFS1", "C19orf12", "ZNF92"],
    )
    found = gene_groups(table)
    assert found.iloc[:3].nunique() == 1
    assert found.iloc[[0, 3, 4, 5, 6]].nunique() == 5


def test_genes_of_one_letter_and_number_are_no_family():
    assert gene_groups(genes(["chr1"] * 2, tss=[0, 10_000], symbols=["C1orf1", "C1orf2"])).nunique() == 2


def test_promoters_of_one_family_join_across_chromosomes_and_through_neighbours():
    table = genes(["chr1", "chr2", "chr3", "chr3"], tss=[0, 0, 0, 500], family=["a", None, "a", None])
    assert gene_groups(table).tolist() == ["ENSG0000", "ENSG0001", "ENSG0000", "ENSG0000"]


def test_missing_families_tie_nothing():
    assert gene_groups(genes(["chr1", "chr2", "chr3"], family=[None, None, np.nan])).nunique() == 3


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=30))
def test_a_model_of_some_folds_shares_no_group_with_the_folds_it_answers(rows):
    names = pd.Index([f"g{i}" for i in range(len(rows))])
    groups = pd.Series([f"family {group}" for group, _ in rows], index=names)
    folds = pd.Series([fold for _, fold in rows], index=names)
    kin = relatives_in(groups, folds, names, 4)
    for left_out in ([0], [1, 3]):
        seen = may_see(folds.to_numpy(), kin, left_out)
        answered = folds.isin(left_out).to_numpy()
        assert not set(groups[seen]) & set(groups[answered])
        # and no gene is left out without need
        assert (seen == ~groups.isin(set(groups[answered])).to_numpy()).all()


def test_a_gene_that_is_asked_about_but_not_trained_on_counts_as_a_relative():
    groups = pd.Series({"trained": "family", "asked": "family", "alone": "b"})
    folds = pd.Series({"trained": 0, "asked": 1, "alone": 1})
    kin = relatives_in(groups, folds, pd.Index(["trained", "alone"]), 2)
    assert kin.tolist() == [[False, True], [False, False]]
