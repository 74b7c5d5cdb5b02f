"""Identifiers resolve offline, with the reason, in the order of the input."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rarml.core.errors import InputError
from rarml.reference.excel_dates import date_candidates
from rarml.reference.gene_ids import GeneNames, build_gene_names
from rarml.reference.gene_info import read_gene_info

GENES = pd.DataFrame(
    {"symbol": ["RARB", "MARCHF1", "TWIN", "TWIN", "ENSG00000000050", "C1orf9", "NEAR", None]},
    index=pd.Index([f"ENSG000000000{n}0" for n in range(1, 9)], name="gene_id"),
)
HEADER = "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\tchromosome\tmap_location\tdescription\ttype_of_gene\n"


def row(entrez, symbol, synonyms="-", xrefs="-", kind="protein-coding", tax="9606"):
    return f"{tax}\t{entrez}\t{symbol}\t-\t{synonyms}\t{xrefs}\t1\t1p\ttext\t{kind}\n"


@pytest.fixture
def gene_info(tmp_path):
    rows = [
        row(1, "RARB", "HAP|SHARED|MARCHF1", "HGNC:HGNC:9865|Ensembl:ENSG00000000010"),
        row(2, "MARCH1", "SHARED|NCRNA1", "HGNC:HGNC:2|Ensembl:ENSG00000000020"),
        row(3, "TWIN", "-", "Ensembl:ENSG00000000040"),
        row(4, "FILLED", "-", "Ensembl:ENSG00000000050"),
        row(5, "NEAR", "-", "-"),
        row(6, "NCRNA1", "-", "Ensembl:ENSG00000000010", "ncRNA"),
        row(7, "Rarb", "-", "-", tax="10090"),
    ]
    path = tmp_path / "gene_info"
    path.write_text(HEADER + "".join(rows))
    return path


@pytest.fixture
def names(gene_info):
    return build_gene_names(GENES, gene_info)


@pytest.mark.parametrize(
    ("query", "gene", "via"),
    [
        ("ENSG00000000010", "ENSG00000000010", "ensembl"),
        ("ensg00000000010.12_PAR_Y", "ENSG00000000010", "ensembl"),
        (" rarb ", "ENSG00000000010", "symbol"),
        ("hap", "ENSG00000000010", "alias"),
        ("MARCH1", "ENSG00000000020", "previous"),
        ("MARCHF1", "ENSG00000000020", "symbol"),  # an alias of RARB too: the approved symbol wins
        ("HGNC:9865", "ENSG00000000010", "hgnc"),
        ("1", "ENSG00000000010", "entrez"),
        ("2.0", "ENSG00000000020", "entrez"),
        ("LOC2", "ENSG00000000020", "entrez"),
        (5, "ENSG00000000070", "entrez"),  # no Ensembl link: by its symbol
        ("FILLED", "ENSG00000000050", "symbol"),
        ("TWIN", "ENSG00000000040", "symbol"),  # NCBI's link tells the twins apart
        ("C1ORF9", "ENSG00000000060", "symbol"),
    ],
)
def test_each_kind_of_name_resolves(names, query, gene, via):
    found = names.resolve([query]).iloc[0]
    assert (found["gene_id"], found["status"], found["via"]) == (gene, "mapped", via)


@pytest.mark.parametrize(
    ("query", "status", "note"),
    [
        ("SHARED", "ambiguous", "ENSG00000000010 (RARB), ENSG00000000020 (MARCHF1)"),
        ("NCRNA1", "unmapped", "not one of this annotation"),  # approved elsewhere: not an alias of MARCHF1
        ("6", "unmapped", "not one of this annotation"),
        ("1-Mar", "unmapped", "MARCHF1 or MARCH1"),
        ("2023-03-01 00:00:00", "unmapped", "MARCHF1 or MARCH1"),
        ("Mar-01", "unmapped", "spreadsheet"),
        ("ENSMUSG00000000001", "unmapped", "another species"),
        ("NM_000964.4", "unmapped", "transcript"),
        ("ENSG00000999999", "unmapped", "not in this annotation"),
        ("nonsense", "unmapped", "no gene"),
        (None, "unmapped", "empty"),
        (float("nan"), "unmapped", "empty"),
    ],
)
def test_what_cannot_be_mapped_says_why(names, query, status, note):
    found = names.resolve([query]).iloc[0]
    assert found["status"] == status
    assert note in found["note"]
    assert found["gene_id"] is None


def test_symbols_are_shown_as_the_annotation_writes_them(names):
    assert names.resolve(["c1ORF9"])["symbol"][0] == "C1orf9"
    assert names.resolve(["ENSG00000000030"])["symbol"][0] == "TWIN"
    assert names.resolve(["ENSG00000000080"])["symbol"][0] is None


@given(st.lists(st.sampled_from(["rarb", "HAP", "1-Sep", "SHARED", "x", "2", ""]), max_size=12))
def test_one_row_per_query_in_order_whatever_else_is_asked(queries):
    names = build_gene_names(GENES)
    found = names.resolve(queries)
    assert found["query"].tolist() == queries
    alone = [names.resolve([query]).to_numpy().tolist()[0] for query in queries]
    assert found.to_numpy().tolist() == alone


def test_written_names_answer_the_same_and_bytes_are_stable(names, tmp_path):
    first, second = tmp_path / "a.parquet", tmp_path / "b.parquet"
    names.write(first)
    again = GeneNames.read(first)
    again.write(second)
    assert first.read_bytes() == second.read_bytes()
    queries = [*names.table["name"], "TWIN", "ENSG00000000030", "1-Mar"]
    pd.testing.assert_frame_equal(names.resolve(queries), again.resolve(queries))
    assert again.symbols == names.symbols
    assert again.genes() == sorted(GENES.index)


def test_a_file_that_is_no_table_of_names(tmp_path):
    path = tmp_path / "names.parquet"
    path.write_text("no parquet")
    with pytest.raises(InputError, match="not a table of gene names"):
        GeneNames.read(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tb\tc\n", "no column"),
        (HEADER + "9606\t1\tA\n", "gene_info:2: 3 fields, 10 expected"),
        (HEADER + row(7, "Rarb", tax="10090"), "no human gene"),
        ("", "is empty"),
    ],
)
def test_gene_info_faults_name_the_line(tmp_path, text, message):
    path = tmp_path / "gene_info"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_gene_info(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("7-Sep", "SEPT7"),
        ("Sep-07", "SEPT7"),
        ("2019/09/07", "SEPT7"),
        ("07.09.2019", "SEPT7"),
        ("9/7/19", "SEPT7"),
        ("1-December-2020", "DEC1"),
    ],
)
def test_dates_name_the_likely_genes(name, expected):
    assert expected in (date_candidates(name) or [])


@pytest.mark.parametrize("name", ["MARCH1", "SEPTIN7", "HLA-A", "NKX2-5", "1-8D", "12-LOX", "2023-13-01", "40603", ""])
def test_gene_names_are_not_dates(name):
    assert not date_candidates(name)


def test_real_annotation(real_data):
    genes = pd.read_csv(real_data / "annotation/gene_tss_hg38.tsv.gz", sep="\t", index_col="gene_id")
    names = build_gene_names(genes, real_data / "annotation/Homo_sapiens.gene_info.gz")
    queries = ["CYP26A1", "RARB", "Dhrs3", "OCT4", "p53", "C1orf112", "SEPT7", "140", "7045", "LINC00921", "TAF9"]
    found = names.resolve(queries)
    assert found["symbol"].tolist() == [
        *("CYP26A1", "RARB", "DHRS3", "POU5F1", "TP53", "FIRRM", "SEPTIN7", "ADORA3", "TGFBI"),
        *(None, None),
    ]
    symbols = genes["symbol"].dropna()
    unique = symbols[~symbols.duplicated(keep=False)]
    assert (names.resolve(unique)["gene_id"].to_numpy() == unique.index.to_numpy()).all()
