"""Bad files, one row each: the reader, what is done to its valid file, and what must happen."""

from __future__ import annotations

import gzip
import io
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from readers import Reader, readers

REFUSED = "refused"
SAME = "same"  # accepted, with the very answer of the valid file
ACCEPTED = "accepted"  # accepted, as the case's `why` states


@dataclass(frozen=True)
class Case:
    """One bad file.

    `make` writes it at a path; `said` must stand in the error; `why` states what is accepted and why.
    """

    reader: str
    name: str
    make: Callable[[Path], object]
    wanted: str = REFUSED
    said: str = ""
    why: str = ""


@cache
def bomb() -> bytes:
    """A gzip file of 20 kB that unpacks to 20 MB of letters on one line."""
    return gzip.compress(b"A" * 20_000_000, 9, mtime=0)


def content(data: bytes) -> Callable[[Path], object]:
    """Write these bytes."""
    return lambda path: path.write_bytes(data)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def cases() -> list[Case]:
    """The whole corpus."""
    return [case for reader in readers().values() for case in _common(reader)] + list(_own())


def _common(reader: Reader) -> Iterator[Case]:
    name, valid = reader.name, reader.valid
    noise = random.Random(name).randbytes(3000)
    yield Case(name, "empty", content(b""), said="empty")
    yield Case(name, "folder", Path.mkdir, said="is a folder")
    yield Case(name, "missing", lambda path: None, said="no such")
    yield Case(name, "pipe", os.mkfifo, said="pipe")
    yield Case(name, "link loop", _loop, said="link")
    yield Case(name, "random bytes", content(noise))
    yield Case(name, "gzip cut short", content(gzip.compress(noise * 3, mtime=0)[:4000]))
    yield Case(name, "gzip bomb", content(bomb()))
    page = content(b"<!DOCTYPE html>\n<html><body>404 not found</body></html>\n")
    if name == "gene list":
        yield Case(name, "page of a website", page, ACCEPTED, "404", "words are shown as unmapped, and `check` refuses")
    else:
        yield Case(name, "page of a website", page)
    if not reader.text:
        if name != "FASTA, bgzip":  # cut between blocks it is a shorter, whole file; its lengths tell (see below)
            yield Case(name, "cut in half", content(valid[: len(valid) // 2]))
        yield Case(name, "cut to 20 bytes", content(valid[:20]))
        return
    utf16 = valid.decode().encode("utf-16")
    yield Case(name, "UTF-16", content(utf16), said="UTF-8")
    yield Case(name, "UTF-16 without mark", content(utf16[2:]), said="NUL")
    yield Case(name, "NUL inside", content(valid[:30] + b"\0" + valid[30:]), said="NUL")
    yield Case(name, "Latin-1", content(valid + b"# caf\xe9\n"), said="UTF-8")
    yield Case(name, "blank lines only", content(b"\n\n  \n"))
    yield Case(name, "byte-order mark", content(b"\xef\xbb\xbf" + valid), REFUSED if name == "FASTA" else SAME)
    if not name.startswith("FASTA"):
        yield Case(name, "CRLF", content(valid.replace(b"\n", b"\r\n")), SAME)
        mixed = valid.replace(b"\n", b"\r\n", 1)
        yield Case(name, "mixed line ends", content(mixed), SAME)
        yield Case(name, "no line end at the end", content(valid.rstrip(b"\n")), SAME)
        yield Case(name, "gzip", content(gzip.compress(valid, mtime=0)), SAME)


def _edit(reader: str, name: str, old: bytes, new: bytes, wanted: str = REFUSED, said: str = "", why: str = "") -> Case:
    valid = readers()[reader].valid
    assert old in valid, (reader, name)
    return Case(reader, name, content(valid.replace(old, new, 1)), wanted, said, why)


def _own() -> Iterator[Case]:
    yield from _annotations()
    yield from _intervals()
    yield from _genomes()
    yield from _tables()
    yield from _workbooks()
    yield from _lists()
    yield from _settings()


def _annotations() -> Iterator[Case]:
    huge = b"9" * 5000
    for name in ("GTF", "GFF3"):
        for what, old, new in (
            ("negative start", b"\t1000\t2000", b"\t-1000\t2000"),
            ("start 0", b"\t1000\t2000", b"\t0\t2000"),
            ("end before start", b"\t1000\t2000", b"\t2000\t1000"),
            ("position beyond 64 bits", b"\t1000\t2000", b"\t1000\t99999999999999999999"),
            ("position of 5,000 digits", b"\t1000\t2000", b"\t1000\t" + huge),
            ("position with a point", b"\t1000\t2000", b"\t1000.5\t2000"),
            ("position with an underscore", b"\t1000\t2000", b"\t1_000\t2000"),
            ("position in superscript", b"\t1000\t2000", "\t1000\t2²".encode()),
            ("a column too few", b"\t.\t+\t.\t", b"\t.\t+\t"),
            ("blanks for tabs", b"\t", b" "),
        ):
            yield _edit(name, what, old, new)
        valid = readers()[name].valid
        yield Case(name, "cut inside a line", content(valid[: valid.rindex(b"\t.\t")]))
        yield Case(name, "blanks for all tabs", content(valid.replace(b"\t", b" ")))
        yield Case(name, "comments only", content(b"##gff-version 3\n# nothing\n"), said="comment")
    yield _edit("GTF", "no gene_id", b'gene_id "ENSG00000000001.1"; transcript_id', b"transcript_id", said="gene_id")
    yield _edit("GFF3", "transcript without ID", b"ID=t1;", b"", said="ID")
    lines = readers()["GFF3"].valid.splitlines(keepends=True)
    yield Case("GFF3", "child before parent", content(b"".join([lines[0], lines[2], lines[1], *lines[3:]])), SAME)
    gtf = readers()["GTF"].valid.splitlines(keepends=True)
    yield Case("GTF", "duplicate lines", content(b"".join([*gtf[:2], *gtf])), SAME)
    yield _edit("BED of TSSs", "end before start", b"\t999\t1000", b"\t1000\t999")
    yield _edit("BED of TSSs", "negative start", b"\t999\t", b"\t-1\t")
    yield _edit("BED of TSSs", "no strand", b"\t+\n", b"\t.\n", said=":1")
    yield _edit("BED of TSSs", "no gene", b"ENSG00000000001", b"", said=":1")
    yield _edit("BED of TSSs", "overflow", b"\t999\t1000", b"\t999\t" + b"9" * 25)
    yield _edit("BED of TSSs", "superscript", b"\t8999\t9000", "\t8999\t9²".encode(), said=":2")
    yield _edit("TSS table", "tss1 of 0", b"\t1000\n", b"\t0\n", said=":2")
    yield _edit("TSS table", "text for a position", b"\t1000\n", b"\there\n", said=":2")
    yield _edit("TSS table", "overflow", b"\t1000\n", b"\t" + huge + b"\n", said=":2")
    yield _edit("TSS table", "strand of another kind", b"\t+\t", b"\tplus\t", said=":2")
    yield _edit("TSS table", "row cut short", b"\t-\t9000", b"\t-", said=":3")
    yield Case("TSS table", "header only", content(b"gene_id\tchrom\tstrand\ttss1\n"))


def _intervals() -> Iterator[Case]:
    for name, first in (("BED", b"\t900\t1100"), ("narrowPeak", b"\t900\t1100")):
        for what, new in (
            ("negative start", b"\t-900\t1100"),
            ("end before start", b"\t1100\t900"),
            ("overflow", b"\t900\t99999999999999999999"),
            ("beyond any chromosome", b"\t900\t9999999999999"),
            ("5,000 digits", b"\t900\t" + b"1" * 5000),
            ("text", b"\tstart\tend"),
            ("two signs", b"\t--9\t1100"),
            ("superscript", "\t9²\t1100".encode()),
            ("column too few", b"\t900"),
        ):
            if new == b"\t900" and name != "BED":
                continue
            yield _edit(name, what, first, new, said=":1")
        yield _edit(name, "empty contig", b"chr1\t", b"\t", said="")
        yield Case(name, "header only", content(b"track name=x\n#chrom\tstart\tend\n"))
        yield Case(name, "commas", content(readers()[name].valid.replace(b"\t", b",")))
    yield _edit("narrowPeak", "signal no number", b"6.5", b"high", said=":1")
    quoted = b'chr1\t900\t1100\t"a\t1\t.\t6.5\t-1\t-1\t5\nchr1\t950\t1150\tb\t1\t.\t6.5\t-1\t-1\t5\n'
    peaks = b"".join([quoted, b'chr2\t8900\t9100\tc"\t1\t.\t3.5\t-1\t-1\t5\n'])
    yield Case("narrowPeak", "quotation marks in names", content(peaks), ACCEPTED, "3", "marks are part of the name")
    yield _edit("BED", "unsorted", b"chr2\t8900\t9100\n", b"chr2\t8900\t9100\nchr1\t5\t9\n", ACCEPTED, "", "any order")


def _genomes() -> Iterator[Case]:
    fasta = readers()["FASTA"].valid
    yield Case("FASTA", "header only", content(b">chr1\n"))
    yield Case("FASTA", "contig without bases", content(b">chr1\n>chr2\nACGT\n"))
    yield Case("FASTA", "uneven lines", content(b">chr1\nACGT\nACGTACGT\nACG\n"))
    yield Case("FASTA", "name twice", content(fasta + b">chr1\nACGT\n"))
    yield Case("FASTA", "two spellings of a contig", content(fasta + b">1\nACGTACGTAC\n"), said="both")
    yield Case("FASTA", "protein", content(b">chr1\nMKVLLAQEERFP\n>chr2\nMEEPQSDPSV\n"), said="no base")
    yield Case("FASTA", "no name", content(b">\nACGT\n"))
    yield Case("FASTA", "bases without header", content(b"ACGTACGT\n"), said=":1")
    yield Case("FASTA", "mixed line ends", content(b">chr1\nACGT\r\nACGT\nACGT\n"))
    yield Case("FASTA, gzip", "protein", content(gzip.compress(b">chr1\nMKVLLAQEERFP\n", mtime=0)), said="no base")
    yield Case("FASTA, gzip", "check sum flipped", content(_flip(readers()["FASTA, gzip"].valid, -6)))
    yield Case("FASTA, bgzip", "check sum flipped", content(_flip(readers()["FASTA, bgzip"].valid, 60)))
    yield Case("FASTA, bgzip", "cut inside a block", content(readers()["FASTA, bgzip"].valid[:130]))
    for what, old, new in (
        ("length of another than its name says", b"ACGTACGT\n>", b"ACGT\n>"),
        ("end before start", b"chr1:100-120", b"chr1:120-100"),
        ("no base", b"TTTT", b"TTXT"),
        ("whole chromosome among pieces", b"chr2:50-60", b"chr2"),
        ("overflow", b"chr2:50-60", b"chr2:50-" + b"9" * 30),
        ("5,000 digits", b"chr2:50-60", b"chr2:50-" + b"9" * 5000),
        ("no name", b">chr2:50-60", b">"),
    ):
        yield _edit("FASTA pieces", what, old, new)
    twobit = readers()["2bit"].valid
    at = 16 + 2 * 9  # the first record: bases, then the blocks
    yield Case("2bit", "more blocks than bytes", content(twobit[: at + 4] + b"\xff" * 4 + twobit[at + 8 :]))
    yield Case("2bit", "more bases than bytes", content(twobit[:at] + b"\xff" * 4 + twobit[at + 4 :]))
    yield Case("2bit", "offset outside", content(twobit[: at - 4] + b"\xff" * 4 + twobit[at:]))
    yield Case("2bit", "contigs without end", content(twobit[:8] + b"\xff" * 4 + twobit[12:]))
    yield Case("2bit", "no contig", content(twobit[:8] + b"\0" * 4 + twobit[12:]))
    outside = (100).to_bytes(4, "little") + (2**32 - 50).to_bytes(4, "little")
    block = twobit[at : at + 4] + (1).to_bytes(4, "little") + outside + twobit[at + 8 :]
    shifted = block[: at - 4] + (int.from_bytes(twobit[at - 4 : at], "little") + 8).to_bytes(4, "little") + block[at:]
    yield Case("2bit", "a block past the contig's end", content(shifted))
    bigwig = readers()["bigWig"].valid
    yield Case("bigWig", "wrong magic", content(b"\0\0\0\0" + bigwig[4:]))
    yield Case("bigWig", "index pointer outside", content(bigwig[:24] + b"\xff" * 8 + bigwig[32:]))
    yield Case("bigWig", "contig tree outside", content(bigwig[:8] + b"\xff" * 8 + bigwig[16:]))


def _flip(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 0xFF
    return bytes(changed)


def _tables() -> Iterator[Case]:
    for name in ("DESeq2", "edgeR", "limma", "Degust", "--columns"):
        valid = readers()[name].valid
        header, first, *_ = valid.splitlines(keepends=True)
        yield Case(name, "header only", content(header), said="no rows")
        yield Case(name, "row cut short", content(valid[: valid.rindex(b",")]))
        yield Case(name, "one column", content(b"gene\nAAA1\nBBB2\n"))
        yield Case(name, "colons", content(valid.replace(b",", b":")))
        yield Case(name, "no number", content(valid.replace(b"2.5", b"high", 1)))
        yield Case(name, "underscore in a number", content(valid.replace(b"2.5", b"2_5", 1)))
        yield Case(name, "other digits", content(valid.replace(b"2.5", "٢٫٥".encode(), 1)))
        yield Case(name, "p of 7", content(valid.replace(b"0.95", b"7", 1)), said=":3")
        yield Case(name, "p of -1", content(valid.replace(b"0.95", b"-1", 1)), said=":3")
        yield Case(name, "a cell of 200,000 letters", content(valid + b"A" * 200_000 + first[4:]))
        yield Case(name, "quotation mark left open", content(header + b'"' + first + valid[len(header) :]))
        yield Case(
            name, "a date for a gene", content(valid.replace(b"AAA1", b"1-Mar", 1)), ACCEPTED, "1-Mar", "unmapped"
        )
        tabs = valid.replace(b",", b"\t")
        yield Case(name, "tabs in a .csv", content(tabs), SAME)
    swallow = readers()["DESeq2"].valid.replace(b"padj\n", b"padj,note\n").replace(b"e-6\n", b'e-6,"a\n')
    yield Case("DESeq2", "marks that hide a row", content(swallow.replace(b"0.95\n", b'0.95,b"\n')), said="quotation")
    yield Case(
        "DESeq2",
        "fold changes missing",
        content(readers()["DESeq2"].valid.replace(b"2.5", b"NA").replace(b"0.01", b"NA")),
    )
    yield Case(
        "DESeq2", "column twice", content(readers()["DESeq2"].valid.replace(b"pvalue,padj", b"padj,padj")), said="twice"
    )
    yield _edit("statuses", "unknown status", b"unresponsive", b"maybe", said=":3")
    yield Case("statuses", "header only", content(b"gene,status\n"))
    for what, old, new in (
        ("negative", b"\t2\n", b"\t-2\n"),
        ("infinite", b"\t2\n", b"\tinf\n"),
        ("text", b"\t2\n", b"\thigh\n"),
        ("row cut short", b"\t0\t3", b"\t0"),
        ("sample twice", b"cellB", b"cellA"),
        ("huge cell", b"\t2\n", b"\t" + b"1" * 200_000 + b"\n"),
        ("mark left open", b"ENSG00000000001", b'"ENSG00000000001'),
    ):
        yield _edit("expression", what, old, new)
    yield Case("expression", "header only", content(b"gene_id\tcellA\n"))
    yield _edit("sample sheet", "file not there", b"peaks.bed", b"other.bed", said=":2")
    yield _edit("sample sheet", "no mark column", b"mark", b"marc", said="mark")
    yield _edit("sample sheet", "huge cell", b"MCF-7", b"M" * 200_000, said=":2")
    yield Case("sample sheet", "header only", content(b"cell\tmark\tfile\n"))
    yield Case(
        "sample sheet", "file twice", content(readers()["sample sheet"].valid + b"A\tB\tpeaks.bed\n"), said="twice"
    )
    yield _edit("gene_info", "mouse", b"\n9606", b"\n10090", said="human")
    yield _edit("gene_info", "row cut short", b"\t1\t1p\tx\tprotein-coding", b"\t1", said=":2")


def _sheet(change: Callable[[str], str], megabytes: int = 0) -> bytes:
    """The Excel table with its sheet's XML changed, and so many megabytes of zeros in the archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(readers()["Excel"].valid)) as old, zipfile.ZipFile(buffer, "w", 8) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content.decode()).encode() if part.endswith("sheet1.xml") else content)
        with new.open("big.bin", "w") as big:
            for _ in range(megabytes):
                big.write(bytes(1 << 20))
    return buffer.getvalue()


def _workbooks() -> Iterator[Case]:
    yield Case("Excel", "zip of nothing", content(b"PK\x05\x06" + b"\0" * 18))
    yield Case("Excel", "two letters", content(b"PK"))
    yield Case("Excel", "sheet is no XML", content(_sheet(lambda xml: "hello")))
    yield Case("Excel", "sheet cut short", content(_sheet(lambda xml: xml[:300])))
    yield Case("Excel", "sheet without rows", content(_sheet(lambda xml: re.sub("<row.*</row>", "", xml))))
    entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(n + 1)} "{f"&{chr(n)};" * 10}">' for n in range(97, 107)
    )
    laughs = _sheet(lambda xml: entity + "]>" + re.sub("<v>[^<]*</v>", "<v>&k;</v>", xml))
    yield Case("Excel", "entities without end", content(laughs))
    yield Case("Excel", "zip bomb", content(_sheet(lambda xml: xml, megabytes=300)))
    far = _sheet(lambda xml: xml.replace("</sheetData>", '<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'))
    yield Case("Excel", "a cell in the last column", content(far), said="columns")
    small = _sheet(lambda xml: re.sub('<dimension ref="[^"]*"', '<dimension ref="A1:B2"', xml))
    yield Case("Excel", "said smaller than it is", content(small), SAME)


def _lists() -> Iterator[Case]:
    yield Case("GMT", "set without genes", content(b"A\tb\n"), said=":1")
    yield Case("GMT", "blanks for tabs", content(readers()["GMT"].valid.replace(b"\t", b" ")), said=":1")
    yield Case("gene list", "comments only", content(b"# one\n# two\n"))
    yield Case(
        "gene list", "a name of 200,000 letters in a table", content(b"gene,x\n" + b"A" * 200_000 + b",1\nB,2\n")
    )
    yield Case("gene list", "gene twice", content(b"AAA1\nAAA1\n"), ACCEPTED, "AAA1", "repeats are kept and shown")


def _settings() -> Iterator[Case]:
    laughs = b"a: &a [x, x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 9)) for c in range(ord("b"), ord("k"))
    )
    for name in ("configuration", "reference spec"):
        valid = readers()[name].valid
        for what, data, said in (
            ("unknown key", valid + b"naem: x\n", "naem"),
            ("key twice", valid + valid.splitlines(keepends=True)[0], "twice"),
            ("python object", b"name: !!python/object/apply:os.system ['true']\n", "tag"),
            ("python module", b"name: !!python/module:os\n", "tag"),
            ("aliases without end", laughs, "alias"),
            ("nesting without end", b"[" * 100_000, "deep"),
            ("nested maps", b"{a: " * 20_000, "deep"),
            ("a list", b"- a\n- b\n", "no settings"),
            ("a text", b"hello\n", "no settings"),
            ("a number of 5,000 digits", b"name: " + b"9" * 5000 + b"\n", ""),
            ("an impossible date", b"name: 2024-99-99\n", ""),
            ("a tab for blanks", b"name:\n\t- x\n", ""),
            ("a colon too many", b"name: a: b\n", ":1"),
            ("a list as key", b"? [a, b]\n: c\n", ""),
            ("two documents", valid + b"---\n" + valid, ""),
            ("control letters", b"name: \x01\n", ""),
            ("number as key", b"1: 2\n", ""),
        ):
            yield Case(name, what, content(data), said=said)
    yield Case("configuration", "text for a number", content(b"bootstrap: many\n"), said="bootstrap")
    yield Case("configuration", "infinite", content(b"bootstrap: .inf\n"), said="bootstrap")
    yield Case("reference spec", "another species", content(b"assembly: rn7\nannotation: g.gtf\n"), said="assembly")
    yield Case(
        "reference spec", "window beyond bounds", content(b"annotation: g.gtf\nwindow: [99999999, 0]\n"), said="window"
    )
    yield Case("reference spec", "unknown variable", content(b"annotation: ${NO_SUCH_VARIABLE}/x\n"), said="NO_SUCH")
