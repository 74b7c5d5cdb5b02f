"""Members of a folder that a manifest lists: inside it, plain files, and as they were written."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from rarml.core.errors import BundleError

_DIGEST = re.compile(r"[0-9a-f]{64}")
MEND = "restore the folder from where it came from"


def require_plain(file: Path) -> Path:
    """`file`, if it is a regular file and no link; a `BundleError` otherwise."""
    if file.is_symlink():
        raise BundleError("is a link, which a folder that is passed on may not hold", where=file, fix=MEND)
    if not file.is_file():
        raise BundleError("is missing" if not file.exists() else "is no regular file", where=file, fix=MEND)
    return file


def member(folder: Path, name: str, digest: object) -> Path:
    """The path of a listed member.

    Raises
    ------
    BundleError
        If the name leads out of the folder, the digest is no SHA-256, or the member is missing or a link.
    """
    path = PurePosixPath(name)
    odd = not name or "\\" in name or "\0" in name or ":" in name or name != str(path) or len(name) > 200
    if odd or path.is_absolute() or ".." in path.parts or name == ".":
        raise BundleError(f"names a file outside its folder: {name[:80]!r}", where=folder, fix=MEND)
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise BundleError(f"the digest of {name!r} is no SHA-256", where=folder, fix=MEND)
    file = folder
    for part in path.parts[:-1]:
        file = file / part
        if file.is_symlink():
            raise BundleError("is a link, which a folder that is passed on may not hold", where=file, fix=MEND)
    return require_plain(folder / name)


def matches(content: bytes, digest: str) -> bool:
    """Whether bytes have this hex SHA-256."""
    return hashlib.sha256(content).hexdigest() == digest
