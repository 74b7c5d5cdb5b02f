"""Model folders made by hand to deceive: each must be refused by name, and run nothing."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rarml.bundle.registry import models_folder

Tamper = Callable[[Path], None]
MARK = "/tmp/rarml-tampering-ran"


class _Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (MARK, "w"))


def payload() -> object:
    """An object whose pickle, if it is ever loaded, makes the file `MARK`."""
    return _Payload()


def manifest(edit: Callable[[dict[str, Any]], object], name: str = "bundle.json") -> Tamper:
    """Change the manifest's content."""

    def apply(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        edit(content)
        (folder / name).write_text(json.dumps(content))

    return apply


def raw(text: bytes, name: str = "bundle.json") -> Tamper:
    """Write these bytes in place of a file, digests left alone."""
    return lambda folder: (folder / name).write_bytes(text) and None


def forged(name: str, new: Callable[[bytes], bytes]) -> Tamper:
    """Change a file and its digest, so that the manifest agrees with it."""

    def apply(folder: Path) -> None:
        content = new((folder / name).read_bytes())
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        manifest(lambda facts: facts["files"].update({name: digest}))(folder)

    return apply


def packed(edit: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    """Change the JSON inside xz."""

    def new(content: bytes) -> bytes:
        facts = json.loads(lzma.decompress(content))
        edit(facts)
        return lzma.compress(json.dumps(facts).encode(), preset=0)

    return new


def _tree(boosters: dict[str, Any]) -> dict[str, Any]:
    trees = boosters["0-1"]["booster"]["learner"]["gradient_booster"]["model"]["trees"]
    return next(tree for tree in trees if len(tree["left_children"]) > 2)


def _linear(facts: dict[str, Any]) -> dict[str, Any]:
    return next(iter(next(iter(facts["linear"].values())).values()))


def link_to(name: str) -> Tamper:
    def apply(folder: Path) -> None:
        shutil.move(folder / name, folder / "elsewhere")
        (folder / name).symlink_to("elsewhere")

    return apply


def _folder(folder: Path) -> None:
    (folder / "domain.json").unlink()
    (folder / "domain.json").mkdir()


def flip(name: str) -> Tamper:
    def apply(folder: Path) -> None:
        (folder / name).write_bytes(b"\xff" + (folder / name).read_bytes()[1:])

    return apply


FACTS, TREES = "model/crossfit.json.xz", "model/boosters.json.xz"
SETS, TEST = "conformal.json", "self_test.json"


def plain(edit: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    """Change plain JSON."""

    def new(content: bytes) -> bytes:
        facts = json.loads(content)
        edit(facts)
        return json.dumps(facts).encode()

    return new


def _table(edit: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[bytes], bytes]:
    def new(content: bytes) -> bytes:
        buffer = io.BytesIO()
        edit(pd.read_parquet(io.BytesIO(content))).to_parquet(buffer)
        return buffer.getvalue()

    return new


def not_utf8(column: str) -> Callable[[bytes], bytes]:
    """Put texts that are not UTF-8 into a column of a Parquet file, which Arrow itself lets pass."""

    def new(content: bytes) -> bytes:
        table, buffer = pq.read_table(io.BytesIO(content)), io.BytesIO()
        odd = pa.array([b"\xff%d" % row for row in range(len(table))], pa.binary()).view(pa.string())
        pq.write_table(table.set_column(table.column_names.index(column), column, odd), buffer)
        return buffer.getvalue()

    return new


def _shorter(domain: dict[str, Any]) -> None:
    for name in ("low", "high", "rarely_missing"):
        domain[name].pop()


def _other_answer(test: dict[str, Any]) -> None:
    answers = next(iter(test["expected"].values()))
    answers[next(iter(answers))] = 0.123


def set_to(key: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda content: content.update({key: value})


def _at(name: str, value: Any, place: int = 0) -> Callable[[dict[str, Any]], object]:
    return lambda boosters: _tree(boosters)[name].__setitem__(place, value)


def bundle_cases() -> dict[str, Tamper]:
    """What is done to a copy of a shipped model."""
    pickled = pickle.dumps(_Payload())
    first = "domain.json"
    return {
        "flipped byte": flip(TREES),
        "file missing": lambda f: (f / first).unlink(),
        "manifest missing": lambda f: (f / "bundle.json").unlink(),
        "file is a link": link_to(first),
        "file is a folder": _folder,
        "manifest is no JSON": raw(b"hello"),
        "manifest is a pickle": raw(pickled),
        "manifest is a list": raw(b"[1]"),
        "manifest with a NUL": raw(b"{\0}"),
        "manifest nested without end": raw(b"[" * 200_000),
        "manifest with a number of 5,000 digits": raw(b'{"format_version": ' + b"9" * 5000 + b"}"),
        "manifest with a key twice": raw(b'{"format_version": 3, "format_version": 3}'),
        "manifest with NaN": raw(b'{"format_version": NaN}'),
        "version of the future": manifest(set_to("format_version", 99)),
        "no version": manifest(lambda c: c.pop("format_version")),
        "half a letter in the cell type": manifest(set_to("cell_type", "\ud800")),
        "unknown field": manifest(set_to("exec", "import os")),
        "field of another type": manifest(set_to("columns", {"a": 1})),
        "path upwards": manifest(lambda c: c["files"].update({"../x": "0" * 64})),
        "absolute path": manifest(lambda c: c["files"].update({"/etc/passwd": "0" * 64})),
        "path with backslashes": manifest(lambda c: c["files"].update({"..\\x": "0" * 64})),
        "path with a NUL": manifest(lambda c: c["files"].update({"a\0b": "0" * 64})),
        "empty path": manifest(lambda c: c["files"].update({"": "0" * 64})),
        "digest cut short": manifest(lambda c: c["files"].update({first: "0" * 10})),
        "digest of another file": manifest(lambda c: c["files"].update({first: "0" * 64})),
        "member dropped from the list": manifest(lambda c: c["files"].pop(TREES)),
        "forged: pickle for trees": forged(TREES, lambda _: pickled),
        "forged: packed pickle": forged(FACTS, lambda _: lzma.compress(pickled)),
        "forged: xz cut short": forged(FACTS, lambda content: content[:-100]),
        "forged: xz bomb": forged(FACTS, lambda _: lzma.compress(b" " * 300_000_000, preset=0)),
        "forged: nesting without end": forged(FACTS, lambda _: lzma.compress(b"[" * 200_000)),
        "forged: a list": forged(FACTS, lambda _: lzma.compress(b"[]")),
        "forged: domain without numbers": forged(first, lambda _: b"{}"),
        "forged: domain with NaN": forged(first, lambda b: b.replace(b"[", b"[NaN, ", 1)),
        "forged: domain of other columns": forged(first, plain(_shorter)),
        "forged: domain is a pickle": forged(first, lambda _: pickled),
        "forged: domain nested without end": forged(first, lambda _: b"[" * 200_000),
        "forged: conformal sets of no folds": forged(SETS, plain(set_to("parts", []))),
        "forged: conformal sets of one fold": forged(SETS, plain(lambda c: c["parts"].pop())),
        "forged: conformal sets are a text": forged(SETS, plain(set_to("parts", "x"))),
        "forged: conformal scores missing": forged(SETS, plain(lambda c: c["parts"][0]["scores"][0].pop())),
        "forged: conformal counts of 10^15": forged(SETS, plain(lambda c: c["parts"][0].update(counts=[10**15] * 3))),
        "forged: conformal precision of 0": forged(SETS, plain(lambda c: c["parts"][0].update(precision=-1.0))),
        "forged: self-test with another answer": forged(TEST, plain(_other_answer)),
        "forged: self-test of no genes": forged(TEST, plain(lambda c: c.update(inputs={}, expected={}))),
        "forged: self-test that forgives all": forged(TEST, plain(set_to("tolerance", 1e9))),
        "forged: self-test without answers": forged(TEST, plain(lambda c: next(iter(c["expected"].values())).clear())),
        "forged: self-test of other columns": forged(TEST, plain(set_to("columns", ["a"]))),
        "forged: self-test is a list": forged(TEST, lambda _: b"[]"),
        "forged: self-test of texts": forged(TEST, plain(set_to("inputs", {"G": ["x"]}))),
        "forged: other columns than the manifest": manifest(lambda c: c["columns"].append("x")),
        "forged: other classes than the manifest": manifest(lambda c: c["classes"].reverse()),
        "forged: name with control letters": manifest(set_to("name", "nb4\x1b[2J")),
        "forged: predictions are a pickle": forged("predictions.parquet", lambda _: pickled),
        "forged: predictions of other columns": forged("predictions.parquet", _table(lambda t: t[t.columns[:1]])),
        "forged: predictions are texts": forged("predictions.parquet", _table(lambda t: t.astype(str))),
        "forged: predictions twice a gene": forged("predictions.parquet", _table(lambda t: pd.concat([t, t[:1]]))),
        "forged: predictions of genes that are not UTF-8": forged("predictions.parquet", not_utf8("gene_id")),
        "forged: labels that are not UTF-8": forged("labels.parquet", not_utf8("trained_as")),
        "forged: labels are a pickle": forged("labels.parquet", lambda _: pickled),
        "forged: labels without folds": forged("labels.parquet", _table(lambda t: t.drop(columns="fold"))),
        "forged: NaN weight": forged(FACTS, packed(lambda c: _linear(c)["coef"][0].__setitem__(0, float("nan")))),
        "forged: infinite weight": forged(
            FACTS,
            lambda b: (
                packed(lambda c: _linear(c)["coef"][0].__setitem__(0, 12345678))(b)
                and lzma.compress(json.dumps(_huge(json.loads(lzma.decompress(b)))).replace('"HUGE"', "1e999").encode())
            ),
        ),
        "forged: weights too few": forged(FACTS, packed(lambda c: _linear(c)["coef"][0].pop())),
        "forged: spread of 0": forged(FACTS, packed(lambda c: _linear(c)["spread"].__setitem__(0, 0.0))),
        "forged: negative stack": forged(FACTS, packed(lambda c: c["stacks"][0]["weight"][0].__setitem__(0, -5.0))),
        "forged: stack missing": forged(FACTS, packed(lambda c: c["stacks"].pop())),
        "forged: newer library": forged(FACTS, packed(set_to("xgboost", "99.0.0"))),
        "forged: library no version": forged(FACTS, packed(set_to("xgboost", {"a": 1}))),
        "forged: pair missing": forged(TREES, packed(lambda c: c.pop("0-1"))),
        "forged: child outside": forged(TREES, packed(_at("left_children", 2_000_000_000))),
        "forged: circle of nodes": forged(TREES, packed(_at("left_children", 0))),
        "forged: feature outside": forged(TREES, packed(_at("split_indices", 10_000_000))),
        "forged: arrays of unlike length": forged(TREES, packed(lambda c: _tree(c)["split_conditions"].pop())),
        "forged: leaf beyond reason": forged(TREES, packed(_at("split_conditions", 1e30, -1))),
        "forged: no trees": forged(TREES, packed(lambda c: c.clear())),
        "forged: another objective": forged(
            TREES, packed(lambda c: c["0-1"]["booster"]["learner"]["objective"].update(name="reg:squarederror"))
        ),
    }


def _huge(facts: dict[str, Any]) -> dict[str, Any]:
    _linear(facts)["coef"][0][0] = "HUGE"
    return facts


def open_bundle(folder: Path) -> object:
    """Open a model folder as scoring does."""
    from rarml.bundle.load import load_bundle
    from rarml.workflows.model_files import load_model

    bundle = load_bundle(folder)
    return load_model(bundle), bundle.predictions, bundle.labels


def copy_of(name: str, folder: Path) -> Path:
    """A copy of a shipped folder."""
    return Path(shutil.copytree(models_folder() / name, folder / name))
