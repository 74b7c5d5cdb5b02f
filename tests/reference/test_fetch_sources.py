"""What can be fetched: places, published checksums, and ENCODE's records, however odd."""

import hashlib
import json

import pytest

from rarml.core.errors import InputError, RarmlError
from rarml.reference.fetch_sources import SOURCES, encode_facts, find_source, published_md5
from rarml.workflows import fetch as workflow

MD5 = hashlib.md5(b"genome").hexdigest()
HREF = "/files/ENCFF123ABC/@@download/ENCFF123ABC.bed.gz"


def record(**changes):
    facts = {"href": HREF, "md5sum": MD5, "file_size": 1000000, "status": "released", "assembly": "GRCh38"}
    return json.dumps({**facts, **changes})


@pytest.mark.parametrize(
    ("listing", "said"),
    [("", "lists no checksum"), (f"{'a' * 32}  x\n{'b' * 32}  ./x\n", "lists 2 checksums"), ("xyz  x", "lists no")],
)
def test_lists_of_sums_that_do_not_tell(listing, said):
    with pytest.raises(InputError, match=said):
        published_md5(listing, "x", where="here")


def test_lists_of_sums():
    assert published_md5(f"{'A' * 32} *x.gz\n{'b' * 32}  y\n", "x.gz", where="") == "a" * 32
    assert published_md5(f"{'c' * 32}  ./latest/x.gz\n", "x.gz", where="") == "c" * 32


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "no record"),
        ("[1]", "no record"),
        ("[" * 100_000, "no record"),
        (record(href="https://elsewhere.org/x.bed"), "no sound record"),
        (record(href="/files/ENCFF123ABC/@@download/../../../etc/passwd"), "is named|no sound"),
        (record(href="/files/ENCFF999ZZZ/@@download/x.bed"), "no sound record"),
        (record(href="/files/ENCFF123ABC/@@download/evil name.bed"), "is named"),
        (record(md5sum="xyz"), "no sound record"),
        (record(file_size=-1), "no sound record"),
        (record(file_size=0).replace("0,", "1e999,"), "no record"),
        (record(href=HREF + "?x=/.bashrc"), "no sound record"),
        (record(href="https://[x/files/ENCFF123ABC/"), "no sound record"),
        (record(status="revoked"), "is revoked"),
    ],
)
def test_records_of_encode_that_are_refused(text, said):
    with pytest.raises(InputError, match=said):
        encode_facts(text, "ENCFF123ABC", where="here")


def test_every_source_is_official_and_https():
    official = ("https://ftp.ebi.ac.uk/pub/databases/gencode/", "https://hgdownload.soe.ucsc.edu/")
    for source in SOURCES.values():
        assert source.url.startswith(official)
        assert source.sums.startswith(official)
        assert source.file.endswith(".gz")
        assert source.role in ("genome", "annotation")
    assert {"grch38", "t2t", "grcm39", "gencode-human", "gencode-mouse"} <= set(SOURCES)


def test_unknown_names_are_said():
    with pytest.raises(RarmlError, match="grch38"):
        find_source("GRCh83")
    with pytest.raises(RarmlError, match="nothing was named"):
        workflow.fetch([], "x")


def test_a_record_of_encode():
    url, md5, size, assembly = encode_facts(record(), "ENCFF123ABC", where="here")
    assert (url, md5, size, assembly) == ("https://www.encodeproject.org" + HREF, MD5, 1000000, "GRCh38")
