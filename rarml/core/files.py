"""Reading and writing files so that a fault leaves the earlier result whole."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rarml.core.errors import InputError
from rarml.core.guarded import guarded
from rarml.core.strict_json import parse_json

_GZIP_MAGIC = b"\x1f\x8b"


def require_file(path: str | Path, *, kind: str = "file") -> Path:
    """The path of a readable, non-empty regular file, or an `InputError` that says what it is instead."""
    file = Path(path)
    try:
        file.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL; a folder that is a file
        why = getattr(error, "strerror", error)
        raise InputError(f"is no name of a {kind}: {why}", where=str(file)[:200]) from error
    if file.is_dir():
        raise InputError(f"is a folder, a {kind} was expected", where=file, fix="name the file inside it")
    if file.is_symlink() and not file.exists():
        raise InputError("is a link to nothing", where=file, fix="mend the link or name the file itself")
    if not file.exists():
        near = sorted(p.name for p in file.parent.glob(f"{file.stem[:4]}*"))[:3] if file.parent.is_dir() else []
        hint = f"nearby: {', '.join(near)}" if near else "check the path"
        raise InputError(f"no such {kind}", where=file, fix=hint)
    if not file.is_file():
        # a pipe would be waited for without end, and can be read only once
        raise InputError(f"is a pipe or device, a {kind} was expected", where=file, fix="save it as a regular file")
    if not os.access(file, os.R_OK):
        raise InputError("may not be read", where=file, fix="change its permissions, e.g. chmod u+r")
    if file.is_file() and file.stat().st_size == 0:
        raise InputError("is empty", where=file, fix=f"give a {kind} with content")
    return file


@contextmanager
def open_text(path: str | Path, *, kind: str = "file") -> Iterator[IO[str]]:
    """Open a plain or gzip text file (told by its first bytes, not its name) for reading.

    Raises
    ------
    InputError
        If it is missing, a folder, a pipe, unreadable, empty, truncated gzip, gzip of absurd size, or not UTF-8 text.
    """
    file = require_file(path, kind=kind)
    with file.open("rb") as probe:
        zipped = probe.read(2) == _GZIP_MAGIC
    try:
        source: Any = gzip.open(file, "rb") if zipped else file.open("rb")  # noqa: SIM115 - closed with the guard
        raw = guarded(source, file, 1 << 16)
        with io.TextIOWrapper(raw, encoding="utf-8-sig") as handle:
            yield handle
    except EOFError as error:
        raise InputError("gzip file is truncated", where=file, fix="copy or download it again") from error
    except (gzip.BadGzipFile, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"gzip file is damaged: {error}", where=file, fix="copy or download it again") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", where=file, fix=f"give a text {kind}, plain or gzip") from error


def sha256_file(path: str | Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sha256_text(text: str) -> str:
    """Hex SHA-256 of a string's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """A temporary path in the same folder that becomes `path` only if the block ends without error."""
    target = Path(path)
    _require_parent(target)
    with _writing(target):
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary folder that becomes `path` only if the block ends without error.

    Raises
    ------
    InputError
        If `path` exists and `overwrite` is false, or is not a folder.
    """
    target = Path(path)
    require_new(target, overwrite=overwrite)
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if target.exists():
            earlier = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
            target.rename(earlier / "was")
            temporary.rename(target)
            shutil.rmtree(earlier)
        else:
            temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def require_new(path: str | Path, *, overwrite: bool = False) -> Path:
    """`path`, if nothing stands there yet or it may be replaced; called before long work begins."""
    target = Path(path)
    if target.is_file():
        raise InputError("is a file, a folder was to be written", where=target, fix="choose another --out")
    if target.exists() and any(target.iterdir()) and not overwrite:
        raise InputError("exists already", where=target, fix="choose another --out, or replace it with --overwrite")
    above = next(parent for parent in target.absolute().parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise _unwritable(target, f"{above} is a file" if above.is_file() else f"{above} may not be written to")
    return target


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, value: Any) -> None:
    """Write JSON atomically, with sorted keys so that the same value gives the same bytes."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: str | Path) -> Any:
    """Read a JSON file; an `InputError` names the line of a fault (see `strict_json.parse_json`)."""
    with open_text(path, kind="JSON file") as handle:
        return parse_json(handle.read(), where=str(path))


def _require_parent(target: Path) -> None:
    if target.is_dir():
        raise InputError("is a folder, a file was to be written", where=target, fix="name a file")
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """What the system says against a new file or folder, as an `InputError`."""
    try:
        yield
    except OSError as error:
        raise _unwritable(target, error.strerror or str(error)) from error


def _unwritable(target: Path, why: str) -> InputError:
    return InputError(f"cannot be written: {why}", where=target, fix="choose another --out")
