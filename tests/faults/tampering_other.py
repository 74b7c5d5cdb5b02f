"""Configurations that try to run something, and studies that were not written by a search."""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tampering import MARK, Tamper, payload

YAML = {
    "apply os.system": f"name: !!python/object/apply:os.system ['touch {MARK}']\n",
    "apply in a list": f"- !!python/object/apply:os.system ['touch {MARK}']\n",
    "apply as a key": f"? !!python/object/apply:os.system ['touch {MARK}']\n: x\n",
    "apply under a known key": f"model: !!python/object/apply:os.system ['touch {MARK}']\n",
    "new object": f"name: !!python/object/new:os.system ['touch {MARK}']\n",
    "new subprocess": f"name: !!python/object/new:subprocess.Popen [['touch', '{MARK}']]\n",
    "state of an object": "name: !!python/object:rarml.core.errors.RarmlError {what: x}\n",
    "name of a function": "name: !!python/name:os.system\n",
    "module": "name: !!python/module:os\n",
    "tuple": "name: !!python/tuple [a, b]\n",
    "unknown tag": "name: !run 'touch x'\n",
    "tag by URI": f"%TAG ! tag:yaml.org,2002:python/\n---\nname: !object/apply:os.system ['touch {MARK}']\n",
    "binary": "name: !!binary gASVAAAA\n",
    "merge key": "a: &a {name: x}\n<<: *a\n",
    "aliases without end": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
}


def yaml_cases() -> dict[str, Tamper]:
    """What is written as a configuration; the path is that of the file."""

    def write(text: str) -> Tamper:
        return lambda path: path.write_text(text) and None

    found = {name: write(text) for name, text in YAML.items()}
    found["pickle"] = lambda path: path.write_bytes(pickle.dumps(payload())) and None
    found["best.yaml with a tag"] = write(
        "# rarml tune wrote this\nname: toy\nmodel:\n  n_folds: !!python/object/apply:os.getpid []\n"
    )
    return found


def open_settings(path: Path) -> object:
    """Read a configuration as `rarml train --config` does."""
    from rarml.core.settings import load_settings
    from rarml.workflows.settings import TrainSettings

    return load_settings(path, TrainSettings)


def _lines(*lines: object) -> Tamper:
    return lambda path: path.write_text("".join(json.dumps(line) + "\n" for line in lines)) and None


def _new_study(**more: object) -> dict[str, object]:
    return {"op_code": 0, "worker_id": "w", "study_name": "toy", "directions": [1], **more}


def _tables(*statements: str) -> Tamper:
    def apply(path: Path) -> None:
        with sqlite3.connect(path) as database:
            for statement in statements:
                database.execute(statement)

    return apply


def study_cases() -> dict[str, Tamper]:
    """What lies where a study's journal (`.journal`) or SQLite file (`.db`) should be."""
    pickled = pickle.dumps(payload())
    raw: Callable[[bytes], Tamper] = lambda content: lambda path: path.write_bytes(content) and None  # noqa: E731
    attributes = {"op_code": 2, "worker_id": "w", "study_id": 0, "user_attr": {"rarml": ["a", "list"]}}
    trial = {"op_code": 4, "worker_id": "w", "study_id": 0, "datetime_start": "2026-01-01T00:00:00.000000"}
    return {
        "journal: random bytes": raw(bytes(range(256)) * 20 + b"\n"),
        "journal: a pickle": raw(pickled + b"\n"),
        "journal: no JSON": raw(b"hello\n"),
        "journal: lists": _lines([1], [2]),
        "journal: nested without end": raw(b"[" * 100_000 + b"\n"),
        "journal: a number of 5,000 digits": raw(b'{"op_code": ' + b"9" * 5000 + b"}\n"),
        "journal: unknown operation": _lines({"op_code": 99, "worker_id": "w"}),
        "journal: no operation": _lines({"worker_id": "w"}),
        "journal: directions of another kind": _lines(_new_study(directions="x")),
        "journal: to be maximised": _lines(_new_study(directions=[2])),
        "journal: a digest that is a list": _lines(_new_study(), attributes),
        "journal: trials of nobody": _lines(_new_study(), trial),
        "journal: a trial with an absurd date": _lines(_new_study(), {**trial, "datetime_start": "never"}),
        "journal: a distribution that names a class": _lines(
            _new_study(),
            {**trial, "distributions": {"x": '{"name": "os.system", "attributes": {}}'}, "params": {"x": 1}},
        ),
        "sqlite: random bytes": raw(bytes(range(256)) * 20),
        "sqlite: a pickle": raw(pickled),
        "sqlite: a header and nothing": raw(b"SQLite format 3\0" + b"\0" * 200),
        "sqlite: tables of another program": _tables(
            "CREATE TABLE studies (a TEXT)", "INSERT INTO studies VALUES ('x')"
        ),
        "sqlite: a version of the future": _tables(
            "CREATE TABLE alembic_version (version_num VARCHAR(32))",
            "INSERT INTO alembic_version VALUES ('v99.0.0')",
            "CREATE TABLE version_info (version_info_id INTEGER PRIMARY KEY, schema_version INTEGER, "
            "library_version VARCHAR(256))",
            "INSERT INTO version_info VALUES (1, 999, '99.0.0')",
        ),
    }


def open_study_at(path: Path, name: str) -> object:
    """Open a study as `rarml tune --resume` or `--storage sqlite:///…` does."""
    from rarml.training.study_store import open_storage, open_study

    url = f"sqlite:///{path}" if name.startswith("sqlite") else None
    with open_storage(path, url) as storage:
        return open_study(storage, "toy", {"labels": "x"}, alone=url is None)
