"""Bad tables, workbooks, lists and tables of labels."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator

from corpus_case import ACCEPTED, SAME, Case, content, edited
from readers import readers


def tables() -> Iterator[Case]:
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
    yield edited("statuses", "unknown status", b"unresponsive", b"maybe", said=":3")
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
        yield edited("expression", what, old, new)
    yield Case("expression", "header only", content(b"gene_id\tcellA\n"))
    yield edited("sample sheet", "file not there", b"peaks.bed", b"other.bed", said=":2")
    yield edited("sample sheet", "no mark column", b"mark", b"marc", said="mark")
    yield edited("sample sheet", "huge cell", b"MCF-7", b"M" * 200_000, said=":2")
    yield Case("sample sheet", "header only", content(b"cell\tmark\tfile\n"))
    yield Case(
        "sample sheet", "file twice", content(readers()["sample sheet"].valid + b"A\tB\tpeaks.bed\n"), said="twice"
    )
    for what, old, new in (
        ("unknown tier", b"\tA\n", b"\tsure\n"),
        ("row cut short", b"\tB\n", b"\n"),
        ("row without a gene", b"ENSG00000000002", b""),
        ("gene with two tiers", b"ENSG00000000002", b"ENSG00000000001.7"),
        ("column twice", b"gene_id\ttier\n", b"gene_id\tgene_id\n"),
        ("blanks for tabs", b"\t", b" "),
    ):
        yield edited("tiers", what, old, new, said="tiers.tsv:")
    yield Case("tiers", "header only", content(b"gene_id\ttier\n"), said="no rows")
    yield from _label_files()
    yield from _count_files()
    yield edited("gene_info", "mouse", b"\n9606", b"\n10090", said="human")
    yield edited("gene_info", "row cut short", b"\t1\t1p\tx\tprotein-coding", b"\t1", said=":2")


def _label_files() -> Iterator[Case]:
    name, valid = "any label file", readers()["any label file"].valid
    mouse = valid.replace(b"RARB", b"ENSMUSG00000017491").replace(b"ENSG00000141510", b"ENSMUSG00000059552")
    yield Case(name, "mouse", content(mouse.replace(b"6648", b"ENSMUSG00000006818")), said="no row maps to a gene")
    for what, query, said in (
        ("a mouse gene among human ones", b"ENSMUSG00000017491", "an Ensembl gene of another species"),
        ("a date for a gene", b"1-Mar", "a date"),
        ("a date and time for a gene", b"2024-03-01 00:00:00", "a date"),
        ("a gene of no annotation", b"NOSUCHGENE", "unmapped"),
        ("a number of 5,000 digits for a gene", b"9" * 5000, "unmapped"),
        ("digits of another script for a gene", "٧١٥٧".encode(), "unmapped"),
        ("a gene id of a newer version", b"ENSG00000077092.99", "ENSG00000077092"),
        ("a gene twice by two names", b"TP53", "duplicated"),
    ):
        yield edited(name, what, b"RARB", query, ACCEPTED, said, "its row says so")
    yield Case(name, "header only", content(valid.splitlines(keepends=True)[0]), said="no rows")
    yield Case(name, "row cut short", content(valid[: valid.rindex(b",")]), said=":4")
    yield edited(name, "p of 7", b"0.95", b"7", said=":3")
    yield Case(name, "counts", content(b"gene,a,b,c\nRARB,1,2,3\nTP53,4,5,6\n"), said="counts")
    yield Case(name, "a set of mouse genes", content(b"S\tx\tENSMUSG00000017491\tTrp53x\n"), said="no row maps")


def _count_files() -> Iterator[Case]:
    name = "counts"
    for what, old, new, said in (
        ("text for a count", b"20", b"many", ":2"),
        ("broken count", b"20", b"2.5", ":2"),
        ("negative count", b"20", b"-2", ":2"),
        ("missing count", b"20", b"", ":2"),
        ("infinite", b"20", b"inf", ":2"),
        ("count beyond 64 bits", b"20", b"9" * 30, ":2"),
        ("count of 5,000 digits", b"20", b"9" * 5000, ":2"),
        ("underscore in a count", b"20", b"2_0", ":2"),
        ("sample twice", b"s3", b"s2", "twice"),
        ("sample missing", b"s2", b"s9", "s2"),
        ("row cut short", b",5,7", b",5", ":3"),
        ("quotation mark left open", b"AAA1", b'"AAA1', ":1"),
    ):
        yield edited(name, what, old, new, said=said)
    yield Case(name, "header only", content(b"gene,s1,s2,s3\n"), said="no rows")
    yield edited(name, "a date for a gene", b"AAA1", b"1-Mar", ACCEPTED, "1-Mar", "unmapped when labels are called")
    name = "samples of counts"
    yield edited(name, "sample twice", b"s2,", b"s1,", said=":3")
    yield edited(name, "sample without a name", b"s2,", b",", said=":3")
    yield edited(name, "column twice", b"batch", b"condition", said="twice")
    yield edited(name, "row cut short", b",DMSO,b", b",DMSO", said=":4")
    yield Case(name, "header only", content(b"sample,condition,batch\n"), said="no rows")


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


def workbooks() -> Iterator[Case]:
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


def lists() -> Iterator[Case]:
    yield Case("GMT", "set without genes", content(b"A\tb\n"), said=":1")
    yield Case("GMT", "blanks for tabs", content(readers()["GMT"].valid.replace(b"\t", b" ")), said=":1")
    yield Case("gene list", "comments only", content(b"# one\n# two\n"))
    yield Case(
        "gene list", "a name of 200,000 letters in a table", content(b"gene,x\n" + b"A" * 200_000 + b",1\nB,2\n")
    )
    yield Case("gene list", "gene twice", content(b"AAA1\nAAA1\n"), ACCEPTED, "AAA1", "repeats are kept and shown")
