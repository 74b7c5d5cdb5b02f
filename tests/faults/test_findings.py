"""Every input that the fuzzer found to end in a traceback or to kill the process, and what is said of it now."""

import struct
from ast import literal_eval

import pytest
from bigwig_bytes import bedgraph, bigwig
from readers import readers

from rarml.core.errors import InputError
from rarml.reference.contigs import assembly_of_accession, canonical_contig

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
