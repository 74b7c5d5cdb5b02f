import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rarml.features.compact import read_values, round_significant, write_values


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1), st.integers(3, 12))
def test_rounding_is_close_and_idempotent(values, bits):
    raw = np.array(values, dtype=np.float32)
    once = round_significant(raw, bits)
    normal = np.abs(raw) > 1e-37
    assert (np.abs(once - raw)[normal] <= np.abs(raw[normal]) * 2.0 ** -(bits + 1) * 1.0001).all()
    np.testing.assert_array_equal(round_significant(once, bits), once)
    assert not (once.view(np.uint32) & np.uint32((1 << (23 - bits)) - 1)).any()


def test_exact_values_stay():
    exact = np.array([0, 1, -2, 0.5, 511, np.nan, np.inf], dtype=np.float32)
    np.testing.assert_array_equal(round_significant(exact), exact)


def test_values_come_back_with_missing_rows(tmp_path):
    rng = np.random.default_rng(1)
    genes = pd.Index([f"g{number}" for number in range(200)], name="gene_id")
    table = pd.DataFrame(rng.random((200, 3)).astype(np.float32), index=genes, columns=["a", "b, c", "few"])
    table["few"] = rng.integers(0, 3, 200).astype(np.float32)
    table.iloc[3] = np.nan
    table.iloc[7, 1] = np.nan
    write_values(table, tmp_path / "x.parquet")
    pd.testing.assert_frame_equal(read_values(tmp_path / "x.parquet", genes), table)
    part = read_values(tmp_path / "x.parquet", genes, ["few", "a"])
    pd.testing.assert_frame_equal(part, table[["few", "a"]])


def test_bytes_are_the_same_twice(tmp_path):
    table = pd.DataFrame({"a": np.linspace(0, 1, 100, dtype=np.float32)})
    for name in ("1.parquet", "2.parquet"):
        write_values(table, tmp_path / name)
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
