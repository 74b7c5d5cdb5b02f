"""A byte stream that ends a read when the content is no text or unpacks to absurd size."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, cast

from rarml.core.errors import InputError

# Tables and annotations pack about 3 to 30 times; deflate cannot do more than 1,032.
MOST_RATIO = 200
ALWAYS_ALLOWED = 1 << 24


class GuardedBytes(io.RawIOBase):
    """Bytes of `source`, checked as they pass.

    Parameters
    ----------
    source : binary file
        Open for reading; closed with this object.
    path : Path
        The file on disk, for messages and its size.
    text : bool
        Refuse NUL bytes, which no text holds (UTF-16 and binary files do).

    Raises
    ------
    InputError
        While reading: at a NUL byte, or once more than 16 MiB have come out of a file 200 times smaller.
    """

    def __init__(self, source: IO[bytes], path: Path, *, text: bool = True):
        self._source = source
        self._path = path
        self._text = text
        self._passed = 0
        self._lines = 0
        self._most = max(ALWAYS_ALLOWED, MOST_RATIO * path.stat().st_size)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill `buffer` with checked bytes; their number, 0 at the end."""
        content = self._source.read(len(buffer))
        self._passed += len(content)
        if self._passed > self._most:
            raise InputError(
                f"unpacks to more than {MOST_RATIO} times its size",
                where=self._path,
                fix="is it a real data file? unpack it yourself if you trust it",
            )
        if self._text:
            nul = content.find(0)
            if nul >= 0:
                line = self._lines + content.count(b"\n", 0, nul) + 1
                fix = "a binary file or UTF-16: save it as UTF-8 text"
                raise InputError("holds NUL bytes, so it is no text", where=f"{self._path}:{line}", fix=fix)
            self._lines += content.count(b"\n")
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        """Close the source too."""
        if not self.closed:
            self._source.close()
        super().close()


def guarded(source: IO[bytes], path: Path, size: int) -> io.BufferedReader:
    """`source` behind a guard, with a buffer of `size` bytes; closing it closes the source."""
    # the type stubs ask for a private protocol (peek) that RawIOBase does not have and BufferedReader does not need
    return io.BufferedReader(cast("io.FileIO", GuardedBytes(source, path)), size)
