"""Every input found to end in a traceback or to kill the process, by the fuzzer or by hand, and what is said now."""

import io
import os
import struct
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import pytest
import yaml
from bigwig_bytes import bedgraph, bigwig
from readers import readers

from rarml.core.errors import InputError
from rarml.core.settings import load_settings
from rarml.core.standard_input import read_standard_input
from rarml.core.strict_json import parse_json
from rarml.core.strict_yaml import parse_yaml
from rarml.reference.contigs import assembly_of_accession, canonical_contig
from rarml.workflows.settings import TrainSettings

REPO = Path(__file__).resolve().parents[2]
REFUSED = [
    ("gene list", b"PK", "xlsx"),
    ("expression", b"\xef\xbb\xbf", "no gene"),
    ("FASTA", b">chr1\x0710\x0710GG0GGC]C\n#\n-0\x0710GG0GGC]C\n#\n-", "uneven"),
    ("FASTA", b"\r\n>chr1CC\t>chr1CC\n~\t~\n\xe2\x80\xae", "no bases|is empty"),
    (
        "FASTA, bgzip",
        bytes.fromhex("1f8b0800000000000403b34bce2832e47274760f81601ccc470debb8002a48ecc62b000000"),
        "no bases",
    ),
]


@pytest.mark.parametrize(("reader", "data", "said"), REFUSED)
def test_found_by_the_fuzzer(reader, data, said, tmp_path):
    path = tmp_path / readers()[reader].file
    path.write_bytes(data)
    with pytest.raises(InputError, match=said):
        readers()[reader].read(path)


@pytest.mark.parametrize("name", ["²", "NC_00000²", "CM00066³", "NC_000001." + "9" * 5000])
def test_digits_of_other_scripts_are_no_accession(name):
    assert assembly_of_accession(name) is None
    assert canonical_contig(name) in (name, "chr1")


def read(tmp_path, data):
    path = tmp_path / "s.bw"
    path.write_bytes(data)
    return readers()["bigWig"].read(path)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_bigwig_written_by_hand_is_read(tmp_path, order, packed):
    # the second promoter is on the other strand, [8901, 9101): 49, 50, 50 and 50 bases of 1 to 4
    wanted = [3.0, (49 * 1 + 50 * 2 + 50 * 3 + 50 * 4) / 199]
    assert literal_eval(read(tmp_path, bigwig(packed=packed, order=order))) == pytest.approx(wanted, rel=1e-6)


def patched(at, form, value):
    data = bytearray(bigwig())
    struct.pack_into(form, data, at, value)
    return bytes(data)


INDEX = struct.unpack_from("<Q", bigwig(), 24)[0]
FIRST = INDEX + 48 + 4  # the first leaf of the index
DAMAGED = {
    "2^60 contigs": patched(64 + 16, "<Q", 2**60),
    "names of 4 GB": patched(64 + 8, "<I", 2**32 - 1),
    "a node of 65,535 contigs": patched(64 + 32 + 2, "<H", 65535),
    "an inner node that points at itself": patched(64 + 32, "<B", 0),
    "blocks of 4 GB": patched(52, "<I", 2**32 - 1),
    "65,535 zoom levels": patched(6, "<H", 65535),
    "index outside": patched(24, "<Q", 2**63),
    "index that is none": patched(24, "<Q", 64),
    "a node of 65,535 blocks": patched(INDEX + 48 + 2, "<H", 65535),
    "an inner index node": patched(INDEX + 48, "<B", 0),
    "a node of kind 7": patched(INDEX + 48, "<B", 7),
    "a block outside": patched(FIRST + 16, "<Q", 2**62),
    "a block of 2^62 bytes": patched(FIRST + 24, "<Q", 2**62),
    "a block inside the next": patched(FIRST + 24, "<Q", 120),
    "a block of a contig that is not there": patched(FIRST + 32, "<I", 9),
    "contig number twice": patched(64 + 32 + 4 + 12 + 4, "<I", 0),
    "an infinite value": bigwig([(0, 900, 1100, bedgraph(0, [(900, 1100, float("inf"))]))]),
    "values on top of each other": bigwig([(0, 900, 1100, bedgraph(0, [(900, 1100, 1.0)] * 60_000))]),
    "more items than bytes": bigwig([(0, 900, 1100, bedgraph(0, [(900, 1100, 1.0)])[:-12])]),
    "a section without a head": bigwig([(0, 900, 1100, b"abc")]),
    "a section of kind 9": bigwig(
        [(0, 900, 1100, bedgraph(0, [(900, 1100, 1.0)]).replace(b"\1\0\1\0", b"\x09\0\1\0"))]
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_bigwig(name, tmp_path):
    with pytest.raises(InputError):
        read(tmp_path, DAMAGED[name])


def test_a_value_that_is_no_number_is_no_value(tmp_path):
    data = bigwig([(0, 900, 1100, bedgraph(0, [(900, 1000, float("nan")), (1000, 1100, 4.0)]))])
    assert read(tmp_path, data) == "[4.0, nan]"


def test_a_number_without_end_names_no_gene(rarml):
    """Python refuses to read 5,000 digits: every command that resolves names fell over one in a list of numbers."""
    assert "none of the 1 names is a gene" in rarml("score", "-", "--model", "mcf-7", stdin="9" * 5000).fault()
    # digits of another script were read as the Entrez id of TP53
    assert "none of the 1 names is a gene" in rarml("score", "٧١٥٧", "--model", "mcf-7").fault()


@pytest.mark.parametrize(
    "arguments", [("score", "a\udcff"), ("score", "RARB", "--title", "\udcff"), ("check", "\udcff.csv")]
)
def test_an_argument_that_is_not_utf8_is_one_line(rarml, arguments):
    """A report or table could not be written with it, which was found at the end of the work."""
    assert "�" in rarml(*arguments).fault()
    assert "this argument is not UTF-8 text" in rarml(*arguments).fault()


def test_a_name_of_5000_letters_does_not_hide_what_is_said_of_it(rarml):
    fault = rarml("score", "A" * 5000, "--model", "mcf-7").fault()
    assert "File name too long" in fault
    assert len(fault) < 1100


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"\xff\xfeR\0A\0", "NUL"),
        (b"RARB\xff", "not UTF-8"),
        (b"", "holds no gene"),
        (None, "standard input: is closed"),
    ],
)
def test_standard_input_that_is_no_text_is_one_line(given, said, tmp_path):
    command = [sys.executable, "-m", "rarml", "score", "-", "--model", "mcf-7"]
    environment = {**os.environ, "PYTHONPATH": str(REPO), "PYTHONIOENCODING": "utf-8:strict"}
    shell = ["sh", "-c", 'exec "$@" <&-', "sh", *command] if given is None else command
    ran = subprocess.run(shell, input=given, capture_output=True, env=environment, cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.count(b"\n") == 1
    assert said in ran.stderr.decode()


def test_standard_input_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"A" * (1 << 26) + b"A")))
    with pytest.raises(InputError, match="longer than 64 MiB"):
        read_standard_input(kind="gene list")


def test_names_that_yaml_cannot_hold_are_drafted_as_escapes(rarml, tmp_path):
    """`rarml init` put names of files into comments, where a line end began a key."""
    (tmp_path / "up\nseed: 1.gmt").write_text("S\tx\tRARB\tCYP26A1\tDHRS3\n")
    out = tmp_path / "a\nseed: 2.yaml"
    drafted = rarml("init", tmp_path / "up\nseed: 1.gmt", "--cell-type", "\ufffe\x7f\x85 x", "--out", out)
    assert drafted.status == 0, drafted.err
    settings = load_settings(out, TrainSettings)
    assert (settings.name, settings.cell_type, settings.seed) == (out.stem, "\ufffe\x7f\x85 x", TrainSettings().seed)


def test_scores_of_genes_that_no_atlas_knows_have_no_tracks(rarml, tmp_path):
    (tmp_path / "scores.tsv").write_bytes(readers()["scores"].valid.replace(b"ENSG0", b"ENSG9"))
    ran = rarml("export", tmp_path / "scores.tsv", "--out", tmp_path / "out")
    assert ran.status == 0, ran.err
    assert "2 genes are not in the atlas" in ran.out + ran.err


def test_a_role_of_columns_is_given_once(rarml, tmp_path):
    (tmp_path / "de.csv").write_bytes(readers()["DESeq2"].valid)
    fault = rarml("train", tmp_path / "de.csv", "--columns", "id=gene,id=padj", "--out", tmp_path / "m").fault()
    assert "gives a role twice" in fault


@pytest.mark.parametrize("parse", [lambda text: parse_json(text, where="x"), parse_yaml])
@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"\\udfff": 1}', '{"a": ["b", {"c": "x\\udc00"}]}'])
def test_half_a_letter_is_no_text(parse, text):
    with pytest.raises((InputError, yaml.YAMLError), match="half a letter"):
        parse(text)


def test_a_letter_in_two_escapes_is_whole():
    assert parse_json('{"a": "\\ud83d\\ude00"}', where="x") == {"a": "😀"}


def test_an_interrupt_while_the_command_line_loads_is_no_traceback(monkeypatch, capsys):
    class Interrupted:
        def find_spec(self, name, path=None, target=None):
            if name == "rarml.cli.app":
                raise KeyboardInterrupt
            return None

    from rarml.__main__ import main

    monkeypatch.delitem(sys.modules, "rarml.cli.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 130
    assert capsys.readouterr().err == "rarml: stopped; nothing half-written was left behind\n"
