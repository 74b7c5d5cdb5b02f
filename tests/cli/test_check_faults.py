"""`rarml check` says what is wrong with a file, with the place and a mend, or what it may still serve for."""

import gzip
import os
import re

import pytest

HEAD = "gene,log2FoldChange,padj\n"
ROWS = "TP53,1,0.01\nMYC,0.1,0.9\n"
FAULTS = {
    "empty": ("de.csv", "", r"de.csv: is empty \(give"),
    "blank lines": ("de.csv", "\n\n\n", r"de.csv: holds nothing but blank lines \(give"),
    "header alone": ("de.csv", HEAD, r"de.csv:1: has a header and no rows \(give"),
    "padj above 1": ("de.csv", HEAD + ROWS + "RARB,1,1.7\n", r"de.csv:4: padj 1.7 is not between 0 and 1 \("),
    "no number": ("de.csv", HEAD + "TP53,high,0.1\n", r"de.csv:2: log2fc 'high' .* no number \("),
    "no id column": (
        "de.csv",
        "log2FoldChange,padj\n1,0.1\n",
        r"de.csv:1: no column of gene identifiers \(.*--columns",
    ),
    "no padj column": (
        "de.csv",
        "gene,log2FoldChange,paddj\nTP53,1,0.1\n",
        r"de.csv:1: .*no padj.*did you mean 'paddj'",
    ),
    "no value at all": ("de.csv", HEAD + "TP53,NaN,NaN\nMYC,inf,NA\n", r"'padj' holds no adjusted p-value \("),
    "cut line": ("de.csv", HEAD + ROWS + "RARB,0.1", r"de.csv:4: 2 columns, the header has 3 \(is the line cut off"),
    "two columns of BED": ("a.bed", "chr1\t10\n", r"a.bed:1: .*fewer than 3 columns \(give BED"),
    "end before start": ("a.bed", "chr1\t10\t20\nchr1\t50\t40\n", r"a.bed:2: not an interval: 50 to 40 \("),
    "other contigs": ("a.bed", "scaffold_1\t10\t20\n", r"a.bed.*shares no contig"),
    "wrong assembly": ("a.bed", "chr1\t10\t20\nchr1\t10\t248956423\n", r"a.bed: does not fit GRCh38.*it fits GRCh37"),
    "no YAML": ("c.yaml", "labels:\n  files: [a]\n   b: 2\n", r"c.yaml:3: not valid YAML"),
    "unknown key": ("c.yaml", "contxt: {}\n", r"c.yaml: unknown key 'contxt' \(did you mean 'context'\?\)"),
    "word for a list": (
        "c.yaml",
        "context: {stand_in: MCF7}\n",
        r"'context.stand_in': .*\(write it as a list: \[MCF7\]\)",
    ),
    "impossible value": ("c.yaml", "model: {gradient: {colsample: 2}}\n", r"'model.gradient.colsample': .*got 2"),
    "words": ("a.txt", "roses\nvioletsareblue\n", r"a.txt: is nothing that rarml reads"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_with_the_place_and_a_mend(rarml, tmp_path, name):
    file, text, said = FAULTS[name]
    (tmp_path / file).write_text(text)
    found = rarml("check", tmp_path / file)
    assert re.search(said, found.fault()), found.err
    assert found.out == ""


def test_truncated_gzip_binary_and_a_link_to_nothing(rarml, tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(os.urandom(9000).hex().encode())[:4000])
    assert "a.csv.gz: gzip file is truncated (copy" in rarml("check", tmp_path / "a.csv.gz").fault()
    (tmp_path / "b.csv").write_bytes(b"\xff\xfegene")
    assert "b.csv: is not UTF-8 text (give" in rarml("check", tmp_path / "b.csv").fault()
    (tmp_path / "b.csv").write_bytes("gene,padj".encode("utf-16"))
    assert (
        "b.csv:1: holds NUL bytes, so it is no text (a binary file or UTF-16"
        in rarml("check", tmp_path / "b.csv").fault()
    )
    (tmp_path / "c.csv").symlink_to(tmp_path / "nowhere")
    assert "c.csv: is a link to nothing (mend" in rarml("check", tmp_path / "c.csv").fault()


def test_every_file_is_judged_and_one_fault_is_enough_for_the_status(rarml, tmp_path):
    (tmp_path / "good.txt").write_text("TP53\nMYC\nNOT-A-GENE\n")
    (tmp_path / "bad.txt").write_text("")
    found = rarml("check", tmp_path / "bad.txt", tmp_path / "good.txt", tmp_path / "none.txt")
    assert found.status == 2
    assert "genes: 2 mapped, 0 ambiguous, 1 unmapped" in found.out
    assert [line.split(": ")[2].rsplit("/", 1)[-1] for line in found.err.splitlines()] == ["bad.txt", "none.txt"]


def test_contigs_match_whatever_their_spelling(rarml, tmp_path):
    """1, chr1 and NC_000001.11 are one contig."""
    said = set()
    for name in ("1", "chr1", "NC_000001.11"):
        (tmp_path / "a.bed").write_text(f"{name}\t1000\t2000\n")
        found = rarml("check", tmp_path / "a.bed")
        assert found.status == 0
        said.add(found.out.splitlines()[1])
    assert len(said) == 1
    assert "1 of 23 reference contigs" in said.pop()


def test_sequence_that_is_no_genome_is_said_to_be_fit_for_scanning(rarml, tmp_path):
    (tmp_path / "a.fa").write_text(">chr1\nACGT\n")
    found = rarml("check", tmp_path / "a.fa")
    assert found.status == 0
    assert "does not fit GRCh38: chr1 is 4 bp" in found.out
    assert "fit for rarml scan" in found.out


def test_ready_labels_and_decimal_commas_are_recognised(rarml, tmp_path):
    (tmp_path / "a.tsv").write_text("gene\tlabel\nTP53\tup\nMYC\tunresponsive\nRARB\tup\n")
    found = rarml("check", tmp_path / "a.tsv")
    assert "table of ready labels, 3 rows" in found.out
    assert "called: 2 up, 0 down, 1 unresponsive, 0 untested" in found.out
    (tmp_path / "b.csv").write_text("gene;log2FoldChange;padj\nTP53;1,5;0,01\nMYC;0,1;0,9\n")
    assert "called: 1 up, 0 down, 1 unresponsive" in rarml("check", tmp_path / "b.csv").out
