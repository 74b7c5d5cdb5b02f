"""Model folders and atlases made by hand to deceive: each must be refused by name, and run nothing."""

from __future__ import annotations

import hashlib
import json
import lzma
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rarml.bundle.registry import models_folder

Tamper = Callable[[Path], None]
MARK = "/tmp/rarml-tampering-ran"


class _Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (MARK, "w"))


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


def _link_to(name: str) -> Tamper:
    def apply(folder: Path) -> None:
        shutil.move(folder / name, folder / "elsewhere")
        (folder / name).symlink_to("elsewhere")

    return apply


def _folder(folder: Path) -> None:
    (folder / "domain.json").unlink()
    (folder / "domain.json").mkdir()


def _flip(name: str) -> Tamper:
    def apply(folder: Path) -> None:
        (folder / name).write_bytes(b"\xff" + (folder / name).read_bytes()[1:])

    return apply


FACTS, TREES = "model/crossfit.json.xz", "model/boosters.json.xz"


def _set(key: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda content: content.update({key: value})


def _at(name: str, value: Any, place: int = 0) -> Callable[[dict[str, Any]], object]:
    return lambda boosters: _tree(boosters)[name].__setitem__(place, value)


def bundle_cases() -> dict[str, Tamper]:
    """What is done to a copy of a shipped model."""
    pickled = pickle.dumps(_Payload())
    first = "domain.json"
    return {
        "flipped byte": _flip(TREES),
        "file missing": lambda f: (f / first).unlink(),
        "manifest missing": lambda f: (f / "bundle.json").unlink(),
        "file is a link": _link_to(first),
        "file is a folder": _folder,
        "manifest is no JSON": raw(b"hello"),
        "manifest is a pickle": raw(pickled),
        "manifest is a list": raw(b"[1]"),
        "manifest with a NUL": raw(b"{\0}"),
        "manifest nested without end": raw(b"[" * 200_000),
        "manifest with a number of 5,000 digits": raw(b'{"format_version": ' + b"9" * 5000 + b"}"),
        "manifest with a key twice": raw(b'{"format_version": 3, "format_version": 3}'),
        "manifest with NaN": raw(b'{"format_version": NaN}'),
        "version of the future": manifest(_set("format_version", 99)),
        "no version": manifest(lambda c: c.pop("format_version")),
        "unknown field": manifest(_set("exec", "import os")),
        "field of another type": manifest(_set("columns", {"a": 1})),
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
        "forged: newer library": forged(FACTS, packed(_set("xgboost", "99.0.0"))),
        "forged: library no version": forged(FACTS, packed(_set("xgboost", {"a": 1}))),
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


def atlas_cases() -> dict[str, Tamper]:
    """What is done to a copy of the shipped atlas."""
    name = "manifest.json"
    return {
        "flipped byte": _flip("genes.parquet"),
        "file missing": lambda f: (f / "names.parquet").unlink(),
        "file is a link": _link_to("names.parquet"),
        "manifest is a list": raw(b"[1]", name),
        "manifest nested without end": raw(b"[" * 200_000, name),
        "version of the future": manifest(_set("format_version", 99), name),
        "no blocks": manifest(lambda c: c.pop("blocks"), name),
        "no files": manifest(lambda c: c.pop("files"), name),
        "block with a path": manifest(lambda c: c["blocks"].update({"../x": {}}), name),
        "path upwards": manifest(lambda c: c["files"].update({"../atlas/genes.parquet": "0" * 64}), name),
        "digest no text": manifest(lambda c: c["files"].update({"genes.parquet": 5}), name),
        "forged: a table that is a pickle": _forged_atlas(pickle.dumps(_Payload())),
        "forged: a table cut short": _forged_atlas(b"PAR1" + b"\0" * 100 + b"PAR1"),
    }


def _forged_atlas(content: bytes) -> Tamper:
    def apply(folder: Path) -> None:
        (folder / "genes.parquet").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        manifest(lambda facts: facts["files"].update({"genes.parquet": digest}), "manifest.json")(folder)

    return apply


def open_bundle(folder: Path) -> object:
    """Open a model folder as scoring does."""
    from rarml.bundle.load import load_bundle
    from rarml.workflows.model_files import load_model

    return load_model(load_bundle(folder))


def open_atlas(folder: Path) -> object:
    """Open an atlas."""
    from rarml.features.atlas_files import load_atlas

    return load_atlas(folder, columns=[])


def copy_of(name: str, folder: Path) -> Path:
    """A copy of a shipped folder."""
    return Path(shutil.copytree(models_folder() / name, folder / name))
