"""Tables of orthologues in the shapes that people have."""

import gzip

import pytest

from rarml.core.errors import InputError
from rarml.labels.orthologues import read_orthologues

MOUSE, OTHER = "ENSMUSG00000024987", "ENSMUSG00000000001"
HUMAN, SECOND = "ENSG00000095596", "ENSG00000065135"


def read(tmp_path, text, name="o.tsv"):
    path = tmp_path / name
    path.write_text(text)
    return read_orthologues(path)


def test_a_biomart_export_is_found_by_id_and_by_symbol(tmp_path):
    table = read(
        tmp_path,
        "Gene stable ID\tGene stable ID version\tGene name\tHuman gene stable ID\tHuman gene name\t"
        "Human homology type\tLast common ancestor with Human\tHuman orthology confidence [0 low, 1 high]\n"
        f"{MOUSE}\t{MOUSE}.8\tCyp26a1\t{HUMAN}\tCYP26A1\tortholog_one2one\tEuarchontoglires\t1\n"
        f"{OTHER}\t{OTHER}.2\tGnai3\t\t\t\t\t\n",
    )
    for name in (MOUSE, f"{MOUSE}.14", MOUSE.lower(), "Cyp26a1", "CYP26A1"):
        assert table.of(name) == (HUMAN,)
    assert table.of("Gnai3") == ()
    assert table.of("Nothing") is None
    assert table.columns == ("Gene stable ID", "Gene stable ID version", "Gene name", "Human gene stable ID",
        "Human gene name")  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"{MOUSE}\t{HUMAN}\n{OTHER}\t{SECOND}\n",
        f"{HUMAN}\t{MOUSE}\n{SECOND}\t{OTHER}\n",  # the other way round: the ids tell
        f"mouse,human\n{MOUSE},{HUMAN}\n{OTHER},{SECOND}\n",
        f"human;mouse\n{HUMAN};{MOUSE}\n{SECOND};{OTHER}\n",
        f"ensembl_gene_id\thsapiens_homolog_ensembl_gene\n{MOUSE}\t{HUMAN}\n{OTHER}\t{SECOND}\n",
        f"# mine\n{MOUSE}\t{HUMAN}\n\n{OTHER}\t{SECOND}\n",
    ],
)
def test_two_columns_with_and_without_a_header(tmp_path, text):
    table = read(tmp_path, text)
    assert (table.of(MOUSE), table.of(OTHER), table.rows) == ((HUMAN,), (SECOND,), 2)


def test_plain_symbols_need_no_header_even_in_one_row(tmp_path):
    assert read(tmp_path, "Arid1a\tARID1A\nIde\tIDE\n").of("Arid1a") == ("ARID1A",)
    assert read(tmp_path, "Rarb\tRARB\n").of("rarb") == ("RARB",)


def test_several_orthologues_on_either_side(tmp_path):
    table = read(tmp_path, "a1\tX\na1\tY\na1\tX\na2\tX\nb\tZ\n")
    assert table.of("a1") == ("X", "Y")
    assert table.of("a2") == ("X",)
    assert table.shared == {"X"}


def test_gzip_and_excel(tmp_path):
    packed = tmp_path / "o.tsv.gz"
    packed.write_bytes(gzip.compress(f"{MOUSE}\t{HUMAN}\n{OTHER}\t{SECOND}\n".encode()))
    assert read_orthologues(packed).of(MOUSE) == (HUMAN,)
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("Gene name", "Human gene name"), ("Rarb", "RARB")):
        book.active.append(row)
    book.save(tmp_path / "o.xlsx")
    assert read_orthologues(tmp_path / "o.xlsx").of("Rarb") == ("RARB",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Rarb\nCyp26a1\n", "has one column only"),
        ("gene\tsymbol\tother name\na\tb\tc\n", "cannot be told which column is the human gene"),
        ("Gene name\tHuman gene name\nRarb\t\nCyp26a1\tNA\n", "names no human gene in any row"),
        ("Human gene name\tHuman gene stable ID\nRARB\tENSG00000077092\n", "no column of the other species"),
        ("a\tX\nc\tY\nb\n", "1 columns, the header has 2"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        read(tmp_path, text)
