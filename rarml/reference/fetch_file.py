"""One file over the network: gone on with where it broke off, held against its published sum, then put in its place."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rarml.core.errors import InputError
from rarml.reference.fetch_part import Broken, Part, Progress
from rarml.reference.fetch_transport import Transport

TRIES = 6
"""Attempts in a row that come no further than those before, until fetching is given up."""
MOST_ATTEMPTS = 200
"""Attempts in all: a server that drops the line after every few bytes is given up as well."""


@dataclass(frozen=True)
class Fetched:
    """A file that is there and matches its published sum.

    Attributes
    ----------
    path : Path
    md5, sha256 : str
        Hex digests.
    size : int
        Bytes.
    received : int
        Bytes that came over the network this time.
    """

    path: Path
    md5: str
    sha256: str
    size: int
    received: int


def fetch_file(
    url: str,
    target: Path,
    md5: str,
    transport: Transport,
    *,
    size: int | None = None,
    progress: Progress = lambda done, total: None,
    wait: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Bring a file, unless it is there already.

    What has come so far is kept in ``{target}.part`` with the server's mark of its version in ``{target}.part.json``,
    and gone on with, now or in a later run, as long as the server still has that version.

    Parameters
    ----------
    url : str
    target : Path
        In a folder that exists.
    md5 : str
        Published sum, hex. It guards against accidents; https guards against others.
    transport : Transport
    size : int, optional
        Published number of bytes.
    progress : callable
    wait : callable
        Sleeps between attempts.

    Raises
    ------
    InputError
        If another file is at `target`, the disk is too small, or the file does not match what is published (what has
        come is then removed); or if the connection keeps breaking off (what has come is kept).
    """
    if target.exists():
        return _there(target, md5)
    part = Part(target)
    received = _collect(part, url, transport, size, progress, wait)
    found_md5, sha256, length = digests(part.path)
    if found_md5 != md5 or (size is not None and length != size):
        part.remove()
        said = f"MD5 {md5}" + (f", {size:,} bytes" if size is not None else "")
        fix = "it was removed: try again, and tell the provider if it happens twice"
        raise InputError(f"has MD5 {found_md5}, {length:,} bytes; published is {said}", where=url, fix=fix)
    part.put(target)
    return Fetched(target, md5, sha256, length, received)


def _collect(
    part: Part,
    url: str,
    transport: Transport,
    size: int | None,
    progress: Progress,
    wait: Callable[[float], None],
) -> int:
    """Attempts until the part is whole; the bytes received."""
    received, tries, furthest = 0, 0, part.held()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            return received + part.go_on(url, transport, size, progress)
        except Broken as broken:
            received += broken.received
            # judged by what is held, not by what came: a server that sends the same bytes again and again stands still
            tries = 1 if part.held() > furthest else tries + 1
            furthest = max(furthest, part.held())
            if tries >= TRIES or attempt == MOST_ATTEMPTS:
                fix = f"{part.held():,} bytes are kept; the same command goes on from there"
                raise InputError(f"cannot be fetched: {broken}", where=url, fix=fix) from broken
            wait(min(60.0, 2.0 ** (tries - 1)))
    raise AssertionError("unreachable")


def _there(target: Path, md5: str) -> Fetched:
    if not target.is_file():
        raise InputError("is no file", where=target, fix="choose another --out")
    found, sha256, length = digests(target)
    if found != md5:
        fix = "remove it to fetch it anew, or choose another --out"
        raise InputError("is there already, and is not what the provider publishes", where=target, fix=fix)
    return Fetched(target, md5, sha256, length, 0)


def digests(path: Path) -> tuple[str, str, int]:
    """Hex MD5 and SHA-256 of a file, and its bytes, in one reading."""
    md5, sha256, length = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            md5.update(block)
            sha256.update(block)
            length += len(block)
    return md5.hexdigest(), sha256.hexdigest(), length
