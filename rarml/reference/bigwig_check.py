"""Is this bigWig whole? Its tables and trees are walked before a library reads it and trusts every number in it.

The layout is that of the supplementary tables of Kent et al. 2010 (10.1093/bioinformatics/btq351): a header, a B+ tree
of the contigs, data blocks, and an R tree that says where each block lies. A damaged count or offset makes a reader ask
for memory without bound, follow a circle without end, or abort the process; here each is an error. Data blocks are not
unpacked: they carry check sums of their own, and the reader checks their content.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, Any

import numpy as np

from rarml.core.errors import InputError

_BIGWIG, _BIGBED, _CONTIGS, _INDEX = 0x888FFC26, 0x8789F2EB, 0x78CA8C91, 0x2468ACE0
_HEADER, _CONTIG_HEADER, _INDEX_HEADER, _ZOOM = 64, 32, 48, 24
_LONGEST_NAME = 1024  # bytes of a contig name
_LARGEST_BLOCK = 1 << 24  # bytes; a block holds no more than 65,535 items of 12 bytes
_DEEPEST = 32  # levels; a tree with 2 children per node would hold 4 thousand million


def check_bigwig(file: Path) -> None:
    """Check that every count, offset and size of a bigWig's header and trees fits the file.

    Takes time and memory by the size of the index, which is about a hundredth of the file.

    Raises
    ------
    InputError
        If it is no bigWig, is cut off, or its tables contradict themselves or the file's size.
    """
    try:
        with file.open("rb") as handle:
            _check(handle, file.stat().st_size)
    except ValueError as error:
        raise InputError(f"not a readable bigWig: {error}", where=file, fix="is it cut off?") from error


def _check(handle: IO[bytes], size: int) -> None:
    head = _take(handle, 0, _HEADER, size, "header")
    order = next((mark for mark in "<>" if struct.unpack(f"{mark}I", head[:4])[0] in (_BIGWIG, _BIGBED)), "")
    if not order:
        raise ValueError("it does not begin as one")
    magic, _, zooms, contigs, _, index, _, _, _, _, unpacked, _ = struct.unpack(f"{order}IHHQQQHHQQIQ", head)
    if magic == _BIGBED:
        raise ValueError("it is a bigBed; give peaks as BED or narrowPeak")
    if unpacked > _LARGEST_BLOCK:
        raise ValueError(f"its blocks are said to unpack to {unpacked:,} bytes")
    _take(handle, _HEADER, zooms * _ZOOM, size, "list of zoom levels")
    n_contigs = _check_contigs(handle, contigs, size, order)
    _check_index(handle, index, size, order, n_contigs)


def _check_contigs(handle: IO[bytes], at: int, size: int, order: str) -> int:
    """Walk the B+ tree of contigs; one more than the highest contig number."""
    magic, _, key, value, items, _ = struct.unpack(
        f"{order}IIIIQQ", _take(handle, at, _CONTIG_HEADER, size, "contig tree")
    )
    if magic != _CONTIGS:
        raise ValueError("its contig tree is not where the header says")
    if not 0 < key <= _LONGEST_NAME or value != 8 or not 0 < items <= size // (key + 8):
        raise ValueError(f"its contig tree is said to hold {items:,} names of {key:,} bytes")
    leaf = np.dtype([("name", "V", key), ("number", f"{order}u4"), ("length", f"{order}u4")])
    inner = np.dtype([("name", "V", key), ("child", f"{order}u8")])
    leaves = _walk(handle, at + _CONTIG_HEADER, size, order, leaf, inner, "contig tree")
    if len(leaves) != items:
        raise ValueError(f"its contig tree holds {len(leaves):,} contigs, {items:,} were said")
    names = leaves["name"].tolist()
    if len(set(names)) != len(names) or len(np.unique(leaves["number"])) != len(leaves):
        raise ValueError("it names a contig twice")
    if not (leaves["length"] > 0).all():
        raise ValueError("it has a contig without bases")
    return int(leaves["number"].max()) + 1


def _check_index(handle: IO[bytes], at: int, size: int, order: str, n_contigs: int) -> None:
    """Walk the R tree; its blocks must lie in the file, one after another."""
    header = _take(handle, at, _INDEX_HEADER, size, "index")
    if struct.unpack(f"{order}I", header[:4])[0] != _INDEX:
        raise ValueError("its index is not where the header says")
    where = [(name, f"{order}u4") for name in ("contig", "start", "end_contig", "end")]
    leaf = np.dtype([*where, ("offset", f"{order}u8"), ("bytes", f"{order}u8")])
    inner = np.dtype([*where, ("child", f"{order}u8")])
    blocks = _walk(handle, at + _INDEX_HEADER, size, order, leaf, inner, "index")
    if not len(blocks):
        return
    offset, length = blocks["offset"].astype(np.uint64), blocks["bytes"].astype(np.uint64)
    if (length > _LARGEST_BLOCK).any() or (offset < _HEADER).any() or (offset > size).any():
        raise ValueError("a data block lies outside the file")
    by_place = np.argsort(offset, kind="stable")
    ends = (offset + length)[by_place]
    if ends[-1] > size or (ends[:-1] > offset[by_place][1:]).any():
        raise ValueError("data blocks overlap, or the last is cut off")
    if (blocks["contig"] >= n_contigs).any() or (blocks["end_contig"] >= n_contigs).any():
        raise ValueError("a data block is of a contig that it does not name")


def _walk(handle: IO[bytes], root: int, size: int, order: str, leaf: Any, inner: Any, what: str) -> Any:
    """All leaf items of a tree; nodes hold a byte (1 for a leaf), an unused byte, a count of 2 bytes, and their items.

    The nodes of a tree do not overlap, so together they are no larger than the file: that ends a circle too.
    """
    found, waiting, spent = [], [(root, 0)], 0
    while waiting:
        at, depth = waiting.pop()
        kind, _, count = struct.unpack(f"{order}BBH", _take(handle, at, 4, size, what))
        if kind not in (0, 1) or depth > _DEEPEST or (not count and depth):
            raise ValueError(f"its {what} is damaged")
        layout = leaf if kind else inner
        spent += 4 + count * layout.itemsize
        if spent > size:
            raise ValueError(f"its {what} goes in a circle")
        items = np.frombuffer(_take(handle, at + 4, count * layout.itemsize, size, what), dtype=layout)
        if kind:
            found.append(items)
        else:
            waiting += [(int(child), depth + 1) for child in items["child"]]
    return np.concatenate(found) if found else np.empty(0, dtype=leaf)


def _take(handle: IO[bytes], at: int, length: int, size: int, what: str) -> bytes:
    if at + length > size:
        raise ValueError(f"its {what} lies beyond the end of the file")
    handle.seek(at)
    content = handle.read(length)
    if len(content) != length:
        raise ValueError(f"its {what} cannot be read")
    return content
