"""Text from standard input, held to what is asked of a text file."""

from __future__ import annotations

import sys

from rarml.core.errors import InputError

NAME = "standard input"
_MOST = 1 << 26  # bytes; a million gene names are about 10 million


def read_standard_input(*, kind: str = "file") -> str:
    """All of standard input.

    Raises
    ------
    InputError
        If there is none, it is longer than 64 MiB, or it is not UTF-8 text (UTF-16 and binary files hold NUL bytes).
    """
    fix = f"give a {kind} as UTF-8 text"
    if sys.stdin is None:  # closed by whoever started the program
        raise InputError("is closed", where=NAME, fix=fix)
    source = getattr(sys.stdin, "buffer", None)
    if source is None:  # replaced by a stream of text, as notebooks and tests do
        return sys.stdin.read()
    content: bytes = source.read(_MOST + 1)
    if len(content) > _MOST:
        raise InputError(f"is longer than {_MOST >> 20} MiB", where=NAME, fix=f"save it as a {kind}")
    if b"\0" in content:
        raise InputError("holds NUL bytes, so it is no text", where=NAME, fix=fix)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", where=NAME, fix=fix) from error
