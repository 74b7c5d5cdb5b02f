"""Gene lists and sets of every shape."""

import pytest

from rarml.core.errors import InputError
from rarml.labels.gene_sets import parse_gene_list, read_gene_list, read_gene_sets

GENES = ["CYP26A1", "DHRS3", "HLA-A", "DHRS3"]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(GENES),
        "gene\n" + "\n".join(GENES),
        "# my genes\n\n" + "\r\n".join(GENES) + "\n",
        '"' + '"\n"'.join(GENES) + '"\n',
        ",\n".join(GENES),
        " ".join(GENES),
        ", ".join(GENES) + "\n",
        "symbol,value\n" + "\n".join(f"{gene},{n}" for n, gene in enumerate(GENES)),
        "value\tgene_name\n" + "\n".join(f"{n}\t{gene}" for n, gene in enumerate(GENES)),
        ",value\n" + "\n".join(f"{gene},{n}" for n, gene in enumerate(GENES)),
        "\n".join(f"{gene}\t{n}" for n, gene in enumerate(GENES)),
        "MY_SET\thttp://x\t" + "\t".join(GENES),
    ],
)
def test_any_shape_gives_the_names_in_order(tmp_path, text):
    path = tmp_path / "genes.txt"
    path.write_text(text)
    assert read_gene_list(path) == GENES
    assert parse_gene_list(text) == GENES


def test_excel_list(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [["n", "gene"], *enumerate(GENES)]:
        book.active.append(list(row))
    book.save(tmp_path / "genes.xlsx")
    assert read_gene_list(tmp_path / "genes.xlsx") == GENES


def test_gmt_sets_and_their_lines(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("A\tfirst\tX\tY\n\nB\t\tZ\n")
    first, second = read_gene_sets(path)
    assert (first.name, first.description, first.genes, first.lines) == ("A", "first", ("X", "Y"), (1, 1))
    assert (second.name, second.genes, second.lines) == ("B", ("Z",), (3,))


def test_a_list_is_one_set(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("X\n\nY\n")
    (only,) = read_gene_sets(path)
    assert (only.name, only.genes, only.lines) == ("mine", ("X", "Y"), (1, 3))


@pytest.mark.parametrize("text", ["\n\n", "# nothing\n", "gene\n"])
def test_no_gene(text):
    if text == "gene\n":
        assert parse_gene_list(text) == ["gene"]  # one word alone is taken as a name
        return
    with pytest.raises(InputError, match="holds no gene"):
        parse_gene_list(text, where="standard input")


def test_gmt_line_without_genes(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("A\tfirst\tX\nB\tsecond\n")
    with pytest.raises(InputError, match="sets.gmt:2: a gene set without genes"):
        read_gene_sets(path)
    with pytest.raises(InputError, match="is a folder"):
        read_gene_list(tmp_path)


def test_a_quoted_name_over_two_lines_is_not_joined(tmp_path):
    path = tmp_path / "genes.csv"
    path.write_text('gene,note\n"CYP26\nA1",x\nDHRS3,y\n', encoding="utf-8")
    assert read_gene_list(path) == ["CYP26\nA1", "DHRS3"]  # a name that maps to nothing, and is reported so
