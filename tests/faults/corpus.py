"""Bad files, one row each; `cases()` is the whole corpus."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from corpus_case import ACCEPTED, REFUSED, SAME, Case, content
from corpus_genomes import annotations, genomes, intervals, sequences
from corpus_results import orthologues, scores
from corpus_tables import lists, tables, workbooks
from readers import Reader, readers


@cache
def bomb() -> bytes:
    """A gzip file of 20 kB that unpacks to 20 MB of letters on one line."""
    return gzip.compress(b"A" * 20_000_000, 9, mtime=0)


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


def _own() -> Iterator[Case]:
    for part in (annotations, intervals, genomes, sequences, tables, workbooks, lists, orthologues, scores, _settings):
        yield from part()


def _settings() -> Iterator[Case]:
    laughs = b"a: &a [x, x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 9)) for c in range(ord("b"), ord("k"))
    )
    for name in ("configuration", "reference spec", "search space", "encoder settings"):
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
            ("half a letter", b'name: "\\ud800"\n', "half a letter"),
        ):
            yield Case(name, what, content(data), said=said)
    path = "space:\n  model.gradient.max_depth: {type: int, low: 2, high: %s}\n"
    for what, high in (("infinite end", ".inf"), ("end that is no number", ".nan"), ("end beyond all", "1.0e+300")):
        yield Case("search space", what, content((path % high).encode()), said="high")
    yield Case(
        "search space", "path that is no setting", content(b"space:\n  os.system: {type: int}\n"), said="os.system"
    )
    yield Case("encoder settings", "no network to speak of", content(b"network: {n_filters: 0}\n"), said="n_filters")
    yield Case("encoder settings", "infinite", content(b"network: {learning_rate: .inf}\n"), said="learning_rate")
    yield Case("configuration", "text for a number", content(b"bootstrap: many\n"), said="bootstrap")
    yield Case("configuration", "infinite", content(b"bootstrap: .inf\n"), said="bootstrap")
    yield Case("reference spec", "another species", content(b"assembly: rn7\nannotation: g.gtf\n"), said="assembly")
    yield Case(
        "reference spec", "window beyond bounds", content(b"annotation: g.gtf\nwindow: [99999999, 0]\n"), said="window"
    )
    yield Case("reference spec", "unknown variable", content(b"annotation: ${NO_SUCH_VARIABLE}/x\n"), said="NO_SUCH")
