"""Reference folders made by hand to deceive: a manifest, Parquet tables and memory-mapped bases."""

from __future__ import annotations

import hashlib
import io
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tampering import Tamper, manifest, not_utf8, payload, raw

NAME, BASES = "manifest.json", "sequences/bases.npy"


def reference_folder(folder: Path) -> Path:
    """A tiny reference with every part, untouched."""
    from rarml.reference.build import build_reference
    from rarml.reference.spec import load_reference_spec

    rng = np.random.default_rng(0)
    inputs = folder.with_name(f"{folder.name}-inputs")
    inputs.mkdir()
    genes, levels = ["#!genome-build GRCh38.p14"], ["id\tA\tB"]
    for number in range(6):
        start = 200 + 300 * number
        gene = f"ENSG{number:011d}"
        genes.append(
            f'1\tx\ttranscript\t{start}\t{start + 150}\t.\t+\t.\tgene_id "{gene}"; transcript_id "T{number}"; '
            f'gene_name "G{number}"; gene_biotype "protein_coding";'
        )
        levels.append(f"{gene}\t{number}.5\t2.0")
    files = {
        "a.gtf": genes,
        "g.fa": [">chr1:0-4000", "".join(rng.choice(list("ACGT"), 4000))],
        "e.tsv": levels,
        "p.bed": ["chr1\t180\t220\t1.0", "chr1\t480\t520\t2.0"],
        "s.tsv": ["cell\tmark\tfile", "K562\tATAC\tp.bed"],
        "spec.yaml": ["annotation: a.gtf", "genome: g.fa", "tracks: s.tsv", "expression: e.tsv", "window: [64, 48]"],
    }
    for name, lines in files.items():
        (inputs / name).write_text("\n".join(lines) + "\n")
    build_reference(load_reference_spec(inputs / "spec.yaml"), folder)
    return folder


def open_reference(folder: Path) -> object:
    """Open a reference and read some of each part."""
    from rarml.reference.store import Reference

    found = Reference.open(folder)
    assert found.sequences is not None
    found.sequences.codes(slice(0, 2))
    return found


def forged(name: str, new: Callable[[bytes], bytes]) -> Tamper:
    """Change a file and its digest, so that the manifest agrees with it."""

    def apply(folder: Path) -> None:
        content = new((folder / name).read_bytes())
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        manifest(lambda facts: facts["files"].update({name: digest}), NAME)(folder)

    return apply


def _table(edit: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[bytes], bytes]:
    def new(content: bytes) -> bytes:
        buffer = io.BytesIO()
        edit(pd.read_parquet(io.BytesIO(content))).to_parquet(buffer)
        return buffer.getvalue()

    return new


def _array(value: Any, *, pickled: bool = False) -> Callable[[bytes], bytes]:
    def new(_: bytes) -> bytes:
        buffer = io.BytesIO()
        np.save(buffer, value, allow_pickle=pickled)
        return buffer.getvalue()

    return new


def _said_larger(content: bytes) -> bytes:
    """The same bytes under a header that says 2^40 rows."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": (2**40, 28)})
    return buffer.getvalue() + content[128:]


def _swap(folder: Path) -> None:
    one, two = folder / "genes.parquet", folder / "promoters.parquet"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (one, two)}
    manifest(lambda facts: facts["files"].update(digests), NAME)(folder)


def _link(name: str) -> Tamper:
    def apply(folder: Path) -> None:
        shutil.move(folder / name, folder.with_name("elsewhere"))
        (folder / name).symlink_to(folder.with_name("elsewhere"))

    return apply


def _set(key: str, value: Any) -> Tamper:
    return manifest(lambda facts: facts.update({key: value}), NAME)


def reference_cases() -> dict[str, Tamper]:
    """What is done to a reference."""
    pickled = pickle.dumps(payload())
    return {
        "bases cut short": lambda f: (f / BASES).write_bytes((f / BASES).read_bytes()[:-20]) and None,
        "digest of another file": manifest(lambda m: m["files"].update({BASES: "0" * 64}), NAME),
        "digest cut short": manifest(lambda m: m["files"].update({BASES: "0" * 10}), NAME),
        "digest no text": manifest(lambda m: m["files"].update({BASES: 7}), NAME),
        "table missing": lambda f: (f / "genes.parquet").unlink(),
        "table is a link": _link("genes.parquet"),
        "folder of bases is a link": _link("sequences"),
        "manifest is a link": _link(NAME),
        "manifest is a list": raw(b"[1]", NAME),
        "manifest is a pickle": raw(pickled, NAME),
        "manifest nested without end": raw(b"[" * 200_000, NAME),
        "manifest with a key twice": raw(b'{"kind": "rarml reference", "kind": "x"}', NAME),
        "version of the future": _set("format_version", 99),
        "no version": manifest(lambda m: m.pop("format_version"), NAME),
        "no files": manifest(lambda m: m.pop("files"), NAME),
        "files is a list": _set("files", [BASES]),
        "no window": manifest(lambda m: m.pop("window"), NAME),
        "window is a text": _set("window", "os.system"),
        "window of 2^60": _set("window", [2**60, 48]),
        "another window": _set("window", [400, 400]),
        "path upwards": manifest(lambda m: m["files"].update({"../x": "0" * 64}), NAME),
        "absolute path": manifest(lambda m: m["files"].update({"/etc/passwd": "0" * 64}), NAME),
        "bases dropped from the list": manifest(lambda m: m["files"].pop(BASES), NAME),
        "genes dropped from the list": manifest(lambda m: m["files"].pop("genes.parquet"), NAME),
        "forged: two tables swapped": _swap,
        "forged: a table that is a pickle": forged("genes.parquet", lambda _: pickled),
        "forged: a table cut short": forged("promoters.parquet", lambda content: content[:-40]),
        "forged: a table without its columns": forged("genes.parquet", _table(lambda t: t[["symbol"]])),
        "forged: names without their columns": forged("names.parquet", _table(lambda t: t[["name"]])),
        "forged: names of unknown kind": forged("names.parquet", _table(lambda t: t.assign(kind="evil"))),
        "forged: numbers for names": forged("names.parquet", _table(lambda t: t.assign(name=7))),
        "forged: names that are not UTF-8": forged("names.parquet", not_utf8("name")),
        "forged: genes that are not UTF-8": forged("genes.parquet", not_utf8("symbol")),
        "forged: promoters too few": forged("promoters.parquet", _table(lambda t: t.iloc[:2])),
        "forged: TSS is a text": forged("promoters.parquet", _table(lambda t: t.assign(tss="x"))),
        "forged: expression is a text": forged("expression.parquet", _table(lambda t: t.assign(A="x"))),
        "forged: bases cut short": forged(BASES, lambda content: content[:-20]),
        "forged: bases longer than stated": forged(BASES, lambda content: content + b"\0" * 280),
        "forged: bases of 2^40 rows": forged(BASES, _said_larger),
        "forged: bases of other rows": forged(BASES, _array(np.zeros((3, 28), np.uint8))),
        "forged: bases of another type": forged(BASES, _array(np.zeros((6, 28), np.float64))),
        "forged: bases of pickled objects": forged(
            BASES, _array(np.array([[payload()] * 28] * 6, dtype=object), pickled=True)
        ),
        "forged: bases are a pickle": forged(BASES, lambda _: pickled),
        "forged: signals of pickled objects": forged(
            "tracks/signal.npy", _array(np.array([[payload()]] * 6, dtype=object), pickled=True)
        ),
        "forged: signals of other rows": forged("tracks/signal.npy", _array(np.zeros((2, 1), np.float32))),
        "forged: signals cut short": forged("tracks/signal.npy", lambda content: content[:100]),
    }
