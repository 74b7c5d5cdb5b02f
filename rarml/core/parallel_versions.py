"""What must be the same in every worker for the same result: this code, the interpreter, the numeric libraries."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import rarml

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas", "torch", "distributed")


@cache
def versions() -> dict[str, str]:
    """Version by name; `rarml` with a digest of its source, so that two states of one version are told apart."""
    found = {"rarml": f"{rarml.__version__} ({_source_digest()})", "python": platform.python_version()}
    return found | {name: _version(name) for name in _LIBRARIES} | {"xgboost": _version("xgboost-cpu", "xgboost")}


def differences(here: dict[str, str], there: dict[str, str]) -> list[str]:
    """``numpy 2.4.6 here, 2.3.0 there`` for each that differs."""
    return [f"{name} {own} here, {there.get(name)} there" for name, own in here.items() if there.get(name) != own]


def _source_digest() -> str:
    digest = hashlib.sha256()
    root = Path(rarml.__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(f"{file.relative_to(root).as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:8]


def _version(*names: str) -> str:
    for name in names:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "not installed"
