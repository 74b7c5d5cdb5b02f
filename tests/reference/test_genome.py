"""Every genome format gives the same letters for the same window, N outside, and one clear error for a bad file."""

import gzip
import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.core.errors import InputError, MissingPartError, RarmlError
from rarml.reference.contigs import GRCH38_LENGTHS
from rarml.reference.genome import open_genome

random.seed(5)
CONTIGS = {"chr1": "".join(random.choices("ACGTacgtN", k=997)), "2": "".join(random.choices("ACGT", k=301))}


def fasta(contigs: dict[str, str], width: int = 60) -> bytes:
    lines = []
    for name, bases in contigs.items():
        lines.append(f">{name} some words")
        lines += [bases[at : at + width] for at in range(0, len(bases), width)]
    return ("\n".join(lines) + "\n").encode()


def bgzip(data: bytes, block: int = 500) -> bytes:
    """BGZF as samtools writes it: gzip members with their size in an extra field, and an empty last block."""
    out = b""
    for at in [*range(0, len(data), block), len(data)]:
        chunk = data[at : at + block]
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = deflate.compress(chunk) + deflate.flush()
        head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25)
        out += head + body + struct.pack("<II", zlib.crc32(chunk), len(chunk))
    return out


def twobit(contigs: dict[str, str]) -> bytes:
    """UCSC 2bit, written from its description."""
    index, records = b"", b""
    base = 16 + sum(1 + len(name) + 4 for name in contigs)
    for name, bases in contigs.items():
        index += bytes([len(name)]) + name.encode() + struct.pack("<I", base + len(records))
        record = struct.pack("<I", len(bases))
        for runs in (_runs(bases, lambda c: c in "nN"), _runs(bases, str.islower)):
            record += struct.pack(f"<I{2 * len(runs)}I", len(runs), *[r[0] for r in runs], *[r[1] for r in runs])
        record += struct.pack("<I", 0)
        codes = ["TCAG".find(c.upper()) if c.upper() in "TCAG" else 0 for c in bases] + [0, 0, 0]
        for at in range(0, len(bases), 4):
            record += bytes([codes[at] << 6 | codes[at + 1] << 4 | codes[at + 2] << 2 | codes[at + 3]])
        records += record
    return struct.pack("<IIII", 0x1A412743, 0, len(contigs), 0) + index + records


def _runs(text, test):
    runs, at = [], 0
    while at < len(text):
        end = at
        while end < len(text) and test(text[end]):
            end += 1
        if end > at:
            runs.append((at, end - at))
        at = max(end, at + 1)
    return runs


@pytest.fixture(params=["plain", "gz", "bgzip", "2bit"])
def whole(request, tmp_path: Path) -> Path:
    content = fasta(CONTIGS)
    made = {
        "plain": lambda: content,
        "gz": lambda: gzip.compress(content),
        "bgzip": lambda: bgzip(content),
        "2bit": lambda: twobit(CONTIGS),
    }
    file = tmp_path / "genome"
    file.write_bytes(made[request.param]())
    return file


def test_whole_contigs(whole: Path) -> None:
    genome = open_genome(whole)
    assert genome.contigs == {"chr1": 997, "chr2": 301}
    truth = CONTIGS["chr1"]
    assert genome.fetch("chr1", 0, 997) == truth
    assert genome.fetch("1", 55, 66) == truth[55:66]
    assert genome.fetch("chr1", -5, 3) == "NNNNN" + truth[:3]
    assert genome.fetch("chr2", 299, 305) == CONTIGS["2"][299:] + "NNNN"
    assert genome.fetch("chr1", 5000, 5004) == genome.fetch("chr9", 0, 4) == "NNNN"
    assert genome.fetch("chr1", -9, -5) == "NNNN"
    assert genome.fetch("chr1", 7, 7) == ""
    assert "whole contigs" in genome.describe()
    assert sorted(p.name for p in whole.parent.iterdir()) == ["genome"], "nothing may be written beside the file"
    with pytest.raises(InputError, match="does not fit GRCh38: chr1 is 997"):
        genome.check_assembly("hg38")


def test_unpacked_copy_goes_with_the_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    file = tmp_path / "g.fa.gz"
    file.write_bytes(gzip.compress(fasta(CONTIGS)))
    genome = open_genome(file)
    assert list(scratch.iterdir())
    del genome
    assert not list(scratch.iterdir())


def test_index_beside_the_file_is_used(tmp_path: Path) -> None:
    file = tmp_path / "g.fa"
    file.write_bytes(b">chr1\nACGT\n>chr2\nTTTT\n")
    (tmp_path / "g.fa.fai").write_text("chr1\t4\t6\t4\t5\nchr2\t4\t17\t4\t5\n")
    genome = open_genome(file)
    assert genome._fasta.indexname == str(tmp_path / "g.fa.fai")
    assert genome.fetch("chr2", 0, 4) == "TTTT"


@pytest.mark.parametrize(
    "index",
    ["chr1\t4\t6\t4\t5\n", "chr1\t3\t7\t4\t5\nchr2\t4\t17\t4\t5\n", "chr2\t4\t6\t4\t5\nchr1\t4\t17\t4\t5\n", "chr1\t9"],
    ids=["half", "shifted", "other names", "cut short"],
)
def test_index_of_another_file_is_not_believed(tmp_path: Path, index: str) -> None:
    file = tmp_path / "g.fa"
    file.write_bytes(b">chr1\nACGT\n>chr2\nTTTT\n")
    (tmp_path / "g.fa.fai").write_text(index)
    genome = open_genome(file)
    assert genome.contigs == {"chr1": 4, "chr2": 4}
    assert genome.fetch("chr1", 0, 4) + genome.fetch("chr2", 0, 4) == "ACGTTTTT"


BASES = "".join(random.choices("ACGTacgt", k=400))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 380), st.integers(1, 120)), min_size=1, max_size=12),
    st.integers(-20, 400),
    st.integers(0, 60),
)
def test_pieces_give_what_they_cover(spans: list[tuple[int, int]], start: int, length: int) -> None:
    import tempfile

    pieces = [(first, min(400, first + size)) for first, size in spans]
    covered = [any(a <= at < b for a, b in pieces) for at in range(400)]
    text = "".join(f">10:{a}-{b} tier=A\n{BASES[a:b]}\n" for a, b in pieces)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "p.fa"
        file.write_text(text)
        genome = open_genome(file)
    expected = "".join(BASES[at] if 0 <= at < 400 and covered[at] else "N" for at in range(start, start + length))
    assert genome.fetch("chr10", start, start + length) == expected
    assert genome.contigs == {"chr10": None}
    assert genome.ends == {"chr10": max(b for _, b in pieces)}


def test_pieces_that_disagree_become_n(tmp_path: Path) -> None:
    file = tmp_path / "p.fa"
    file.write_text(">chr1:0-4\nACNT\n>chr1:2-6\nGAGG\n")
    genome = open_genome(file)
    assert genome.fetch("chr1", 0, 6) == "ACGNGG"
    assert "1 bases unknown because overlapping pieces disagree" in genome.describe()


def test_samtools_names_are_read_as_closed(tmp_path: Path) -> None:
    file = tmp_path / "p.fa"
    file.write_text(">chr1:11-14\nACGT\n>chr1:21-22\nGG\n")
    genome = open_genome(file)
    assert genome.fetch("chr1", 9, 15) == "NACGTN"
    assert "1-based closed" in genome.describe()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b">chr1:0-4\nACG\nT\n>chr1:10-14\nAC\n", r"p\.fa:4: piece 'chr1:10-14' holds 2 bases, its name says 4"),
        (b">chr1:0-4\nACGT\n>chr2\nAC\n", r"p\.fa:3: record 'chr2' is not named chrom:start-end"),
        (b">chr1:0-4\nACGT\n>chr1:5-6\nAC\n", "counts positions in another way"),
        (b">chr1:0-4\nAC!T\n", "holds '!', which is no base"),
        (b"chr1\t0\t4\n", r"p\.fa:1: is not a genome"),
        (b"", "is empty"),
        (b">chr1\nACGT\nAC\nACGT\n", "cannot be indexed"),
        (b">chr1\nACGT\n>1\nACGT\n", "are both chr1"),
        (gzip.compress(fasta(CONTIGS), mtime=0)[:-30], "truncated"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "p.fa"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        open_genome(file)


def test_folder_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder, a genome file was expected"):
        open_genome(tmp_path)


def test_2bit_without_py2bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "py2bit", None)
    file = tmp_path / "g.2bit"
    file.write_bytes(twobit(CONTIGS))
    with pytest.raises(MissingPartError, match=r"pip install 'rarml\[twobit\]'"):
        open_genome(file)


@pytest.mark.parametrize("kept", [10, 20, 60, -1])
def test_damaged_2bit(tmp_path: Path, kept: int) -> None:
    file = tmp_path / "g.2bit"
    file.write_bytes(twobit(CONTIGS)[:kept])
    with pytest.raises(RarmlError, match="damaged"):
        open_genome(file)


def test_no_room_to_unpack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    file = tmp_path / "g.fa.gz"
    file.write_bytes(gzip.compress(fasta(CONTIGS)))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(InputError, match="set TMPDIR"):
        open_genome(file)


@pytest.mark.real_data
def test_sparse_genome_holds_the_r1_rare_of_cyp26a1_on_the_reverse_strand(real_data: Path) -> None:
    genome = open_genome(real_data / "sequence" / "hg38_sparse_promoters.fa.gz")
    genome.check_assembly("GRCh38")
    assert set(genome.contigs) == set(GRCH38_LENGTHS)
    complement = str.maketrans("ACGT", "TGCA")
    assert genome.fetch("chr10", 93_073_802, 93_073_819).translate(complement)[::-1] == "AGTTCACCCAAAGTTCA"
    assert genome.fetch("chr3", 25_427_262, 25_429_262) == "N" * 2000
    assert genome.fetch("chr10", 93_072_448, 93_072_452)[:2] == "NN"
