"""Putting a finished file or folder in its place, and clearing up after runs that were killed."""

from __future__ import annotations

import contextlib
import ctypes
import glob
import os
import shutil
import sys
import tempfile
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.lock import hold, is_held, output_lock

PART, OLD = ".part", ".old"  # .{name}.xxxxxxxx.part is being written, .{name}.xxxxxxxx.old was moved out of the way
_AT_FDCWD, _EXCHANGE, _SWAP = -100, 2, 2


def new_part(target: Path, *, folder: bool) -> tuple[Path, int]:
    """An empty temporary file or folder beside `target`, and the descriptor that marks it as in use.

    What killed runs left for the same target is removed first.
    """
    clear_dead(target)
    prefix = f".{target.name}."
    while True:
        if folder:
            part = tempfile.mkdtemp(prefix=prefix, suffix=PART, dir=target.parent)
        else:
            descriptor, part = tempfile.mkstemp(prefix=prefix, suffix=PART, dir=target.parent)
            os.close(descriptor)
        with contextlib.suppress(FileNotFoundError):
            held = hold(Path(part))
            if held is not None:
                return Path(part), held


def put(part: Path, target: Path) -> None:
    """Make the folder `part` stand at `target`, where one may stand already: at each moment one of the two is there.

    Where the system cannot exchange two names in one step, a kill between two steps can leave `target` missing;
    `recover` then puts the earlier folder back.
    """
    part.chmod(0o755)
    if not target.exists():
        part.rename(target)
    elif exchange(part, target):
        remove(part)
    else:
        aside = part.with_suffix(OLD)
        target.rename(aside)
        try:
            part.rename(target)
        except OSError:
            aside.rename(target)
            raise
        remove(aside)


def exchange(first: Path, second: Path) -> bool:
    """Exchange two names of one file system in one step; False where the system cannot."""
    if os.name == "nt":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    one, two = os.fsencode(first), os.fsencode(second)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(one, two, ctypes.c_uint(_SWAP)) == 0)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(_AT_FDCWD, one, _AT_FDCWD, two, ctypes.c_uint(_EXCHANGE)) == 0)
    return False


def recover(target: Path) -> None:
    """Put back a folder that a killed run had moved out of the way, if nothing stands at `target`."""
    if target.exists() or not _beside(target, OLD):
        return
    with contextlib.suppress(InputError, OSError), output_lock(target):  # a living run is about to put its own there
        found = _beside(target, OLD)
        if found and not target.exists():
            max(found, key=lambda path: path.stat().st_mtime_ns).rename(target)


def clear_dead(target: Path) -> None:
    """Remove the temporaries of `target` that no living process holds, and an earlier result that was replaced."""
    recover(target)
    for path in _beside(target, PART):
        if is_held(path) is False:
            remove(path)
    if target.exists() and (old := _beside(target, OLD)):
        with contextlib.suppress(InputError), output_lock(target):
            for path in old:
                remove(path)


def remove(path: Path) -> None:
    """Remove a file or folder if it is there and may be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _beside(target: Path, ending: str) -> list[Path]:
    name = glob.escape(f".{target.name}.")
    try:
        return [path for path in target.parent.glob(f"{name}*{ending}") if len(path.name) == _length(target, ending)]
    except OSError:
        return []


def _length(target: Path, ending: str) -> int:
    return len(f".{target.name}.") + 8 + len(ending)
