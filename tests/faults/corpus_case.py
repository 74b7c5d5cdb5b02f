"""One bad file: the reader, what is done to its valid file, and what must happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from readers import readers

REFUSED = "refused"
SAME = "same"  # accepted, with the very answer of the valid file
ACCEPTED = "accepted"  # accepted, as the case's `why` states


@dataclass(frozen=True)
class Case:
    """One bad file.

    `make` writes it at a path; `said` must stand in the error; `why` states what is accepted and why.
    """

    reader: str
    name: str
    make: Callable[[Path], object]
    wanted: str = REFUSED
    said: str = ""
    why: str = ""


def content(data: bytes) -> Callable[[Path], object]:
    """Write these bytes."""
    return lambda path: path.write_bytes(data)


def edited(
    reader: str, name: str, old: bytes, new: bytes, wanted: str = REFUSED, said: str = "", why: str = ""
) -> Case:
    """The valid file with one piece of text exchanged, once."""
    valid = readers()[reader].valid
    assert old in valid, (reader, name)
    return Case(reader, name, content(valid.replace(old, new, 1)), wanted, said, why)


def flipped(data: bytes, at: int) -> bytes:
    """The file with all bits of one byte turned."""
    changed = bytearray(data)
    changed[at] ^= 0xFF
    return bytes(changed)
