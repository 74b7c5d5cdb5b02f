"""Changes to a file that keep most of its structure: lines, fields, counts and offsets, the content of a gzip."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable

TOKENS = (
    b"\0", b"\t", b",", b'"', b"\r", b"\n", b"\xff", b"-1", b"0", b"1e999", b"-1e-400", b"nan", b"NA", b"", b"0x10",
    b"1_0", b"9" * 25, b"9" * 5000, b"4294967295", b"9223372036854775808", "²".encode(), "\u202e".encode(), b"#", b">",
    b"&a", b"*a", b"{", b"[", b"]", b"!!python/object:x", b"<<: *a", b"\x1f\x8b", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b" ", b"=", b";", b"%", b"%00", b"|", b"~", b"2024-99-99", b"chr1", b"chrUn_1", b"+", b"-", b".", b"true",
)  # fmt: skip
NUMBERS = (0, 1, 2, 3, 7, 8, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1)
LARGEST = 60_000

Change = Callable[[bytes, random.Random], bytes]


def mutated(data: bytes, rng: random.Random, others: tuple[bytes, ...] = ()) -> bytes:
    """One to six changes; `others` are files of the same kind to splice with."""
    if data[:2] == b"\x1f\x8b" and rng.random() < 0.6:
        try:
            inner = zlib.decompressobj(31).decompress(data, LARGEST)
        except zlib.error:
            inner = b""
        if inner:
            return gzip.compress(_changed(inner, rng, others), 1, mtime=0)
    return _changed(data, rng, others)


def _changed(data: bytes, rng: random.Random, others: tuple[bytes, ...]) -> bytes:
    for _ in range(rng.randint(1, 6)):
        if others and rng.random() < 0.05:
            other = rng.choice(others)
            data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
        else:
            data = rng.choice(CHANGES)(data, rng)
        data = data[:LARGEST] or b"\n"
    return data


def _flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    changed[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(changed)


def _token(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(TOKENS) + data[at:]


def _cut(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.randint(1, 40) :]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:to] + data[at:to] + data[to:]


def _move(data: bytes, rng: random.Random) -> bytes:
    at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:at] + data[to:] + data[at:to]


def _truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _field(data: bytes, rng: random.Random) -> bytes:
    """Put a token in place of a field of a line."""
    lines = data.split(b"\n")
    row = rng.randrange(len(lines))
    mark = next((m for m in (b"\t", b",", b": ", b" ") if m in lines[row]), b"\t")
    fields = lines[row].split(mark)
    fields[rng.randrange(len(fields))] = rng.choice(TOKENS)
    lines[row] = mark.join(fields)
    return b"\n".join(lines)


def _fields(data: bytes, rng: random.Random) -> bytes:
    """Swap, drop or repeat a field of a line."""
    lines = data.split(b"\n")
    row = rng.randrange(len(lines))
    mark = next((m for m in (b"\t", b",", b": ", b" ") if m in lines[row]), b"\t")
    fields = lines[row].split(mark)
    one, two = rng.randrange(len(fields)), rng.randrange(len(fields))
    if rng.random() < 0.5:
        fields[one], fields[two] = fields[two], fields[one]
    elif rng.random() < 0.5:
        del fields[one]
    else:
        fields.insert(one, fields[two])
    lines[row] = mark.join(fields)
    return b"\n".join(lines)


def _lines(data: bytes, rng: random.Random) -> bytes:
    """Swap, drop or repeat a line."""
    lines = data.split(b"\n")
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    if rng.random() < 0.4:
        lines[one], lines[two] = lines[two], lines[one]
    elif rng.random() < 0.5:
        del lines[one]
    else:
        lines.insert(one, lines[two])
    return b"\n".join(lines)


def _number(data: bytes, rng: random.Random) -> bytes:
    """Write a telling number over 1, 2, 4 or 8 bytes, in either byte order."""
    size = rng.choice((1, 2, 4, 8))
    at = rng.randrange(max(1, len(data) - size + 1))
    at -= at % size if rng.random() < 0.7 else 0
    wanted = rng.choice(NUMBERS) + rng.randint(-2, 2) if rng.random() < 0.7 else rng.randrange(max(1, 2 * len(data)))
    value = (wanted % 2 ** (8 * size)).to_bytes(size, rng.choice(("little", "little", "big")))
    return data[:at] + value + data[at + size :]


CHANGES: tuple[Change, ...] = (
    _flip, _token, _cut, _repeat, _move, _truncate, _field, _fields, _lines, _number, _number, _field,
)  # fmt: skip
