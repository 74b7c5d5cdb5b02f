"""bigWig files written byte by byte, to say what a writer would not: any section kind, byte order, no compression.

Laid out by the supplementary tables of Kent et al. 2010 (10.1093/bioinformatics/btq351), apart from rarml's own check.
"""

from __future__ import annotations

import struct
import zlib

CONTIGS = {"chr1": 20_000, "chr2": 20_000}


def bedgraph(contig: int, items: list[tuple[int, int, float]], order: str = "<") -> bytes:
    """A section of kind 1."""
    body = b"".join(struct.pack(f"{order}IIf", *item) for item in items)
    ends = items[0][0], items[-1][1]
    return struct.pack(f"{order}IIIIIBBH", contig, *ends, 0, 0, 1, 0, len(items)) + body


def steps(contig: int, start: int, step: int, span: int, values: list[float], order: str = "<") -> bytes:
    """A section of kind 3: values at fixed steps."""
    body = struct.pack(f"{order}{len(values)}f", *values)
    head = (contig, start, start + step * len(values), step, span, 3, 0, len(values))
    return struct.pack(f"{order}IIIIIBBH", *head) + body


def bigwig(
    sections: list[tuple[int, int, int, bytes]] | None = None, *, packed: bool = True, order: str = "<"
) -> bytes:
    """A whole file of sections (contig number, first base, last base, content)."""
    if sections is None:
        sections = [
            (0, 900, 1100, bedgraph(0, [(900, 1000, 2.0), (1000, 1100, 4.0)], order)),
            (1, 8900, 9100, steps(1, 8900, 50, 50, [1.0, 2.0, 3.0, 4.0], order)),
        ]
    contig_tree = struct.pack(f"{order}IIIIQQ", 0x78CA8C91, len(CONTIGS), 4, 8, len(CONTIGS), 0)
    contig_tree += struct.pack(f"{order}BBH", 1, 0, len(CONTIGS))
    for number, (name, length) in enumerate(CONTIGS.items()):
        contig_tree += name.encode() + struct.pack(f"{order}II", number, length)
    at = 64 + len(contig_tree)
    data, leaves = struct.pack(f"{order}Q", len(sections)), b""
    for contig, start, end, content in sections:
        block = zlib.compress(content) if packed else content
        leaves += struct.pack(f"{order}IIIIQQ", contig, start, contig, end, at + len(data), len(block))
        data += block
    index_at = at + len(data)
    index = struct.pack(f"{order}IIQIIIIQII", 0x2468ACE0, 256, len(sections), 0, 0, 1, 20_000, index_at, 1, 0)
    index += struct.pack(f"{order}BBH", 1, 0, len(sections)) + leaves
    largest = max(len(content) for *_, content in sections) if packed else 0
    header = struct.pack(f"{order}IHHQQQHHQQIQ", 0x888FFC26, 4, 0, 64, at, index_at, 0, 0, 0, 0, largest, 0)
    return header + contig_tree + data + index
