"""Genes without Ensembl ids find one through NCBI, or are left out by name; none is guessed."""

from pathlib import Path

import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.reference.ensembl_keys import to_ensembl_keys
from rarml.reference.gene_table import build_gene_model
from rarml.reference.spec import ReferenceSpec
from rarml.reference.species import HUMAN, MOUSE

INFO = """\
#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\tchromosome\tmap_location\tdescription\ttype_of_gene
9606\t1\tONE\t-\tUNO\tHGNC:HGNC:5|Ensembl:ENSG00000000001\t1\t-\t-\tprotein-coding
9606\t2\tTWO\t-\t-\tEnsembl:ENSG00000000002|Ensembl:ENSG00000000022\t1\t-\t-\tprotein-coding
9606\t3\tTHREE\t-\t-\t-\t1\t-\t-\tprotein-coding
"""


def frame(*genes: str) -> pd.DataFrame:
    return pd.DataFrame({"gene_id": list(genes)})


def test_entrez_and_symbols(tmp_path: Path) -> None:
    info = tmp_path / "gene_info"
    info.write_text(INFO)
    kept, left_out = to_ensembl_keys(
        frame("GeneID:1", "one", "ENSG00000000007", "TWO", "GeneID:3", "NOPE"), info, tmp_path / "a.gff"
    )
    assert kept["gene_id"].tolist() == ["ENSG00000000001", "ENSG00000000001", "ENSG00000000007"]
    assert left_out == {"no Ensembl id": ["GeneID:3", "NOPE"], "several Ensembl ids": ["TWO"]}
    with pytest.raises(InputError, match="none of its 1 genes"):
        to_ensembl_keys(frame("Rarb_mouse"), info, tmp_path / "a.gff")
    with pytest.raises(InputError, match=r"a\.gff: 1 genes have no Ensembl id.*set 'gene_info'"):
        to_ensembl_keys(frame("GeneID:1"), None, tmp_path / "a.gff")


def test_an_annotation_of_another_species_is_no_reference(tmp_path: Path) -> None:
    """Its places may all lie inside the other genome's contigs, so lengths do not always tell."""
    mouse, human = "ENSMUSG00000017491", "ENSG00000077092"
    with pytest.raises(InputError, match=rf"a\.gtf: its genes are not those of human \(e\.g\. '{mouse}'\)"):
        to_ensembl_keys(frame(mouse, "ENSMUSG00000000001", human), None, tmp_path / "a.gtf")
    with pytest.raises(InputError, match="not those of mouse"):
        to_ensembl_keys(frame(human), None, tmp_path / "a.gtf", MOUSE)
    for genes, species in (((mouse,), MOUSE), ((human, "ENSG00000000001", mouse), HUMAN)):
        assert len(to_ensembl_keys(frame(*genes), None, tmp_path / "a.gtf", species)[0]) == len(genes)


@pytest.mark.real_data
def test_refseq_annotation_of_real_genes(real_data: Path, tmp_path: Path) -> None:
    line = "NC_000003.12\tBestRefSeq\t{}\t25428263\t25597932\t.\t+\t.\t{}\n"
    gff = tmp_path / "refseq.gff"
    gff.write_text(
        "##gff-version 3\n"
        + line.format("gene", "ID=gene-RARB;Dbxref=GeneID:5915;Name=RARB;gene_biotype=protein_coding")
        + line.format("mRNA", "ID=rna-1;Parent=gene-RARB;tag=MANE Select;transcript_id=NM_000965.5")
    )
    spec = ReferenceSpec(annotation=str(gff), gene_info=str(real_data / "annotation" / "Homo_sapiens.gene_info.gz"))
    promoters = build_gene_model(spec).promoters
    assert promoters[["gene_id", "chrom", "tss", "source"]].to_numpy().tolist() == [
        ["ENSG00000077092", "chr3", 25_428_262, "mane"]
    ]
