"""Building, reusing and refusing references: a small one from every part, and the real one."""

import gzip
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from rarml.core.errors import InputError, RarmlError
from rarml.reference.bases import decode, encode, reverse_complement
from rarml.reference.spec import load_reference_spec
from rarml.reference.store import Reference
from rarml.workflows.reference import ReferenceResult, build

RNG = np.random.default_rng(11)
LETTERS = "".join(RNG.choice(list("ACGTacgt"), 8000))

GTF = """\
#!genome-build GRCh38.p14
1\thavana\ttranscript\t1001\t5000\t.\t+\t.\tgene_id "ENSG00000000001"; transcript_id "T1"; gene_name "PLUS"; \
gene_biotype "protein_coding"; tag "MANE_Select";
1\thavana\ttranscript\t3001\t5000\t.\t+\t.\tgene_id "ENSG00000000001"; transcript_id "T2"; gene_name "PLUS"; \
gene_biotype "protein_coding";
1\thavana\ttranscript\t5501\t6000\t.\t-\t.\tgene_id "ENSG00000000002"; transcript_id "T3"; gene_name "MINUS"; \
gene_biotype "protein_coding";
2\thavana\ttranscript\t501\t900\t.\t-\t.\tgene_id "ENSG00000000003"; transcript_id "T4"; gene_name "NOSEQ"; \
gene_biotype "protein_coding";
MT\thavana\ttranscript\t501\t900\t.\t-\t.\tgene_id "ENSG00000000004"; transcript_id "T5"; gene_name "MT-X"; \
gene_biotype "protein_coding";
KI270706.1\thavana\ttranscript\t501\t900\t.\t-\t.\tgene_id "ENSG00000000005"; transcript_id "T6"; gene_name "ODD"; \
gene_biotype "protein_coding";
1\thavana\ttranscript\t501\t900\t.\t-\t.\tgene_id "ENSG00000000006"; transcript_id "T7"; gene_name "LNC"; \
gene_biotype "lncRNA";
"""
SPEC = """\
annotation: a.gtf
genome: g.fa.gz
tiers: tiers.tsv
tracks: sheet.tsv
expression: e.tsv
cpg_islands: cpg.bed
window: [300, 200]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "a.gtf").write_text(GTF)
    pieces = f">chr1:0-4000\n{LETTERS[:4000]}\n>chr1:3900-8000 tier=A\n{LETTERS[3900:]}\n"
    (inputs / "g.fa.gz").write_bytes(gzip.compress(pieces.encode()))
    (inputs / "tiers.tsv").write_text("gene_id\ttier\nENSG00000000001.4\tA\nENSG00000000002\tB\n")
    (inputs / "sheet.tsv").write_text("cell\tmark\tfile\nK562\tATAC\tpeaks.bed\n")
    (inputs / "peaks.bed").write_text("1\t900\t1100\t5.5\n2\t10000\t10100\t3\n")
    (inputs / "e.tsv").write_text("id\tA\tB\nENSG00000000001\t1\t2\nminus\t3\t4\nNOBODY\t5\t6\n")
    (inputs / "cpg.bed").write_text("chr1\t800\t1200\n")
    (inputs / "spec.yaml").write_text(SPEC)
    return inputs


def run(folder: Path, *, overwrite: bool = False) -> ReferenceResult:
    return build(folder / "spec.yaml", folder.parent / "ref", overwrite)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_every_part(folder: Path) -> None:
    result = run(folder)
    reference = result.reference
    genes = reference.genes
    assert genes.index.tolist() == ["ENSG00000000001", "ENSG00000000002", "ENSG00000000003"]
    assert genes["symbol"].tolist() == ["PLUS", "MINUS", "NOSEQ"]
    assert genes["tss"].tolist() == [1000, 5999, 899]
    assert genes["tss_source"].tolist() == ["mane", "longest", "longest"]
    assert genes["n_promoters"].tolist() == [2, 1, 1]
    assert genes["tier"].tolist() == ["A", "B", ""]
    assert genes["has_sequence"].tolist() == [True, True, False]
    promoters = reference.promoters
    assert promoters["tss"].tolist() == [1000, 3000, 5999, 899]
    assert promoters["bases_known"].tolist() == [500, 500, 500, 0]
    assert reference.sequences is not None
    codes = reference.sequences.codes()
    assert decode(codes[0]) == LETTERS[700:1200].upper()
    assert (codes[2] == reverse_complement(encode(LETTERS[5800:6300]))).all()
    assert (codes[3] == 4).all()
    assert reference.sequences.soft([0])[0].tolist() == [letter.islower() for letter in LETTERS[700:1200]]
    assert reference.sequences.soft([2])[0].tolist() == [letter.islower() for letter in LETTERS[5800:6300]][::-1]
    assert reference.manifest["soft_masked"]
    assert reference.manifest["dropped"] == {"on chrM": ["ENSG00000000004"], "on scaffolds": ["ENSG00000000005"]}
    assert reference.expression is not None
    assert reference.expression.loc["ENSG00000000002"].tolist() == [3.0, 4.0]
    assert reference.tracks is not None
    assert reference.tracks.tracks["track"].tolist() == ["K562:ATAC"]
    assert reference.tracks.metrics["overlap"][:, 0].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert reference.cpg_islands is not None
    assert reference.cpg_islands.to_numpy().tolist() == [["chr1", 800, 1200]]
    assert reference.names.resolve(["plus"])["gene_id"].tolist() == ["ENSG00000000001"]
    text = "\n".join(result.lines)
    for said in ("GTF (Ensembl)", "renamed", "left out: 1 genes, on chrM", "1 genes of other biotypes", "without chr2"):
        assert said in text
    assert "2 of 3 genes have sequence" in text


def test_kept_as_it_is_until_something_changes(folder: Path) -> None:
    assert not run(folder).reused
    before = snapshot(folder.parent / "ref")
    os.utime(folder / "a.gtf")
    assert run(folder).reused
    assert run(folder, overwrite=True).reused
    assert snapshot(folder.parent / "ref") == before
    (folder / "peaks.bed").write_text("1\t900\t1100\t6.5\n2\t10000\t10100\t3\n")
    with pytest.raises(InputError, match=r"was built from something else \(track peaks\.bed changed\).*--overwrite"):
        run(folder)
    (folder / "spec.yaml").write_text(SPEC.replace("300", "310"))
    with pytest.raises(InputError, match="window"):
        run(folder)
    assert run(folder, overwrite=True).reference.window == (310, 200)


def test_same_inputs_give_the_same_bytes_and_hold_no_path(folder: Path) -> None:
    run(folder)
    first = snapshot(folder.parent / "ref")
    shutil.rmtree(folder.parent / "ref")
    run(folder)
    assert snapshot(folder.parent / "ref") == first
    assert str(folder.parent).encode() not in b"".join(first.values())


def test_a_fault_leaves_the_earlier_reference_whole(folder: Path) -> None:
    run(folder)
    before = snapshot(folder.parent / "ref")
    (folder / "e.tsv").write_text("id\tA\nENSG00000000001\tmany\n")
    with pytest.raises(RarmlError):
        run(folder, overwrite=True)
    assert snapshot(folder.parent / "ref") == before
    assert sorted(file.name for file in folder.parent.iterdir()) == ["in", "ref"]


def test_only_an_annotation(folder: Path) -> None:
    (folder / "spec.yaml").write_text("annotation: a.gtf\n")
    reference = run(folder).reference
    assert reference.sequences is reference.tracks is reference.expression is reference.cpg_islands is None
    assert not reference.genes["has_sequence"].any()


def test_one_promoter_per_gene(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC + "alternative_promoters: false\n")
    assert run(folder).reference.promoters["is_primary"].all()


def test_widest_window(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC.replace("[300, 200]", "[50000, 50000]"))
    reference = run(folder).reference
    assert reference.sequences is not None
    codes = reference.sequences.codes([0])[0]
    assert decode(codes[49_000:57_000]) == LETTERS.upper()
    assert not reference.genes["has_sequence"].any()


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("a.gtf", GTF.replace("GRCh38.p14", "GRCh37.p13"), "says that it is of GRCh37"),
        ("a.gtf", GTF.replace("\t5000\t", "\t249000000\t"), "chr1 reaches 249,000,000.*fits GRCh37"),
        ("a.gtf", GTF.replace("ENSG0000000000", "RNA"), "set 'gene_info'"),
        ("a.gtf", GTF.replace("protein_coding", "snoRNA"), "has no gene of biotype protein_coding"),
        ("g.fa.gz", b">mouse:0-4\nACGT\n", "shares no contig with the reference"),
        ("g.fa.gz", b">chr1:248956420-248956425\nACGTA\n", "does not fit GRCh38: chr1 reaches"),
        ("peaks.bed", "scaffold_9\t1\t5\n", "shares no contig"),
        ("cpg.bed", "chr1\t1\t500000000\n", "does not fit GRCh38"),
        ("e.tsv", "id\tA\nx\t1\n", "none of its genes is in the annotation"),
        ("tiers.tsv", "gene\ttier\n", "column 'gene_id' is missing"),
        ("sheet.tsv", "cell\tmark\tfile\ttreated\nK562\tATAC\tpeaks.bed\tyes\n", "treated cells"),
    ],
)
def test_bad_inputs(folder: Path, file: str, content: str | bytes, message: str) -> None:
    (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RarmlError, match=message):
        run(folder)
    assert not (folder.parent / "ref").exists()


def test_a_track_that_was_let_in_though_treated_keeps_that_word(folder: Path) -> None:
    (folder / "sheet.tsv").write_text("cell\tmark\tfile\ttreated\nK562\tATAC\tpeaks.bed\tyes\n")
    (folder / "spec.yaml").write_text(SPEC + "allow_treated: true\n")
    assert run(folder).reference.manifest["inputs"]["track peaks.bed"]["name"] == "peaks.bed (of treated cells)"


def test_output_that_is_something_else(folder: Path) -> None:
    (folder.parent / "ref").mkdir()
    (folder.parent / "ref" / "thesis.txt").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(InputError, match="exists already"):
            run(folder, overwrite=overwrite)
    assert (folder.parent / "ref" / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["genes.parquet", "sequences/bases.npy", "tracks/overlap.npy"])
def test_a_changed_or_missing_file_is_named(folder: Path, name: str) -> None:
    path = run(folder).reference.path
    content = (path / name).read_bytes()
    (path / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(InputError, match=f"{name}: has changed"):
        Reference.open(path)
    (path / name).unlink()
    with pytest.raises(InputError, match=f"{name}: is missing"):
        Reference.open(path)


def test_not_a_reference(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match="is no rarml reference"):
        Reference.open(tmp_path)
    path = run(folder).reference.path
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps(manifest | {"format_version": 99}))
    with pytest.raises(InputError, match="has format version 99"):
        Reference.open(path)
    with pytest.raises(InputError, match="has format version 99"):
        run(folder)
    assert len(run(folder, overwrite=True).reference.genes) == 3


@pytest.fixture(scope="module")
def real_reference(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The real genes and sequences; tracks have tests of their own."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "spec.yaml").write_text(
        f"genome: {real_data}/sequence/hg38_sparse_promoters.fa.gz\n"
        f"annotation: {real_data}/annotation/gene_tss_hg38.tsv.gz\n"
        f"tiers: {real_data}/sequence/promoters_genes.tsv.gz\n"
    )
    return build(folder / "spec.yaml", folder / "ref").reference


@pytest.mark.real_data
def test_real_counts_and_tiers(real_reference: Reference) -> None:
    genes = real_reference.genes
    assert len(genes) == 19_747 - 13 - 45
    assert real_reference.manifest["counts"]["dropped on chrM"] == 13
    assert real_reference.manifest["counts"]["dropped on chrY"] == 45
    assert (genes["tss_source"] == "cage").mean() > 0.93
    assert (genes["tier"] == "B").sum() == 289 - 9  # nine of them lie on chrM
    assert not genes["chrom"].isin(["chrM", "chrY"]).any()
    assert len(real_reference.promoters) > 25_000


@pytest.mark.real_data
def test_real_cyp26a1_has_both_promoters_and_r1_upstream_of_the_cage_one(real_reference: Reference) -> None:
    promoters = real_reference.promoters[real_reference.promoters["gene_id"] == "ENSG00000095596"]
    assert promoters["tss"].tolist() == [93_073_892, 93_073_474]
    assert promoters["is_primary"].tolist() == [True, False]
    assert promoters["source"].iloc[0] == "cage"
    assert real_reference.sequences is not None
    first, other = (decode(row) for row in real_reference.sequences.codes(promoters.index.to_numpy()))
    site = decode(reverse_complement(encode("AGTTCACCCAAAGTTCA")))
    assert first.index(site) - 1000 == -90
    assert other.index(site) - 1000 == 328


@pytest.mark.real_data
def test_real_genes_without_sequence_are_there(real_reference: Reference) -> None:
    wanted = real_reference.genes.set_index("symbol").loc[["RARB", "CYP26C1", "HOXB1"]]
    assert wanted["has_sequence"].tolist() == [False] * 3
    assert wanted.loc["RARB", "tss"] == 25_428_262
    assert wanted.loc["RARB", "tss_source"] == "cage"


@pytest.mark.real_data
def test_real_windows_equal_the_independent_promoter_file(real_reference: Reference, real_data: Path) -> None:
    """Every published promoter whose TSS we keep has the same bases, on both strands; some have a few more."""
    promoters, sequences = real_reference.promoters, real_reference.sequences
    assert sequences is not None
    index = {key: row for row, key in enumerate(zip(promoters["gene_id"], promoters["tss"], strict=True))}
    rows, texts = [], []
    with gzip.open(real_data / "sequence" / "promoters_tss_pm1kb.fa.gz", "rt") as handle:
        records = handle.read().split(">")[1:]
    for record in records:
        header, _, body = record.partition("\n")
        fields = header.split("|")
        row = index.get((fields[0], int(fields[3].removeprefix("tss0="))))
        if row is not None:
            rows.append(row)
            texts.append(body.replace("\n", ""))
    assert len(rows) > 12_000
    expected = encode("".join(texts)).reshape(len(rows), 2000)
    found = sequences.codes(np.array(rows))
    known = expected != 4
    assert (found[known] == expected[known]).all()
    assert (found != expected).any(axis=1).sum() == 2, "PNMT and ENSG00000272410 reach into the next gene's piece"


@pytest.mark.real_data
def test_real_configuration_loads(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RARML_DATA", str(real_data))
    spec = load_reference_spec(Path(__file__).resolve().parents[2] / "configs" / "reference-hg38.yaml")
    assert Path(spec.annotation).is_file()
