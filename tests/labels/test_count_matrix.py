"""Raw counts are whole numbers; anything else is named by file, line and sample."""

import gzip

import pytest

from rarml.core.errors import InputError
from rarml.labels.count_matrix import read_count_table


def write(folder, *rows, name="counts.csv"):
    path = folder / name
    text = "\n".join(rows) + "\n"
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def test_samples_are_taken_by_name_in_the_order_asked_for(tmp_path):
    rows = ["GeneID\tlength\ts1\ts2\ts3", "10\t900.5\t1\t2.0\t7", "10\t901\t0\t40\t7", "9\t1\t5\t6\t7"]
    found = read_count_table(write(tmp_path, *rows, name="counts.tsv.gz"), ["s2", "s1"])
    assert found.counts.tolist() == [[2, 1], [40, 0], [6, 5]]
    assert found.genes["id"].tolist() == ["10", "10", "9"]  # a gene twice stays twice: the label reader judges
    assert found.genes["line"].tolist() == [2, 3, 4]
    assert any("2 columns not among the samples used are passed over: length, s3" in note for note in found.notes)


def test_a_header_one_cell_shorter_as_r_writes_it_and_symbols_beside_ids(tmp_path):
    assert read_count_table(write(tmp_path, "s1,s2", "RARB,1,2", "DHRS3,3,4"), ["s1", "s2"]).genes["id"].tolist() == [
        "RARB",
        "DHRS3",
    ]
    found = read_count_table(write(tmp_path, "Gene.ID,Gene.Name,s1,s2", "E1,RARB,1,2", "E2,X,3,4"), ["s1", "s2"])
    assert found.genes["symbol"].tolist() == ["RARB", "X"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("B,1.5,2", "csv:3: count of sample 's1' is no whole number: 1.5 (give raw counts (not CPM"),
        ("B,-1,2", "csv:3: count of sample 's1' is negative: -1"),
        ("B,1,", "csv:3: count of sample 's2' is missing (write 0"),
        ("B,1,many", "csv:3: count of sample 's2' 'many' is no number"),
        ("B,1,inf", "csv:3: count of sample 's2' 'inf' is no number"),
        ("B,1,1e300", "csv:3: count of sample 's2' '1e300' is no number"),
    ],
)
def test_values_that_are_no_counts(tmp_path, row, said):
    with pytest.raises(InputError) as caught:
        read_count_table(write(tmp_path, "gene,s1,s2", "A,1,2", row), ["s1", "s2"])
    assert said in str(caught.value)


def test_samples_that_do_not_fit(tmp_path):
    path = write(tmp_path, "gene,s1,s2,s2", "A,1,2,0", "B,3,4,0")
    with pytest.raises(InputError, match=r"no column for s11, which the sample sheet names \(did you mean 's1'\?\)"):
        read_count_table(path, ["s1", "s11"])
    with pytest.raises(InputError, match="sample 's2' stands twice"):
        read_count_table(path, ["s1", "s2"])
    with pytest.raises(InputError, match="s2: no count above 0"):
        read_count_table(write(tmp_path, "gene,s1,s2", "A,1,0", "B,3,0"), ["s1", "s2"])
    with pytest.raises(InputError, match="no column of genes"):
        read_count_table(write(tmp_path, "s1,s2", "1,0", "3,0"), ["s1", "s2"])
