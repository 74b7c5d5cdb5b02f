import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.core.errors import InputError
from rarml.features.combine import PromoterGroups, primary_rows, representative_rows, take_rows

values = st.lists(st.tuples(st.sampled_from("abcd"), st.one_of(st.just(np.nan), st.integers(-9, 9))), max_size=30)


@settings(max_examples=30, deadline=None)
@given(values)
def test_matches_pandas_groupby(rows):
    frame = pd.DataFrame(rows, columns=["gene", "value"]).astype({"value": float})
    groups = PromoterGroups(frame["gene"], list("abcdz"))
    for how in ("max", "min", "sum"):
        by_gene = frame.groupby("gene")["value"]
        wanted = (by_gene.sum(min_count=1) if how == "sum" else getattr(by_gene, how)()).reindex(list("abcdz"))
        np.testing.assert_array_equal(groups.combine(frame["value"], how), wanted.to_numpy(dtype=np.float32))
    best = groups.best_row(frame["value"])
    for gene, row in zip("abcdz", best, strict=True):
        own = frame.loc[frame["gene"] == gene, "value"].dropna()
        assert row == (own.idxmax() if len(own) else -1)


def test_a_table_is_combined_column_by_column():
    groups = PromoterGroups(["a", "b", "a"], ["b", "a"])
    table = np.array([[1, np.nan], [5, 6], [3, 2]])
    np.testing.assert_array_equal(groups.combine(table, "max"), [[5, 6], [3, 2]])


def test_stray_gene_and_unknown_way_are_named():
    with pytest.raises(InputError, match="zz"):
        PromoterGroups(["zz"], ["a"])
    with pytest.raises(InputError, match="did you mean 'max'"):
        PromoterGroups(["a"], ["a"]).combine([1], "maxx")


def test_representative_is_primary_if_known_else_best_alternative(reference):
    rows = representative_rows(reference.promoters, reference.genes.index)
    assert rows.tolist() == [0, 2, 4, -1, 6]
    assert primary_rows(reference.promoters, reference.genes.index).tolist() == [0, 2, 3, 5, 6]


def test_take_rows_gives_nan_for_none():
    taken = take_rows(np.array([1, 2], dtype=np.float32), np.array([1, -1]))
    np.testing.assert_array_equal(taken, [2, np.nan])
