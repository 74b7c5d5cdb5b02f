"""Reading and writing files so that a fault leaves the earlier result whole."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import lzma
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rarml.core.errors import InputError
from rarml.core.guarded import guarded
from rarml.core.lock import output_lock
from rarml.core.plain_text import is_whole
from rarml.core.strict_json import parse_json
from rarml.core.swap import new_part, put, recover, remove

_GZIP_MAGIC = b"\x1f\x8b"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISK = {*_FULL, errno.EROFS}  # faults that only writing can have


def require_file(path: str | Path, *, kind: str = "file") -> Path:
    """The path of a readable, non-empty regular file, or an `InputError` that says what it is instead."""
    file = _named(path)
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


def _named(path: str | Path) -> Path:
    """`path`, if its name is UTF-8: a result records the names of its files, and no text can hold another one."""
    if not is_whole(str(path)):
        raise InputError("the name is not UTF-8", where=path, fix="rename it")
    return Path(path)


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
    """A temporary path in the same folder that becomes `path` only if the block ends without error.

    Raises
    ------
    InputError
        If it cannot be written: a full disk, a folder that may not be written to or was removed meanwhile.
    """
    target = _named(path)
    if target.is_dir():
        raise InputError("is a folder, a file was to be written", where=target, fix="name a file")
    with _part(target, folder=False) as temporary:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(target)


@contextmanager
def atomic_folder(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary folder that becomes `path` only if the block ends without error.

    Raises
    ------
    InputError
        If `path` exists and `overwrite` is false, or is not a folder; if another run writes to it; or if it cannot be
        written (a full disk, a folder that may not be written to or was removed meanwhile).
    """
    target = Path(path)
    with claimed(target, overwrite=overwrite), _part(target, folder=True) as temporary:
        yield temporary
        put(temporary, target)


@contextmanager
def claimed(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """`require_new`, with `path` kept from other runs while the block lasts; entered before long work begins."""
    with output_lock(path):
        recover(Path(path))
        yield require_new(path, overwrite=overwrite)


def require_new(path: str | Path, *, overwrite: bool = False) -> Path:
    """`path`, if nothing stands there yet or it may be replaced; called before long work begins."""
    target = _named(path)
    if target.is_file():
        raise InputError("is a file, a folder was to be written", where=target, fix="choose another --out")
    if target.exists() and any(target.iterdir()) and not overwrite:
        raise InputError("exists already", where=target, fix="choose another --out, or replace it with --overwrite")
    above = next(parent for parent in target.absolute().parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise _unwritable(target, f"{above} is a file" if above.is_file() else f"{above} may not be written to")
    return target


def require_new_file(path: str | Path, *, overwrite: bool = False) -> Path:
    """`path` for a file, if nothing stands there yet or it may be replaced."""
    target = _named(path)
    if target.is_dir():
        raise InputError("is a folder, a file was to be written", where=target, fix="choose another --out")
    if target.exists() and not overwrite:
        raise InputError("exists already", where=target, fix="choose another --out, or replace it with --overwrite")
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
    if not Path(path).parent.exists():
        recover(Path(path).parent)
    with open_text(path, kind="JSON file") as handle:
        return parse_json(handle.read(), where=str(path))


@contextmanager
def _part(target: Path, *, folder: bool) -> Iterator[Path]:
    """A temporary file or folder beside `target`, gone at the end; what the system says against it as `InputError`."""
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary, held = new_part(target, folder=folder)
    try:
        with _writing(target, temporary):
            yield temporary
    finally:
        remove(temporary)
        os.close(held)


class _Unwritable(InputError):
    """An output cannot be written."""


@contextmanager
def _writing(target: Path, part: Path | None = None) -> Iterator[None]:
    """What the system says against writing `part`, as an `InputError` on `target`; faults of other files pass."""
    try:
        yield
    except _Unwritable as error:  # a file inside a folder that is being written
        inside = part is not None and str(error.where).startswith(str(part))
        raise (_Unwritable(error.what, where=target, fix=error.fix) if inside else error) from error
    except OSError as error:
        named = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
        ours = not named or part is None or any(name == part or part in name.parents for name in named)
        if part is not None and not part.exists():
            raise _unwritable(target, "it was removed while it was written") from error
        if error.errno is None and "requested and" in str(error):  # how NumPy puts a short write
            raise _unwritable(target, os.strerror(errno.ENOSPC), full=True) from error
        if error.errno in _DISK or (ours and (named or part is None)):
            where = target if ours else named[0]
            raise _unwritable(where, error.strerror or str(error), full=error.errno in _FULL) from error
        raise


def _unwritable(target: Path, why: str, *, full: bool = False) -> InputError:
    fix = "make room there, or choose another --out" if full else "choose another --out"
    return _Unwritable(f"cannot be written: {why}", where=target, fix=fix)
