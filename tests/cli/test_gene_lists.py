"""One list of genes in every shape gives one answer; each name that cannot be answered is said, with the reason."""

import gzip

import pandas as pd
import pytest

GENES = ["CYP26A1", "DHRS3", "RARB", "MYC"]
SHAPES = {
    "lines.txt": "# my genes\nCYP26A1\nDHRS3\n\nRARB\nMYC\n",
    "windows.txt": "\ufeffCYP26A1\r\nDHRS3\r\nRARB\r\nMYC\r\n",
    "words.txt": "CYP26A1 DHRS3, RARB; MYC",
    "table.csv": "symbol,fold\nCYP26A1,2\nDHRS3,2\nRARB,2\nMYC,2\n",
    "excel.csv": "gene;fold\nCYP26A1;2,1\nDHRS3;2,2\nRARB;2,0\nMYC;1,1\n",
    "table.tsv": '"gene"\t"fold"\n"CYP26A1"\t2\n"DHRS3"\t2\n"RARB"\t2\n"MYC"\t2\n',
    "sets.gmt": "one\thttp://x\tCYP26A1\tDHRS3\ntwo\tabout\tRARB\tMYC\n",
    "ids.txt": "ENSG00000095596.12\nHGNC:17693\n5915\nmyc\n",
}


@pytest.fixture(scope="module")
def expected():
    from rarml.workflows.score import score

    return score(GENES, ["nb4"]).table.drop(columns=["query", "note"])


def answers(rarml, out, *arguments, stdin=""):
    found = rarml("score", *arguments, "-m", "nb4", "--out", out, stdin=stdin)
    assert found.status == 0, found.err
    return pd.read_parquet(out / "scores.parquet"), found


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_a_list(rarml, tmp_path, expected, shape):
    (tmp_path / shape).write_text(SHAPES[shape], newline="")
    table, _ = answers(rarml, tmp_path / "out", tmp_path / shape)
    pd.testing.assert_frame_equal(table[expected.columns], expected, check_dtype=False)


def test_gzip_standard_input_and_arguments(rarml, tmp_path, expected):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"CYP26A1\nDHRS3\n"))
    table, _ = answers(rarml, tmp_path / "out", tmp_path / "a.txt.gz", "-", "MYC", stdin="RARB\n")
    pd.testing.assert_frame_equal(table[expected.columns], expected, check_dtype=False)


def test_dates_duplicates_and_strangers_keep_their_rows(rarml, tmp_path):
    names = ["MYC", "2023-03-01", "MYC", "1-Sep", "ENSMUSG00000059552", "ENSG00000136997"]
    (tmp_path / "a.txt").write_text("\n".join(names) + "\n")
    table, found = answers(rarml, tmp_path / "out", tmp_path / "a.txt")
    assert table["query"].tolist() == names
    assert table["mapping"].tolist() == ["mapped", "unmapped", "mapped", "unmapped", "unmapped", "mapped"]
    assert table.loc[[0, 2, 5], "p_up"].nunique() == 1
    assert "MARCHF1" in found.err
    assert "SEPTIN1" in found.err
    assert "ENSMUSG00000059552: unmapped" in found.err
    assert found.out.count("MYC") == 1  # the terminal shows a gene once


def test_a_gene_without_a_symbol_is_named_by_its_id_among_those_not_judged(rarml):
    bare = "ENSG00000107014"
    shown = rarml("score", "CYP26A1", "DHRS3", bare, "-m", "nb4", "--top", "1")
    assert shown.status == 0, shown.err
    assert bare in shown.out
