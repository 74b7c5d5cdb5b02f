"""Bad annotations, intervals and genomes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from corpus_case import ACCEPTED, SAME, Case, content, edited, flipped
from readers import readers


def annotations() -> Iterator[Case]:
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
            yield edited(name, what, old, new)
        valid = readers()[name].valid
        yield Case(name, "cut inside a line", content(valid[: valid.rindex(b"\t.\t")]))
        yield Case(name, "blanks for all tabs", content(valid.replace(b"\t", b" ")))
        yield Case(name, "comments only", content(b"##gff-version 3\n# nothing\n"), said="comment")
    yield edited("GTF", "no gene_id", b'gene_id "ENSG00000000001.1"; transcript_id', b"transcript_id", said="gene_id")
    yield edited("GFF3", "transcript without ID", b"ID=t1;", b"", said="ID")
    lines = readers()["GFF3"].valid.splitlines(keepends=True)
    yield Case("GFF3", "child before parent", content(b"".join([lines[0], lines[2], lines[1], *lines[3:]])), SAME)
    gtf = readers()["GTF"].valid.splitlines(keepends=True)
    yield Case("GTF", "duplicate lines", content(b"".join([*gtf[:2], *gtf])), SAME)
    yield edited("BED of TSSs", "end before start", b"\t999\t1000", b"\t1000\t999")
    yield edited("BED of TSSs", "negative start", b"\t999\t", b"\t-1\t")
    yield edited("BED of TSSs", "no strand", b"\t+\n", b"\t.\n", said=":1")
    yield edited("BED of TSSs", "no gene", b"ENSG00000000001", b"", said=":1")
    yield edited("BED of TSSs", "overflow", b"\t999\t1000", b"\t999\t" + b"9" * 25)
    yield edited("BED of TSSs", "superscript", b"\t8999\t9000", "\t8999\t9²".encode(), said=":2")
    yield edited("TSS table", "tss1 of 0", b"\t1000\n", b"\t0\n", said=":2")
    yield edited("TSS table", "text for a position", b"\t1000\n", b"\there\n", said=":2")
    yield edited("TSS table", "overflow", b"\t1000\n", b"\t" + huge + b"\n", said=":2")
    yield edited("TSS table", "strand of another kind", b"\t+\t", b"\tplus\t", said=":2")
    yield edited("TSS table", "row cut short", b"\t-\t9000", b"\t-", said=":3")
    yield Case("TSS table", "header only", content(b"gene_id\tchrom\tstrand\ttss1\n"))


def intervals() -> Iterator[Case]:
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
            yield edited(name, what, first, new, said=":1")
        yield edited(name, "empty contig", b"chr1\t", b"\t", said="")
        yield Case(name, "header only", content(b"track name=x\n#chrom\tstart\tend\n"))
        yield Case(name, "commas", content(readers()[name].valid.replace(b"\t", b",")))
    yield edited("narrowPeak", "signal no number", b"6.5", b"high", said=":1")
    quoted = b'chr1\t900\t1100\t"a\t1\t.\t6.5\t-1\t-1\t5\nchr1\t950\t1150\tb\t1\t.\t6.5\t-1\t-1\t5\n'
    peaks = b"".join([quoted, b'chr2\t8900\t9100\tc"\t1\t.\t3.5\t-1\t-1\t5\n'])
    yield Case("narrowPeak", "quotation marks in names", content(peaks), ACCEPTED, "3", "marks are part of the name")
    yield edited("BED", "unsorted", b"chr2\t8900\t9100\n", b"chr2\t8900\t9100\nchr1\t5\t9\n", ACCEPTED, "", "any order")


def genomes() -> Iterator[Case]:
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
    yield Case("FASTA, gzip", "check sum flipped", content(flipped(readers()["FASTA, gzip"].valid, -6)))
    yield Case("FASTA, bgzip", "check sum flipped", content(flipped(readers()["FASTA, bgzip"].valid, 60)))
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
        yield edited("FASTA pieces", what, old, new)
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


def sequences() -> Iterator[Case]:
    name, valid = "sequences to scan", readers()["sequences to scan"].valid
    for what, data, said in (
        ("bases without header", b"ACGTACGT\n", ":1"),
        ("header only", b">a\n", ":1"),
        ("no name", b">\nACGT\n", ":1"),
        ("protein", b">a\nMKVLLAQEERFP\n", ":2"),
        ("length of another than its name says", valid.replace(b"chr2:50-110", b"chr2:50-111"), "its name says"),
        ("contig without bases", b">a\n>b\nACGT\n", ":2"),
    ):
        yield Case(name, what, content(data), said=said)
    place = valid.replace(b"chr2:50-110", b"chr2:50-" + b"9" * 5000)
    yield Case(name, "place beyond any chromosome", content(place), ACCEPTED, "9999", "a name like any other")
    yield Case(name, "uneven lines", content(valid.replace(b"TTTTGGGGCC\nTTTT", b"TTTTGGGGCCTTTT", 1)), SAME)
    yield Case(name, "name twice", content(valid + b">a\nACGT\n"), ACCEPTED, "sequences=3", "each is scanned")
