"""Scanning files: the same sites whatever the size of the pieces, in every format."""

import gzip
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.features.calls import scan
from rarml.reference.bases import decode, encode
from rarml.workflows import scan_memory
from rarml.workflows.scan import ScanSettings, scan_fasta, scan_genes, scan_regions

SITE = "AGTTCACCCAAAGTTCA"


def random_text(length, seed=0, unknown=0.01):
    known = (1 - unknown) * np.array([0.25, 0.25, 0.25, 0.25])
    codes = np.random.default_rng(seed).choice(5, p=[*known, unknown], size=length)
    return decode(codes.astype(np.uint8))


def write_fasta(path, records, width=60):
    lines = []
    for name, text in records:
        lines.append(f">{name}")
        lines += [text[i : i + width] for i in range(0, len(text), width)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def records():
    return [("chrA", random_text(5000, 1)), ("chrB", SITE), ("chrC", random_text(3000, 2).lower())]


def read(path):
    return pd.read_csv(path, sep="\t", keep_default_na=False)


def test_sites_are_those_of_the_engine(tmp_path, records):
    result = scan_fasta(write_fasta(tmp_path / "in.fa", records), tmp_path / "o.tsv", ScanSettings(max_pvalue=1e-3))
    table = read(tmp_path / "o.tsv")
    assert result.n_sites == len(table) > 50
    for name, text in records:
        calls = scan(encode(text), max_pvalue=1e-3)
        rows = table[table["chrom"] == name]
        assert rows["start"].tolist() == calls.start.tolist()
        assert rows["end"].tolist() == (calls.start + calls.length).tolist()
        assert rows["pvalue"].to_numpy() == pytest.approx(calls.pvalue, rel=1e-3)
    row = table[(table["chrom"] == "chrB") & (table["type"] == "DR5")].iloc[0]
    assert (row["left"], row["spacer"], row["right"], row["strand"]) == ("AGTTCA", "CCCAA", "AGTTCA", "+")
    plus = table[table["strand"] != "-"]
    texts = {name: text.upper() for name, text in records}
    assert all(r.left + r.spacer + r.right == texts[r.chrom][r.start : r.end] for r in plus.itertuples())
    assert set(table.loc[table["chrom"] == "chrC", "repeat_fraction"].astype(float)) == {1.0}


@pytest.mark.parametrize("piece", [61, 1000])
def test_piece_size_changes_nothing(tmp_path, records, piece, monkeypatch):
    fasta = write_fasta(tmp_path / "in.fa", records)
    scan_fasta(fasta, tmp_path / "whole.tsv", ScanSettings(max_pvalue=1e-3))
    monkeypatch.setattr(scan_memory, "PIECE", piece)
    scan_fasta(fasta, tmp_path / "parts.tsv", ScanSettings(max_pvalue=1e-3, threads=2))
    assert (tmp_path / "parts.tsv").read_text() == (tmp_path / "whole.tsv").read_text()


def test_formats_agree(tmp_path, records):
    fasta = write_fasta(tmp_path / "in.fa", records)
    for name in ("o.tsv", "o.bed", "o.gff3", "o.parquet", "o.bed.gz"):
        scan_fasta(fasta, tmp_path / name, ScanSettings(max_pvalue=1e-3))
    table, bed = read(tmp_path / "o.tsv"), read(tmp_path / "o.bed")
    assert bed.columns[:6].tolist() == ["#chrom", "start", "end", "name", "score_1000", "strand"]
    assert bed["start"].tolist() == table["start"].tolist()
    assert bed["score_1000"].between(300, 1000).all()
    assert pd.read_parquet(tmp_path / "o.parquet")["start"].tolist() == table["start"].tolist()
    gff = [line.split("\t") for line in (tmp_path / "o.gff3").read_text().splitlines()[1:]]
    assert [int(row[3]) - 1 for row in gff] == table["start"].tolist()
    assert all(len(row) == 9 for row in gff)
    assert gzip.decompress((tmp_path / "o.bed.gz").read_bytes()) == (tmp_path / "o.bed").read_bytes()


def test_regions_of_a_genome_give_the_sites_of_the_whole(tmp_path, records):
    fasta = write_fasta(tmp_path / "in.fa", records)
    settings = ScanSettings(max_pvalue=1e-3)
    scan_fasta(fasta, tmp_path / "whole.tsv", settings)
    (tmp_path / "r.bed").write_text("chrA\t100\t2000\nchrA\t1500\t2500\nchrC\t0\t700\n")
    result = scan_regions(tmp_path / "r.bed", fasta, tmp_path / "r.tsv", settings)
    whole, part = read(tmp_path / "whole.tsv"), read(tmp_path / "r.tsv")
    inside = (whole["chrom"] == "chrA") & (whole["start"] >= 100) & (whole["end"] <= 2500)
    inside |= (whole["chrom"] == "chrC") & (whole["end"] <= 700)
    columns = ["chrom", "start", "end", "strand", "type", "score", "competitor"]
    pd.testing.assert_frame_equal(whole.loc[inside, columns].reset_index(drop=True), part[columns])
    assert (result.sequences, result.bases) == (2, 3100)


def test_piece_names_are_places(tmp_path):
    fasta = write_fasta(tmp_path / "in.fa", [("chr1:1000-1017", SITE)])
    scan_fasta(fasta, tmp_path / "o.tsv")
    assert read(tmp_path / "o.tsv")["start"].iloc[0] == 1000
    scan_fasta(fasta, tmp_path / "p.tsv", ScanSettings(piece_names=False))
    assert read(tmp_path / "p.tsv")["chrom"].iloc[0] == "chr1:1000-1017"


def test_elements_join_overlapping_calls(tmp_path):
    text = "CATCATCATC" + "AGGTCAAAAGGTCAAGGTCA" + "CATCATCATC"
    scan_fasta(write_fasta(tmp_path / "in.fa", [("s", text)]), tmp_path / "o.tsv")
    table = read(tmp_path / "o.tsv")
    assert table.loc[table["type"] == "DR8", "composition"].tolist() == ["DR2+DR0"]
    best = table[table["best_of_element"]]
    assert len(best) == 1
    assert best["element_name"].iloc[0] == "DR2+DR0"


def test_nothing_found_is_a_file_with_a_header(tmp_path):
    result = scan_fasta(write_fasta(tmp_path / "in.fa", [("s", "ACAC")]), tmp_path / "o.tsv")
    assert result.n_sites == 0
    assert read(tmp_path / "o.tsv").columns[0] == "chrom"


def test_iupac_letters_are_counted_and_match_nothing(tmp_path):
    result = scan_fasta(write_fasta(tmp_path / "in.fa", [("s", "R" + SITE[1:])]), tmp_path / "o.tsv")
    assert result.ambiguous == 1
    assert (read(tmp_path / "o.tsv")["start"] > 0).all()
    assert any("IUPAC" in note for note in result.notes)


def test_genes_through_a_reference(tmp_path):
    text = encode("CATCATCATC" * 10 + SITE + "CATCATCATC" * 10)
    promoters = pd.DataFrame(
        {"gene_id": ["E1", "E2"], "chrom": "chr1", "strand": ["+", "-"], "start": [1000, 5000], "tss": [1100, 5116]}
    )
    promoters["end"], promoters["bases_known"] = promoters["start"] + len(text), len(text)
    resolved = pd.DataFrame({"query": ["b", "x"], "gene_id": ["E2", None]})
    reference = SimpleNamespace(
        path="ref",
        promoters=promoters,
        genes=pd.DataFrame({"symbol": ["A", "B"]}, index=["E1", "E2"]),
        names=SimpleNamespace(resolve=lambda names: resolved),
        tracks=None,
        sequences=SimpleNamespace(
            codes=lambda rows: np.stack([text] * len(rows)),
            soft=lambda rows: np.zeros((len(rows), len(text)), dtype=bool),
            window=(100, len(text) - 100),
        ),
    )
    result = scan_genes(reference, ["b", "x"], tmp_path / "o.tsv")
    table = read(tmp_path / "o.tsv")
    row = table[table["type"] == "DR5"].iloc[0]
    assert (row["symbol"], row["gene_id"], row["strand"], row["tss_distance"]) == ("B", "E2", "-", 0)
    assert set(table["gene_id"]) == {"E2"}
    assert result.n_elements == table["best_of_element"].sum()
    assert "not found: x (1)" in result.notes
    assert scan_genes(reference, ["b"], tmp_path / "o.gff3").n_sites == len(table)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("ACGT\n", "'>' line"),
        (">a\nACGT\n>b\n", "no bases"),
        (">a\nACEGT\n", "'E' is no DNA letter"),
        (">\nACGT\n", "without a name"),
        (">chr1:5-10\nACGTAC\n", "its name says 5"),
    ],
)
def test_bad_fasta(tmp_path, content, message):
    (tmp_path / "in.fa").write_text(content)
    with pytest.raises(InputError, match=message):
        scan_fasta(tmp_path / "in.fa", tmp_path / "o.tsv")
    assert not (tmp_path / "o.tsv").exists()


def test_a_strange_letter_is_named_with_its_line(tmp_path):
    path = tmp_path / "a.fa"
    path.write_text(">a\nACGT\n\nACRT\nAC-T\nAXGT\nACET\n>b\nACGT\n")
    with pytest.raises(InputError, match="'X' is no DNA letter") as caught:
        scan_fasta(path, tmp_path / "o.bed")
    assert str(caught.value.where) == f"{path}:6"


def test_output_faults(tmp_path, records):
    fasta = write_fasta(tmp_path / "in.fa", records)
    with pytest.raises(InputError, match="unknown output format"):
        scan_fasta(fasta, tmp_path / "o.xlsx")
    (tmp_path / "o.bed").write_text("kept")
    with pytest.raises(InputError, match="exists already"):
        scan_fasta(fasta, tmp_path / "o.bed")
    assert (tmp_path / "o.bed").read_text() == "kept"


def test_regions_on_unknown_contigs(tmp_path, records):
    fasta = write_fasta(tmp_path / "in.fa", records)
    (tmp_path / "r.bed").write_text("chrZ\t1\t10\n")
    with pytest.raises(InputError, match="no contig"):
        scan_regions(tmp_path / "r.bed", fasta, tmp_path / "o.tsv")
