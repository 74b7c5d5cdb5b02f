"""A small annotation for label tests."""

import pandas as pd
import pytest

from rarml.reference.gene_ids import GeneNames, build_gene_names

SYMBOLS = ["AAA1", "BBB2", "CCC3", "DDD4", "MARCHF1", "EEE5"]
HEADER = "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\tchromosome\tmap_location\tdescription\ttype_of_gene\n"


@pytest.fixture(scope="session")
def names(tmp_path_factory) -> GeneNames:
    genes = pd.DataFrame({"symbol": SYMBOLS}, index=[f"ENSG0000000000{n}" for n in range(1, 7)])
    rows = []
    for n, symbol in enumerate(SYMBOLS, start=1):
        former = "MARCH1" if symbol == "MARCHF1" else symbol
        rows.append(f"9606\t{10 * n}\t{former}\t-\tOLD{n}\tEnsembl:ENSG0000000000{n}\t1\t1p\tx\tprotein-coding\n")
    rows.append("9606\t99\tLINC99\t-\t-\t-\t1\t1p\tx\tncRNA\n")
    path = tmp_path_factory.mktemp("names") / "gene_info"
    path.write_text(HEADER + "".join(rows))
    return build_gene_names(genes, path)


@pytest.fixture(scope="session")
def real_names(real_data) -> GeneNames:
    genes = pd.read_csv(real_data / "annotation/gene_tss_hg38.tsv.gz", sep="\t", index_col="gene_id")
    return build_gene_names(genes, real_data / "annotation/Homo_sapiens.gene_info.gz")
