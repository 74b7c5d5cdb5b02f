"""Expression tables of each layout, and broken ones."""

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.reference.expression import map_expression, read_expression
from rarml.reference.gene_ids import build_gene_names


def read(folder, text):
    path = folder / "expression.tsv"
    path.write_text(text)
    return read_expression(path)


@pytest.mark.parametrize(
    "text",
    [
        "GeneID\tA\tB\nG1\t1\t2.5\nG2\t0\t\n",
        "GeneID,A,B\nG1,1,2.5\nG2,0,NA\n",
        "A\tB\nG1\t1\t2.5\nG2\t0\tNA\n",
        "#1.2\n2\t2\nName\tDescription\tA\tB\nG1\tx\t1\t2.5\nG2\ty\t0\t\n",
        "Gene\tGene name\tCell line\tTPM\tnTPM\nG1\tx\tA\t9\t1\nG1\tx\tB\t9\t2.5\nG2\ty\tA\t9\t0\n",
    ],
)
def test_each_layout_gives_the_same_table(tmp_path, text):
    table = read(tmp_path, text)
    assert table.index.tolist() == ["G1", "G2"]
    assert table.columns.tolist() == ["A", "B"]
    np.testing.assert_array_equal(table.to_numpy(), np.array([[1, 2.5], [0, np.nan]], dtype=np.float32))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("GeneID\tA\n", "holds no gene"),
        ("GeneID;A\nG1;1\n", "one column only"),
        ("GeneID\tA\nG1\tx\n", "expression.tsv:2: value 'x' of sample 'A' is no number"),
        ("GeneID\tA\nG1\t1\nG2\t-1\n", "expression.tsv:3: .*linear values"),
        ("GeneID\tA\nG1\tinf\n", "infinite"),
        ("GeneID\tA\tA\nG1\t1\t2\n", "stands twice"),
        ("GeneID\tA\tB\nG1\t1\t2\nG2\t1\n", "expression.tsv:3: 2 columns, the header has 3"),
        ("Gene\tGene name\tTissue\tnTPM\nG1\tx\tA\t1\nG1\tx\tA\t2\n", "expression.tsv:3: G1 in A stands twice"),
    ],
)
def test_faults_name_the_line(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)


def test_rows_of_one_gene_are_added_and_counted():
    names = build_gene_names(pd.DataFrame({"symbol": ["AA", "BB"]}, index=["ENSG00000000001", "ENSG00000000002"]))
    table = pd.DataFrame({"S": [1, 2, 4, 8]}, index=["BB", "AA", "ENSG00000000001.3", "zz"], dtype=np.float32)
    mapped, counts = map_expression(table, names)
    assert mapped["S"].to_dict() == {"ENSG00000000001": 6, "ENSG00000000002": 1}
    assert mapped["S"].dtype == np.float32
    assert counts == {"read": 4, "mapped": 3, "ambiguous": 0, "unmapped": 1, "duplicated": 1}


def test_real_table(real_data):
    table = read_expression(real_data / "expression/hpa_rna_cell_lines_tissues.tsv.gz")
    assert table.shape == (19670, 130)
    assert table.loc["ENSG00000000003", "A-431"] == pytest.approx(7.9)
    assert {"SH-SY5Y", "NB-4", "MCF7"} <= set(table.columns)
