"""What `rarml reference fetch` can bring: each file's official place, and where its checksum is published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from rarml.core.errors import InputError, did_you_mean
from rarml.core.strict_json import parse_json

GENCODE = "https://ftp.ebi.ac.uk/pub/databases/gencode"
UCSC = "https://hgdownload.soe.ucsc.edu/goldenPath"
ENCODE = "https://www.encodeproject.org"
_HUMAN, _MOUSE = f"{GENCODE}/Gencode_human/release_48", f"{GENCODE}/Gencode_mouse/release_M37"
_OPEN = "free to use; cite GENCODE (10.1093/nar/gkac1071)"
_ACCESSION = re.compile(r"ENCFF[0-9]{3}[A-Z]{3}")
_MD5 = re.compile(r"[0-9a-f]{32}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


@dataclass(frozen=True)
class Source:
    """A file that can be fetched.

    Attributes
    ----------
    name : str
        What it is asked for by.
    what : str
        One line on what it is.
    url : str
        Where it lies; https.
    sums : str
        Where its MD5 is published: a list in the manner of md5sum, or (ENCODE) the file's record.
    role : str
        Key of a reference configuration that takes it: genome, annotation or tracks.
    terms : str
        What the provider asks of users.
    assembly : str
        The assembly that it is of; empty where only the provider knows.
    """

    name: str
    what: str
    url: str
    sums: str
    role: str
    terms: str
    assembly: str = ""

    @property
    def file(self) -> str:
        """The name that it gets here, chosen by us and never by a server; of a track the beginning of it."""
        if self.role == "tracks":
            return f"{self.name}.…"
        return urlsplit(self.url).path.rsplit("/", 1)[-1]


SOURCES = {
    one.name: one
    for one in (
        Source(
            "grch38",
            "human genome GRCh38, primary assembly, FASTA (about 0.8 GB)",
            f"{_HUMAN}/GRCh38.primary_assembly.genome.fa.gz",
            f"{_HUMAN}/MD5SUMS",
            "genome",
            _OPEN,
            "GRCh38",
        ),
        Source(
            "gencode-human",
            "GENCODE 48, genes of GRCh38, GTF (about 60 MB)",
            f"{_HUMAN}/gencode.v48.annotation.gtf.gz",
            f"{_HUMAN}/MD5SUMS",
            "annotation",
            _OPEN,
            "GRCh38",
        ),
        Source(
            "t2t",
            "human genome T2T-CHM13 v2.0 (hs1), FASTA (about 0.9 GB)",
            f"{UCSC}/hs1/bigZips/hs1.fa.gz",
            f"{UCSC}/hs1/bigZips/md5sum.txt",
            "genome",
            "free to use; cite Nurk 2022 (10.1126/science.abj6987)",
            "T2T-CHM13v2.0",
        ),
        Source(
            "grcm39",
            "mouse genome GRCm39, primary assembly, FASTA (about 0.8 GB)",
            f"{_MOUSE}/GRCm39.primary_assembly.genome.fa.gz",
            f"{_MOUSE}/MD5SUMS",
            "genome",
            _OPEN,
            "GRCm39",
        ),
        Source(
            "gencode-mouse",
            "GENCODE M37, genes of GRCm39, GTF (about 40 MB)",
            f"{_MOUSE}/gencode.vM37.annotation.gtf.gz",
            f"{_MOUSE}/MD5SUMS",
            "annotation",
            _OPEN,
            "GRCm39",
        ),
    )
}
"""The files by name; a track of ENCODE is asked for by its accession."""


def find_source(name: str) -> Source:
    """The file of a name or ENCODE accession.

    Raises
    ------
    InputError
        If there is none, with a suggestion.
    """
    if _ACCESSION.fullmatch(name.upper()):
        record = f"{ENCODE}/files/{name.upper()}/"
        terms = "free to use; cite the accession and the ENCODE consortium (10.1038/s41586-020-2493-4)"
        return Source(name.upper(), f"ENCODE file {name.upper()}", record, f"{record}?format=json", "tracks", terms)
    if name.lower() in SOURCES:
        return SOURCES[name.lower()]
    fix = f"{did_you_mean(name.lower(), SOURCES)}; tracks by ENCODE accession such as ENCFF123ABC"
    raise InputError(f"no file named {name!r} to fetch", fix=fix)


def published_md5(listing: str, file: str, *, where: str) -> str:
    """The MD5 of a file in a list of md5sum (``<md5>  <name>``, also with a path or ``*`` before the name).

    Raises
    ------
    InputError
        If the list does not name the file once.
    """
    found = {
        words[0].lower()
        for words in (line.split() for line in listing.splitlines())
        if len(words) == 2 and words[1].lstrip("*").rsplit("/", 1)[-1] == file and _MD5.fullmatch(words[0].lower())
    }
    if len(found) != 1:
        what = f"lists {len(found)} checksums of {file}" if found else f"lists no checksum of {file}"
        raise InputError(what, where=where, fix="the provider has changed its files: look for a newer rarml")
    return found.pop()


def encode_facts(record: str, accession: str, *, where: str) -> tuple[str, str, int, str]:
    """Address, MD5, bytes and assembly of an ENCODE file from its record (JSON).

    Raises
    ------
    InputError
        If the record is no such thing, or the file is not released.
    """
    try:
        facts = parse_json(record, where=where)
        address, md5, size = str(facts["href"]), str(facts["md5sum"]).lower(), int(facts["file_size"])
        status, assembly = str(facts.get("status", "")), str(facts.get("assembly", ""))
    except (InputError, ArithmeticError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("is no record of an ENCODE file", where=where, fix="check the accession") from error
    try:
        url = urljoin(ENCODE, address)
        parts = urlsplit(url)
    except ValueError as error:
        raise InputError("is no sound record of an ENCODE file", where=where, fix="check the accession") from error
    if (
        parts.query
        or parts.fragment
        or not _MD5.fullmatch(md5)
        or size <= 0
        or not url.startswith(f"{ENCODE}/files/{accession}/")
    ):
        raise InputError("is no sound record of an ENCODE file", where=where, fix="check the accession")
    if status != "released":
        raise InputError(f"is {status or 'not released'}", where=accession, fix="choose a released file")
    name = url.rsplit("/", 1)[-1]
    if not _FILE_NAME.fullmatch(name) or not name.startswith(accession):
        raise InputError(f"is named {name[:80]!r}", where=accession, fix="check the accession")
    return url, md5, size, assembly
