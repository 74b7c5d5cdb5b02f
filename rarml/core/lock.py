"""One run at a time per output: a lock beside it that the kernel releases when its process dies, however it dies."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rarml.core.errors import InputError

try:
    import fcntl
except ImportError:  # Windows has no such locks: two runs are then not kept apart
    fcntl = None  # type: ignore[assignment]

# "held by another"; everything else that flock may answer means that this file system has no locks
_BUSY = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}
_mine: dict[str, tuple[int, int]] = {}  # locked path: (thread, how often it was taken)
_guard = threading.Lock()


@contextmanager
def output_lock(target: str | Path) -> Iterator[None]:
    """Hold `target` for this run while the block lasts; the thread that holds it may take it again.

    The lock is ``.{name}.lock`` beside the target and goes with the block. After a kill the file is left, but nobody
    holds it: the next run takes it over and removes it. On a file system without locks, or where the lock cannot be
    made, the block runs without one.

    Raises
    ------
    InputError
        At once, if another run (process, host and start are named) writes to `target`.
    """
    given = Path(os.path.abspath(target))
    place = Path(os.path.realpath(given.parent)) / given.name
    key, thread = str(place), threading.get_ident()
    with _guard:
        holder, times = _mine.get(key, (thread, 0))
        if holder != thread:
            raise _busy(place, f"process {os.getpid()}, another thread of it")
        _mine[key] = (thread, times + 1)
    try:
        with contextlib.nullcontext() if times else _held_file(place):
            yield
    finally:
        with _guard:
            if times:
                _mine[key] = (thread, times)
            else:
                del _mine[key]


def is_held(path: Path) -> bool | None:
    """Whether a living process holds a file or folder (`hold`); None where that cannot be told."""
    if fcntl is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        return not _try(handle)
    except OSError:
        return None
    finally:
        os.close(handle)


def hold(path: Path) -> int | None:
    """Mark a file or folder as in use by this process until the descriptor is closed; None if it has just gone."""
    handle = os.open(path, os.O_RDONLY)
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)  # waits for the instant in which another run looks whether it is held
    if _is_at(handle, path):
        return handle
    os.close(handle)
    return None


@contextmanager
def _held_file(place: Path) -> Iterator[None]:
    file = place.with_name(f".{place.name}.lock")
    made = [parent for parent in place.parents if not parent.exists()]
    handle = _take(file, place)
    try:
        yield
    finally:
        if handle is not None:
            with contextlib.suppress(OSError):
                if _is_at(handle, file):
                    file.unlink()
            os.close(handle)
        for parent in made:  # made for the lock alone, where nothing was written in the end
            with contextlib.suppress(OSError):
                parent.rmdir()


def _take(file: Path, place: Path) -> int | None:
    """The descriptor of the locked file, or None where there is no lock to be had."""
    if fcntl is None:
        return None
    while True:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        except OSError:
            return None  # a folder that may not be written to: the write itself says so
        try:
            free = _try(handle)
        except OSError:
            with contextlib.suppress(OSError):
                file.unlink()
            os.close(handle)
            return None
        if not free:
            said = os.read(handle, 300).decode(errors="replace").strip()
            os.close(handle)
            raise _busy(place, said)
        if _is_at(handle, file):
            since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            with contextlib.suppress(OSError):  # a full disk: locked all the same, but nameless
                os.truncate(handle, 0)
                os.write(handle, f"process {os.getpid()} on {socket.gethostname()} since {since}".encode())
            return handle
        os.close(handle)  # its holder ended and removed it between our two steps


def _try(handle: int) -> bool:
    """Whether the lock could be had; an OSError where there are no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise
    return True


def _is_at(handle: int, file: Path) -> bool:
    try:
        there, ours = os.stat(file, follow_symlinks=False), os.fstat(handle)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _busy(place: Path, who: str) -> InputError:
    name = f": {who}" if who else ""
    return InputError(
        f"another run is writing to it{name}", where=place, fix="wait for it, stop it, or choose another --out"
    )
