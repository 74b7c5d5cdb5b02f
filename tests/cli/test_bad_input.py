"""Every fault of an input is one line that names the place and a mend, with exit status 2 and nothing half-written."""

import gzip
import os
import re
import tempfile
from pathlib import Path

import pytest

from rarml.core.errors import InputError
from rarml.core.files import require_file


def cut_gzip(path):
    path.write_bytes(gzip.compress(os.urandom(20_000).hex().encode())[:9000])


FAULTS = {
    "empty file": (lambda path: path.write_text(""), r"de.csv: is empty"),
    "only a header": (lambda path: path.write_text("gene,log2FoldChange,padj\n"), r"de.csv.*no (data )?rows"),
    "truncated gzip": (cut_gzip, r"de.csv: gzip file is truncated"),
    "missing column": (
        lambda path: path.write_text("gene,log2FoldChange,padjj\n" + "TP53,1,0.1\nMYC,0.1,0.9\n"),
        r"de.csv.*(padj|column)",
    ),
    "wrong delimiter": (
        lambda path: path.write_text("gene:log2FoldChange:padj\nTP53:1:0.1\nMYC:0.1:0.9\n"),
        r"de.csv: no row maps to a gene .*tab or comma",
    ),
    "not a number": (
        lambda path: path.write_text("gene,log2FoldChange,padj\nTP53,1,0.1\nMYC,high,0.9\n"),
        r"de.csv:3.*'high'",
    ),
    "mouse ids": (
        lambda path: path.write_text("gene,log2FoldChange,padj\nENSMUSG00000059552,1,0.1\nENSMUSG00000022346,1,0.9\n"),
        r"de.csv: no row maps to a gene .*human",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_unusable_tables(rarml, tmp_path, name):
    make, message = FAULTS[name]
    make(tmp_path / "de.csv")
    out = tmp_path / "model"
    fault = rarml("train", tmp_path / "de.csv", "--out", out).fault()

    assert re.search(message, fault), fault
    assert not out.exists()


def test_folder_missing_file_and_missing_gene_list(rarml, tmp_path):
    assert "is a folder" in rarml("train", tmp_path, "--out", tmp_path / "m").fault()
    (tmp_path / "genes.txt").write_text("TP53\n")
    assert "no such gene list (nearby: genes.txt)" in rarml("score", tmp_path / "genes.csv").fault()


def test_unreadable_file():
    """In a child of another user, since root (as in many containers) may read everything."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "genes.txt"
        path.write_text("TP53\n")
        path.chmod(0)
        receive, send = os.pipe()
        child = os.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            try:
                require_file(path, kind="gene list")
            except InputError as error:
                os.write(send, str(error).encode())
            os._exit(0)
        os.waitpid(child, 0)
        os.close(send)
        said = os.read(receive, 1000).decode()
        os.close(receive)
    assert said == f"{path}: may not be read (change its permissions, e.g. chmod u+r)"


def test_unknown_settings_are_answered_with_the_right_ones(rarml, tmp_path, table):
    config = tmp_path / "c.yaml"
    config.write_text("context: {stand_inn: [MCF7]}\n")
    fault = rarml("train", table(), "--config", config, "--out", tmp_path / "m").fault()
    assert "c.yaml: unknown key 'context.stand_inn' (did you mean 'stand_in'?)" in fault
    assert "did you mean 'MCF7'" in rarml("train", table(), "--stand-in", "MCF-7", "--out", tmp_path / "m").fault()
    assert "did you mean 'MCF-7'" in rarml("train", table(), "--chromatin", "MCF7", "--out", tmp_path / "m").fault()


def test_unknown_model(rarml):
    assert "no model 'sh-sy5x' (did you mean 'sh-sy5y'?)" in rarml("score", "TP53", "-m", "sh-sy5x").fault()


def test_an_output_that_exists_is_kept(rarml, tmp_path):
    out = tmp_path / "answers"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    assert "exists already" in rarml("score", "TP53", "-m", "mcf-7", "--out", out).fault()
    assert (out / "mine.txt").read_text() == "keep"


def test_overwrite_keeps_the_earlier_model_when_the_new_training_fails(rarml, tmp_path, table):
    out = tmp_path / "model"
    out.mkdir()
    (out / "bundle.json").write_text("earlier")
    few = table(edit=lambda lines: lines[:40])
    assert "too few" in rarml("train", few, "--stand-in", "SH-SY5Y", "--out", out, "--overwrite").fault()
    assert (out / "bundle.json").read_text() == "earlier"
    assert list(tmp_path.glob(".model*")) == []


def test_contigs_of_another_assembly_and_other_names(rarml, tmp_path):
    bare = tmp_path / "bare.bed"
    bare.write_text("1\t1000\t2000\nX\t1000\t2000\n")
    found = rarml("check", bare)
    assert found.status == 0
    assert "intervals" in found.out
    other = tmp_path / "other.bed"
    other.write_text("scaffold_1\t1000\t2000\n")
    assert "shares no contig" in rarml("check", other).fault()


def test_wrong_assembly_is_told_by_its_lengths(rarml, tmp_path):
    (tmp_path / "genome.fa").write_text(">chr1\n" + "ACGT" * 100 + "\n")
    (tmp_path / "tss.bed").write_text("chr1\t100\t101\tENSG00000000003\t0\t+\n")
    (tmp_path / "ref.yaml").write_text("assembly: GRCh38\ngenome: genome.fa\nannotation: tss.bed\n")
    fault = rarml("reference", "build", tmp_path / "ref.yaml", "--out", tmp_path / "ref").fault()
    assert "chr1" in fault
    assert "GRCh38" in fault
    assert not (tmp_path / "ref").exists()


def test_columns_option_of_the_wrong_form(rarml, tmp_path, table):
    assert "--columns" in rarml("train", table(), "--columns", "id", "--out", tmp_path / "m").fault()


def test_nothing_that_rarml_reads(rarml, tmp_path):
    path = tmp_path / "poem.txt"
    path.write_text("roses\nvioletsareblue\n")
    assert "nothing that rarml reads" in rarml("check", path).fault()
