"""Sites by contig, read back by Arrow; and q-values against the plain procedure over every site."""

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest

from rarml.core.errors import InputError
from rarml.features.pvalues import benjamini_hochberg
from rarml.workflows.scan import _qvalue_table, scan_fasta
from rarml.workflows.scan_dataset import write_dataset
from rarml.workflows.scan_settings import ScanSettings
from rarml.workflows.scan_writers import write_sites


@pytest.fixture
def fasta(tmp_path):
    rng = np.random.default_rng(5)
    lines = []
    for name in ("chr1", "chr 2/é", "chrM"):
        lines += [f">{name.replace(' ', '_')}", "".join(rng.choice(list("ACGT"), 6000))]
    path = tmp_path / "g.fa"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_folder_by_contig_holds_the_rows_of_the_one_file(fasta, tmp_path):
    scan_fasta(fasta, tmp_path / "one.parquet", ScanSettings(max_pvalue=1e-3))
    result = scan_fasta(fasta, tmp_path / "many.parquet", ScanSettings(max_pvalue=1e-3, by_contig=True))
    one = pd.read_parquet(tmp_path / "one.parquet")
    many = ds.dataset(tmp_path / "many.parquet", partitioning="hive").to_table().to_pandas()
    assert one["chrom"].nunique() == 3
    assert len(many) == result.n_sites == len(one)
    order = ["element", "start", "end", "type", "strand"]
    many = many.astype({"chrom": object})[list(one.columns)].sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(many, one.sort_values(order, ignore_index=True), check_dtype=False)


def test_a_contig_that_comes_again_gets_another_part(tmp_path):
    first = pd.DataFrame({"chrom": ["a", "a", "b"], "start": [1, 2, 3], "note": [None, None, None]})
    second = pd.DataFrame({"chrom": ["b", "a"], "start": [4, 5], "note": ["x", None]})
    assert write_dataset([first, first.head(0), second], tmp_path / "d") == 5
    names = sorted(str(file.relative_to(tmp_path / "d")) for file in (tmp_path / "d").rglob("*.parquet"))
    assert names == ["chrom=a/part-0.parquet", "chrom=a/part-1.parquet", "chrom=b/part-0.parquet"]
    table = ds.dataset(tmp_path / "d", partitioning="hive").to_table().to_pandas()
    assert sorted(zip(table["chrom"], table["start"], strict=True)) == [
        ("a", 1),
        ("a", 2),
        ("a", 5),
        ("b", 3),
        ("b", 4),
    ]


def test_a_name_cannot_leave_the_folder(tmp_path):
    write_dataset([pd.DataFrame({"chrom": ["../../x", ".."], "start": [1, 2]})], tmp_path / "d")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d"]
    names = ds.dataset(tmp_path / "d", partitioning="hive").to_table()["chrom"].to_pylist()
    assert sorted(names) == ["..", "../../x"]


def test_faults_leave_nothing_behind(tmp_path):
    with pytest.raises(InputError, match="too long for a folder"):
        write_dataset([pd.DataFrame({"chrom": ["é" * 60], "start": [1]})], tmp_path / "d")
    with pytest.raises(InputError, match="not written by contig"):
        write_sites([], tmp_path / "sites.bed", by_contig=True)
    assert list(tmp_path.iterdir()) == []


def test_q_values_are_those_of_the_procedure_over_every_site():
    rng = np.random.default_rng(6)
    values, numbers = rng.choice(np.geomspace(1e-9, 1e-4, 200), 80, replace=False), rng.integers(1, 40, 80)
    every = np.repeat(values, numbers)
    for tests in (1, 500_000):
        expected = benjamini_hochberg(every, max(tests, len(every)))
        found = _qvalue_table(dict(zip(values.tolist(), numbers.tolist(), strict=True)), tests)
        ties = pd.Series(expected).groupby(every).agg(["min", "max"])
        assert (ties["min"] == ties["max"]).all()
        assert found[every].to_numpy().tolist() == expected.tolist()
