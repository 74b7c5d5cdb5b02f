"""Names that are not human ones, and what is known of each species."""

import pytest

from rarml.bundle.registry import shipped_atlas
from rarml.features.atlas import load_atlas
from rarml.reference.contigs import ASSEMBLIES
from rarml.reference.species import HUMAN, MOUSE, OF_ASSEMBLY, is_ensembl_gene, looks_foreign, species_of_genes


@pytest.mark.parametrize(
    "name",
    ["ENSMUSG00000024987", "ensmusg00000024987.14", "ENSDARG00000033999", "Cyp26a1", "C1qa", "Hoxa1", "2310057M21Rik",
     "Nkx2-5", " Rarb "],
)  # fmt: skip
def test_names_of_other_species(name):
    assert looks_foreign(name)


@pytest.mark.parametrize(
    "name",
    ["ENSG00000095596", "CYP26A1", "cyp26a1", "C1orf112", "CXorf21", "C1QA", "HLA-A", "1592", "HGNC:2603", "1-Mar",
     "Mar-1", "Sep-2", "", "ENST00000224356", "LOC2", "NOT-A-GENE", "H2BC11"],
)  # fmt: skip
def test_names_that_may_be_human(name):
    assert not looks_foreign(name)


def test_hardly_a_human_symbol_looks_like_one_of_a_mouse():
    symbols = [str(symbol) for symbol in load_atlas(shipped_atlas(), columns=[]).genes["symbol"] if str(symbol)]
    assert len(symbols) > 15_000
    assert not [symbol for symbol in symbols if looks_foreign(symbol)]


def test_every_assembly_has_a_species_whose_hox_contigs_it_holds():
    assert OF_ASSEMBLY.keys() == ASSEMBLIES.keys()
    for assembly, species in OF_ASSEMBLY.items():
        assert len(species.hox) == 4
        assert set(species.hox) <= set(ASSEMBLIES[assembly])


def test_gene_ids_tell_the_species():
    assert species_of_genes(["ENSMUSG00000024987"]) is MOUSE
    assert species_of_genes(["ENSG00000095596"]) is species_of_genes([]) is species_of_genes(["made up"]) is HUMAN
    assert is_ensembl_gene("ENSMUSG00000024987.3")
    assert not is_ensembl_gene("ENSMUST00000024987")
