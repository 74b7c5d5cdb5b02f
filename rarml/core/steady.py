"""Reading a folder that another run may replace meanwhile: all of one state, or one clear error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rarml.core.errors import InputError, RarmlError

Content = TypeVar("Content")
State = tuple[int, ...]
_ATTEMPTS = 3


def state_of(file: Path) -> State:
    """What changes when a file, or the folder that it lies in, is replaced; empty where there is none."""
    try:
        found, above = file.stat(), file.parent.stat()
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, above.st_ino)


def steady(manifest: Path, read: Callable[[], Content]) -> Content:
    """What `read` makes of a folder, read again if the folder's manifest was replaced meanwhile.

    Raises
    ------
    RarmlError
        That of `read`, if the folder stayed as it is.
    InputError
        If the folder was replaced at each of three attempts.
    """
    for _ in range(_ATTEMPTS):
        before = state_of(manifest)
        try:
            content = read()
        except (RarmlError, OSError):
            if state_of(manifest) == before:
                raise
            continue
        if state_of(manifest) == before:
            return content
    raise InputError("is being replaced", where=manifest.parent, fix="give the command again when that is done")


def unchanged(manifest: Path, opened: State, read: Callable[[], Content]) -> Content:
    """What `read` makes of a folder of which a part was read before, when its manifest was in the state `opened`.

    Raises
    ------
    InputError
        If the folder was replaced since, so that the two parts would not belong together.
    """
    try:
        content = read()
    except (RarmlError, OSError):
        if state_of(manifest) == opened:
            raise
    else:
        if state_of(manifest) == opened:
            return content
    raise InputError("was replaced since it was opened", where=manifest.parent, fix="give the command again")
