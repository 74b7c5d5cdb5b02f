"""One gene pair written in every dialect gives the same TSSs; positions become 0-based first transcribed bases."""

import gzip
from pathlib import Path

import pytest

from rarml.core.errors import InputError
from rarml.reference.annotation import load_annotation, read_annotation

# + gene: transcripts start at base 1001 and 1501 (1-based); - gene: its only transcript ends at base 9000.
GENCODE_GTF = """\
##description: evidence-based annotation of the human genome (GRCh38), version 46 (Ensembl 112)
##provider: GENCODE
chr1\tHAVANA\tgene\t1001\t5000\t.\t+\t.\tgene_id "ENSG00000000001.7"; gene_type "protein_coding"; gene_name "PLUS";
chr1\tHAVANA\ttranscript\t1001\t5000\t.\t+\t.\tgene_id "ENSG00000000001.7"; transcript_id "ENST00000000001.1"; \
gene_type "protein_coding"; gene_name "PLUS"; transcript_type "retained_intron"; tag "basic";
chr1\tHAVANA\texon\t1001\t5000\t.\t+\t.\tgene_id "ENSG00000000001.7"; transcript_id "ENST00000000001.1";
chr1\tHAVANA\ttranscript\t1501\t5000\t.\t+\t.\tgene_id "ENSG00000000001.7"; transcript_id "ENST00000000002.3"; \
gene_type "protein_coding"; gene_name "PLUS"; transcript_type "protein_coding"; tag "basic"; tag "MANE_Select"; \
tag "Ensembl_canonical"; tag "appris_principal_1";
chr1\tHAVANA\texon\t1501\t1600\t.\t+\t.\tgene_id "ENSG00000000001.7"; transcript_id "ENST00000000002.3";
chr1\tHAVANA\texon\t4901\t5000\t.\t+\t.\tgene_id "ENSG00000000001.7"; transcript_id "ENST00000000002.3";
chr1\tHAVANA\tCDS\t1501\t1600\t.\t+\t.\tgene_id "ENSG00000000001.7"; transcript_id "ENST00000000002.3";
chrX\tENSEMBL\tgene\t8001\t9000\t.\t-\t.\tgene_id "ENSG00000000002.1_PAR_Y"; gene_type "lncRNA"; gene_name "MINUS";
chrX\tENSEMBL\ttranscript\t8001\t9000\t.\t-\t.\tgene_id "ENSG00000000002.1_PAR_Y"; \
transcript_id "ENST00000000003.1"; gene_type "lncRNA"; gene_name "MINUS"; transcript_type "lncRNA";
"""
ENSEMBL_GTF = """\
#!genome-build GRCh38.p14
1\tensembl_havana\tgene\t1001\t5000\t.\t+\t.\tgene_id "ENSG00000000001"; gene_version "7"; gene_name "PLUS"; \
gene_biotype "protein_coding";
1\tensembl_havana\ttranscript\t1501\t5000\t.\t+\t.\tgene_id "ENSG00000000001"; transcript_id "ENST00000000002"; \
gene_name "PLUS"; gene_biotype "protein_coding"; transcript_biotype "protein_coding"; tag "Ensembl_canonical";
"""
GENCODE_GFF3 = """\
##gff-version 3
#description: evidence-based annotation of the human genome (GRCh38), version 46
##sequence-region chr1 1 248956422
chr1\tHAVANA\tgene\t1001\t5000\t.\t+\t.\tID=ENSG00000000001.7;gene_id=ENSG00000000001.7;gene_type=protein_coding;\
gene_name=PLUS
chr1\tHAVANA\ttranscript\t1501\t5000\t.\t+\t.\tID=ENST00000000002.3;Parent=ENSG00000000001.7;\
gene_id=ENSG00000000001.7;transcript_id=ENST00000000002.3;gene_type=protein_coding;gene_name=PLUS;\
transcript_type=protein_coding;tag=basic,MANE_Select,appris_principal_1
chr1\tHAVANA\texon\t1501\t1600\t.\t+\t.\tID=exon:1;Parent=ENST00000000002.3;gene_id=ENSG00000000001.7
chr1\tHAVANA\texon\t4901\t5000\t.\t+\t.\tID=exon:2;Parent=ENST00000000002.3;gene_id=ENSG00000000001.7
"""
ENSEMBL_GFF3 = """\
##gff-version 3
##sequence-region   1 1 248956422
#!genome-build  GRCh38.p14
1\tensembl_havana\tgene\t1001\t5000\t.\t+\t.\tID=gene:ENSG00000000001;Name=PLUS;biotype=protein_coding;\
description=a%3B b;gene_id=ENSG00000000001;version=7
1\tensembl_havana\tmRNA\t1501\t5000\t.\t+\t.\tID=transcript:ENST00000000002;Parent=gene:ENSG00000000001;\
Name=PLUS-201;biotype=protein_coding;tag=basic,Ensembl_canonical,MANE_Select;transcript_id=ENST00000000002
1\tensembl_havana\texon\t1501\t1700\t.\t+\t.\tParent=transcript:ENST00000000002;Name=ENSE1
"""
REFSEQ_GFF3 = """\
##gff-version 3
#!processor NCBI annotwriter
#!genome-build GRCh38.p14
##sequence-region NC_000001.11 1 248956422
NC_000001.11\tRefSeq\tregion\t1\t248956422\t.\t+\t.\tID=NC_000001.11:1..248956422;Dbxref=taxon:9606;Name=1
NC_000001.11\tBestRefSeq\tgene\t1001\t5000\t.\t+\t.\tID=gene-PLUS;Dbxref=GeneID:5915,HGNC:HGNC:9865;Name=PLUS;\
gene=PLUS;gene_biotype=protein_coding
NC_000001.11\tBestRefSeq\tmRNA\t1501\t5000\t.\t+\t.\tID=rna-NM_1.2;Parent=gene-PLUS;Dbxref=GeneID:5915;Name=NM_1.2;\
gene=PLUS;tag=MANE Select;transcript_id=NM_1.2
NC_000001.11\tBestRefSeq\texon\t1501\t1700\t.\t+\t.\tID=exon-1;Parent=rna-NM_1.2;gene=PLUS
NC_000001.11\tBestRefSeq\tCDS\t1501\t1700\t.\t+\t0\tID=cds-1;Parent=rna-NM_1.2;gene=PLUS
"""
REFSEQ_GTF = """\
#!genome-build GRCh38.p14
#!annotation-source NCBI RefSeq GCF_000001405.40-RS_2023_10
NC_000001.11\tBestRefSeq\tgene\t1001\t5000\t.\t+\t.\tgene_id "PLUS"; transcript_id ""; db_xref "GeneID:5915"; \
db_xref "HGNC:HGNC:9865"; gene "PLUS"; gene_biotype "protein_coding";
NC_000001.11\tBestRefSeq\ttranscript\t1501\t5000\t.\t+\t.\tgene_id "PLUS"; transcript_id "NM_1.2"; \
db_xref "GeneID:5915"; gene "PLUS"; tag "MANE Select"; transcript_biotype "mRNA";
"""


def write(tmp_path: Path, text: str, name: str = "a.txt") -> Path:
    file = tmp_path / name
    file.write_text(text)
    return file


def test_gencode_gtf(tmp_path: Path) -> None:
    annotation = load_annotation(write(tmp_path, GENCODE_GTF))
    rows = annotation.rows.set_index("transcript_id")
    assert annotation.dialect == "GTF (GENCODE)"
    assert annotation.assembly == "GRCh38"
    assert annotation.contig_names == ("chr1", "chrX")
    assert annotation.ends == {"chr1": 5000, "chrX": 9000}
    assert rows.loc["ENST00000000002.3"].to_dict() == {
        "gene_id": "ENSG00000000001",
        "symbol": "PLUS",
        "biotype": "protein_coding",
        "chrom": "chr1",
        "strand": "+",
        "tss": 1500,
        "source": "mane",
        "rank": 1,
        "length": 200,
        "coding": True,
        "tags": "mane,canonical,appris",
    }
    assert rows.loc["ENST00000000001.1", ["tss", "coding", "source"]].tolist() == [1000, False, "other"]
    minus = rows.loc["ENST00000000003.1"]
    assert (minus["gene_id"], minus["tss"], minus["strand"]) == ("ENSG00000000002", 8999, "-")


@pytest.mark.parametrize(
    ("text", "dialect", "source", "gene", "length"),
    [
        (ENSEMBL_GTF, "GTF (Ensembl)", "canonical", "ENSG00000000001", 3500),
        (GENCODE_GFF3, "GFF3 (GENCODE)", "mane", "ENSG00000000001", 200),
        (ENSEMBL_GFF3, "GFF3 (Ensembl)", "mane", "ENSG00000000001", 200),
        (REFSEQ_GFF3, "GFF3 (RefSeq)", "mane", "GeneID:5915", 200),
        (REFSEQ_GTF, "GTF (RefSeq)", "mane", "GeneID:5915", 3500),
    ],
)
def test_dialects(tmp_path: Path, text: str, dialect: str, source: str, gene: str, length: int) -> None:
    annotation = load_annotation(write(tmp_path, text))
    assert annotation.dialect == dialect
    assert annotation.assembly in ("GRCh38", "GRCh38.p14")
    (row,) = annotation.rows.to_dict("records")
    assert (row["gene_id"], row["symbol"], row["biotype"]) == (gene, "PLUS", "protein_coding")
    assert (row["chrom"], row["strand"], row["tss"], row["source"]) == ("chr1", "+", 1500, source)
    assert row["coding"]
    assert row["length"] == length


def test_gzip_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain = read_annotation(write(tmp_path, GENCODE_GTF))
    packed = tmp_path / "a.gtf.gz"
    packed.write_bytes(gzip.compress(GENCODE_GTF.replace("\n", "\r\n").encode()))
    assert read_annotation(packed).equals(plain)


def test_gtf_of_exons_only(tmp_path: Path) -> None:
    exons = "".join(line + "\n" for line in GENCODE_GTF.splitlines() if line.startswith("#") or "\texon\t" in line)
    annotation = load_annotation(write(tmp_path, exons))
    assert annotation.rows.set_index("transcript_id")["tss"].to_dict() == {
        "ENST00000000001.1": 1000,
        "ENST00000000002.3": 1500,
    }
    assert annotation.notes == ["no transcript lines: transcripts were put together from exons"]


def test_bed(tmp_path: Path) -> None:
    text = "track name=x\nchr1\t1500\t1501\tENSG00000000001.7|PLUS\t0\t+\n1\t8000\t9000\tRARB_2\t0\t-\n"
    rows = read_annotation(write(tmp_path, text))
    assert rows["gene_id"].tolist() == ["ENSG00000000001", "RARB"]
    assert rows["tss"].tolist() == [1500, 8999]
    assert rows["chrom"].tolist() == ["chr1", "chr1"]


def test_tss_table(tmp_path: Path) -> None:
    text = (
        "# a comment\ngene_id\tsymbol\tchrom\tstrand\ttss0_gencode_v48\ttss1_cage\n"
        "ENSG00000000001.2\tPLUS\t1\t+\t1500\t1001\nENSG00000000002\tMINUS\tchrX\t-\tNA\t\n"
    )
    annotation = load_annotation(write(tmp_path, text))
    rows = annotation.rows
    assert rows[["gene_id", "tss", "source"]].to_numpy().tolist() == [
        ["ENSG00000000001", 1500, "first"],
        ["ENSG00000000001", 1000, "cage"],
    ]
    assert annotation.notes == ["1 genes of the table have no TSS at all"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,c\n1,2,3\n", r"a\.txt:1: is no annotation that rarml knows"),
        ("# nothing\n", "holds only comments"),
        ("", "is empty"),
        (GENCODE_GTF + "chr1\tHAVANA\tgene\t1001\n", r"a\.txt:12: has 4 tab-separated columns"),
        (GENCODE_GTF.replace("8001\t9000", "9000\t8001"), "9000-8001 is no interval"),
        ("chr1\t10\t11\tX\n", "a TSS needs a gene"),
        ("chr1\t10\t10\tX\t0\t+\n", "the interval 10-10 is empty"),
        ("gene_id\tchrom\ttss0\nENSG00000000001\tchr1\t5\n", "column 'strand' is missing"),
        ("gene_id\tchrom\tstrand\ttss0\nENSG00000000001\tchr1\t*\t5\n", r"a\.txt:2: strand is '\*'"),
        ("gene_id\tchrom\tstrand\ttss0\nENSG00000000001\tchr1\t+\t5.5\n", "'5.5' is no position"),
        ("gene_id\tchrom\tstrand\ttss0\nENSG00000000001\tchr1\t+\n", "has 3 columns, the header 4"),
        ("gene_id\tchrom\tstrand\ttss0\nENSG00000000001\tchr1\t+\tNA\n", "holds no transcript or TSS"),
        ("chr1\tx\tgene\t1\t5\t.\t+\t.\tnothing here\n", "column 9 is neither GTF"),
    ],
)
def test_bad_annotations(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_annotation(write(tmp_path, text))


@pytest.mark.real_data
def test_real_tss_table(real_data: Path) -> None:
    annotation = load_annotation(real_data / "annotation" / "gene_tss_hg38.tsv.gz")
    rows = annotation.rows
    assert rows["gene_id"].nunique() == 19_747
    cyp26a1 = rows[rows["symbol"] == "CYP26A1"]
    assert set(zip(cyp26a1["source"], cyp26a1["tss"], strict=True)) == {
        ("cage", 93_073_892),
        ("longest", 93_073_474),
        ("first", 93_073_474),
    }
