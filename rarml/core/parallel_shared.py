"""Shared data for local workers: arrays lie once in a raw file that all map into memory, the rest goes by the pipe.

The file holds bare array bytes and is never unpickled; what describes them (a pickle of a few kilobytes) comes from the
parent through the pipe of the task.
"""

from __future__ import annotations

import hashlib
import mmap
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_KEPT = 4
_ALIGNED = 64  # bytes; the widest vector load


@dataclass(frozen=True)
class Packed:
    """An object without its array bytes, which lie at `spans` (begin, size) of the file `path`."""

    digest: str
    header: bytes
    path: str
    spans: tuple[tuple[int, int], ...]


def pickled(shared: Any) -> tuple[str, bytes, list[memoryview]]:
    """SHA-256 of an object, its pickle without the bytes of its arrays, and these."""
    buffers: list[pickle.PickleBuffer] = []
    header = pickle.dumps(shared, protocol=5, buffer_callback=buffers.append)
    raws = [buffer.raw() for buffer in buffers]
    digest = hashlib.sha256(header)
    for raw in raws:
        digest.update(raw)
    return digest.hexdigest(), header, raws


def pack(shared: Any, folder: Path) -> Packed:
    """Write the arrays of an object into `folder`, unless they lie there already."""
    digest, header, raws = pickled(shared)
    spans, begin = [], 0
    for raw in raws:
        spans.append((begin, raw.nbytes))
        begin += -(-raw.nbytes // _ALIGNED) * _ALIGNED
    file = folder / digest
    if begin and not file.exists():
        with file.open("wb") as out:
            for (start, _), raw in zip(spans, raws, strict=True):
                out.seek(start)
                out.write(raw)
            out.truncate(begin)
    return Packed(digest, header, str(file), tuple(spans))


_known: dict[str, Any] = {}


def unpack(packed: Packed) -> Any:
    """The object, its arrays read-only; the last few are kept, so that each is mapped once."""
    if packed.digest not in _known:
        while len(_known) >= _KEPT:
            del _known[next(iter(_known))]
        views: list[memoryview] = []
        if any(size for _, size in packed.spans):
            with Path(packed.path).open("rb") as file:
                whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            views = [whole[begin : begin + size] for begin, size in packed.spans]
        else:
            views = [memoryview(b"") for _ in packed.spans]
        _known[packed.digest] = pickle.loads(packed.header, buffers=views)  # noqa: S301 - from the parent, not a file
    return _known[packed.digest]
