"""Contig names and lengths, against bioframe's own tables of the assemblies."""

import bioframe
import pytest

from rarml.core.errors import InputError, SettingsError
from rarml.reference.contigs import (
    ASSEMBLIES,
    GRCH37_LENGTHS,
    GRCH38_LENGTHS,
    assembly_of_accession,
    canonical_assembly,
    canonical_contig,
    check_lengths,
    contig_overlap,
)


@pytest.mark.parametrize(("ucsc", "ours"), [("hg38", GRCH38_LENGTHS), ("hg19", GRCH37_LENGTHS)])
def test_lengths_and_accessions_agree_with_bioframe(ucsc: str, ours: dict[str, int]) -> None:
    info = bioframe.assembly_info(ucsc).seqinfo
    nuclear = info[info["name"].isin([name for name in ours if name != "chrM"])]
    assert len(nuclear) == 24
    assert {name: ours[name] for name in nuclear["name"]} == dict(zip(nuclear["name"], nuclear["length"], strict=True))
    for name, aliases in zip(nuclear["name"], nuclear["aliases"].fillna(""), strict=True):
        for alias in aliases.split(","):
            assert canonical_contig(alias) == name
            if "_" in alias:
                assert assembly_of_accession(alias) == canonical_assembly(ucsc)


@pytest.mark.parametrize(("ucsc", "name"), [("mm39", "GRCm39"), ("mm10", "GRCm38")])
def test_mouse_lengths_agree_with_bioframe(ucsc: str, name: str) -> None:
    info = bioframe.assembly_info(ucsc).seqinfo
    theirs = dict(zip(info["name"], info["length"], strict=True))
    assert canonical_assembly(ucsc) == name
    assert len(ASSEMBLIES[name]) == 22
    assert {contig: theirs[contig] for contig in ASSEMBLIES[name]} == ASSEMBLIES[name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1", "chr1"),
        ("Chr1", "chr1"),
        (" chr1", "chr1"),
        ("x", "chrX"),
        ("NC_000001.11", "chr1"),
        ("NC_000024.10", "chrY"),
        ("CM000663.2", "chr1"),
        ("CM000686.2", "chrY"),
        ("MT", "chrM"),
        ("M", "chrM"),
        ("chrMT", "chrM"),
        ("NC_012920.1", "chrM"),
        ("23", "23"),
        ("chr1_KI270706v1_random", "chr1_KI270706v1_random"),
        ("NC_000067.7", "NC_000067.7"),
        ("", ""),
    ],
)
def test_canonical_contig(name: str, expected: str) -> None:
    assert canonical_contig(name) == expected


def test_accession_names_its_assembly() -> None:
    assert assembly_of_accession("NC_000001.10") == "GRCh37"
    assert assembly_of_accession("CM000663.2") == "GRCh38"
    assert assembly_of_accession("NC_000001") is None
    assert assembly_of_accession("chr1") is None


def test_assembly_spellings() -> None:
    assert canonical_assembly("hg38") == canonical_assembly("GRCh38.p14") == "GRCh38"
    with pytest.raises(SettingsError, match="did you mean 'GRCh38'"):
        canonical_assembly("GRCh39")


def test_other_assembly_is_named_in_the_hint() -> None:
    with pytest.raises(InputError, match="fits GRCh37"):
        check_lengths(dict(GRCH37_LENGTHS), "hg38", "genome.fa")
    check_lengths(dict(GRCH37_LENGTHS) | {"chrM": 16571}, "hg19", "genome.fa")
    check_lengths({"chr1": None, "scaffold_1": 5}, "hg38", "genome.fa")


def test_ends_may_be_smaller_but_not_larger() -> None:
    check_lengths({"chr1": 1000}, "GRCh38", "peaks.bed", exact=False)
    with pytest.raises(InputError, match=r"peaks\.bed: does not fit GRCh38: chr1 reaches 300,000,000"):
        check_lengths({"chr1": 300_000_000}, "GRCh38", "peaks.bed", exact=False)


def test_overlap_line_and_error() -> None:
    overlap = contig_overlap("a/peaks.bed", ["1", "2", "GL000195.1"], ["chr1", "chr2", "chr3"])
    assert overlap.shared == ("chr1", "chr2")
    assert overlap.line() == (
        "peaks.bed: 2 of 3 reference contigs, 2 renamed, 1 of its own unused (GL000195.1), without chr3"
    )
    with pytest.raises(InputError, match="shares no contig"):
        contig_overlap("mouse.bed", ["Mm1"], ["chr1"])
