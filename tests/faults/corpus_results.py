"""Bad tables of orthologues and of earlier scores."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from corpus_case import ACCEPTED, SAME, Case, content, edited, flipped
from readers import readers


def orthologues() -> Iterator[Case]:
    name, valid = "orthologues", readers()["orthologues"].valid
    rat = valid.replace(b",ENSG", b",ENSRNOG")
    yield Case(name, "human genes of another species", content(rat), said="another species")
    swapped = b"human,mouse\n" + b"".join(valid.splitlines(keepends=True)[1:])
    yield Case(name, "columns exchanged", content(swapped), said="another species")
    for what, data, said in (
        ("no human column", b"mouse,rat,pig\nA,B,C\nD,E,F\n", "which column is the human"),
        (
            "human genes alone",
            b"human gene,human symbol\nENSG00000000001,AAA1\nENSG00000000002,B\n",
            "no column of the other",
        ),
        ("human column twice", b"mouse,human,human\nA,B,C\n", "twice"),
        ("no human gene in any row", b"mouse,human\nA,\nB,NA\n", "no human gene"),
        ("header only", b"mouse gene,human gene\n", "no human gene"),
        ("one column", b"mouse\nA\nB\n", "one column"),
        ("row cut short", valid[: valid.rindex(b",")], ":4"),
        ("a cell of 200,000 letters", valid + b"A" * 200_000 + b",B\n", ":5"),
        ("quotation mark left open", valid.replace(b"ENSMUSG00000000001", b'"ENSMUSG00000000001'), ":1"),
        ("old Excel file", b"\xd0\xcf\x11\xe0" + bytes(600), ""),
    ):
        yield Case(name, what, content(data), said=said)
    yield Case(name, "tabs", content(valid.replace(b",", b"\t")), SAME)
    yield Case(name, "semicolons", content(valid.replace(b",", b";")), SAME)
    yield Case(name, "rows in another order, one twice", content(valid + valid.splitlines(keepends=True)[1]), ACCEPTED,
        "'ENSMUSG00000000001': ('ENSG00000000001',)", "a repeated row says nothing new")  # fmt: skip
    yield edited(name, "a date for a gene", b"ENSG00000000001", b"1-Mar", ACCEPTED, "1-Mar", "unmapped when scored")
    yield edited(name, "mixed identifiers", b"ENSG00000000001", b"7157", ACCEPTED, "7157", "any identifier resolves")


def scores() -> Iterator[Case]:
    name, valid = "scores", readers()["scores"].valid
    for what, old, new, said in (
        ("text for a probability", b"0.75", b"high", ":2: p_up 'high' is no probability"),
        ("probability of 7", b"0.75", b"7", ":2"),
        ("probability below 0", b"0.75", b"-0.1", ":2"),
        ("infinite", b"0.5\t2", b"inf\t2", ":3"),
        ("underscore in a number", b"0.75", b"0_75", ":2"),
        ("broken rank", b"0.125\t1\t", b"0.125\t1.5\t", "rank '1.5' is no whole number"),
        ("rank beyond 64 bits", b"0.125\t1\t", b"0.125\t" + b"9" * 30 + b"\t", ":2"),
        ("distance of 5,000 digits", b"-90", b"9" * 5000, ":2"),
        ("answer of no model", b"mcf-7\tMCF-7\tcand", b"\tMCF-7\tcand", "model"),
        ("column twice", b"\trank\t", b"\tmodel\t", "'model' stands twice"),
        ("column missing", b"\tp_up\t", b"\tpup\t", "no column 'p_up'"),
        ("row cut short", b"\t2\t\t\n", b"\n", ":3"),
    ):
        yield edited(name, what, old, new, said=said)
    yield Case(name, "header only", content(valid.splitlines(keepends=True)[0]), said="no rows")
    yield Case(name, "quotation mark left open", content(valid.replace(b"RARB\tENSG", b'"RARB\tENSG')))
    yield edited(name, "a missing probability", b"0.75", b"", ACCEPTED, ",,0.125,", "an answer that is missing")
    for what, change in (
        ("text for a probability", {"p_up": ["high", "0.2"]}),
        ("lists for numbers", {"p_up": [[0.1], [0.2]]}),
        ("broken rank", {"rank": [1.5, 2]}),
        ("column missing", {"model": None}),
        ("bytes for text", {"p_unresponsive": [b"\xff", b"\xfe"]}),
    ):
        yield Case("scores, Parquet", what, _parquet(change))
    yield Case("scores, Parquet", "text that is not UTF-8", _not_utf8)
    whole = readers()["scores, Parquet"].valid
    yield Case("scores, Parquet", "footer flipped", content(flipped(whole, -20)))
    yield Case("scores, Parquet", "footer of 4 GB", content(whole[:-8] + b"\xff" * 4 + b"PAR1"))
    yield Case("scores, Parquet", "no rows", _parquet({}, rows=0), said="no rows")


def _not_utf8(path: Path) -> None:
    table = pq.read_table(io.BytesIO(readers()["scores, Parquet"].valid))
    odd = pa.array([b"\xff", b"RARB"], pa.binary()).view(pa.string())  # which Arrow itself lets pass
    pq.write_table(table.set_column(table.column_names.index("symbol"), "symbol", odd), path)


def _parquet(change: dict[str, Any], rows: int = 2) -> Callable[[Path], object]:
    """The table of scores as Parquet with some columns exchanged (None: left out)."""

    def write(path: Path) -> None:
        table = pd.read_parquet(io.BytesIO(readers()["scores, Parquet"].valid)).head(rows)
        gone = [column for column, values in change.items() if values is None]
        table.drop(columns=gone).assign(**{k: v for k, v in change.items() if v is not None}).to_parquet(path)

    return write
