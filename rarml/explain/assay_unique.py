"""Where else in the promoters of a reference a word of bases stands, on either strand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rarml.explain.assay_window import reverse_text
from rarml.features.promoter_calls import require_sequences
from rarml.reference.bases import N, encode

if TYPE_CHECKING:
    from rarml.reference.store import Reference

_BATCH = 1024
LONGEST = 31


def other_promoters(reference: Reference, words: Mapping[str, str]) -> dict[str, int]:
    """For each word, the genes other than its own whose promoter window holds it at another place of the genome.

    Parameters
    ----------
    words : mapping of str to str
        Word (ACGT, at most 31 bases) to the gene_id that it was taken from. Exact matches on both strands; a place
        that also lies in a window of the word's own gene (a shared promoter) is not another.

    Returns
    -------
    dict of str to int
    """
    sequences, promoters = require_sequences(reference), reference.promoters
    genes = promoters["gene_id"].to_numpy(dtype=object)
    hits: dict[str, set[tuple[str, str, int]]] = {word: set() for word in words}
    for size in sorted({len(word) for word in words}):
        readings = [(both, word) for word in words if len(word) == size for both in {word, reverse_text(word)}]
        values = _numbers(encode("".join(text for text, _ in readings)).reshape(-1, size), size)[0][:, 0]
        order = np.argsort(values)
        queries, names = values[order], [readings[i][1] for i in order]
        for first in range(0, len(promoters), _BATCH):
            codes = sequences.codes(slice(first, first + _BATCH))
            numbers, clean = _numbers(codes, size)
            place = np.searchsorted(queries, numbers)
            np.minimum(place, len(queries) - 1, out=place)
            for row, column in np.argwhere((queries[place] == numbers) & clean).tolist():
                at = _genome(promoters, first + row, column, size)
                k = int(place[row, column])
                while k < len(queries) and queries[k] == numbers[row, column]:
                    hits[names[k]].add((str(genes[first + row]), *at))
                    k += 1
    return {word: _others(hits[word], own) for word, own in words.items()}


def _others(hits: set[tuple[str, str, int]], own: str) -> int:
    at_home = {(chrom, start) for gene, chrom, start in hits if gene == own}
    return len({gene for gene, chrom, start in hits if gene != own and (chrom, start) not in at_home})


def _genome(promoters: object, row: int, column: int, size: int) -> tuple[str, int]:
    here = promoters.iloc[row]  # type: ignore[attr-defined]
    start = int(here["end"]) - column - size if here["strand"] == "-" else int(here["start"]) + column
    return str(here["chrom"]), start


def _numbers(codes: NDArray[np.uint8], size: int) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Each word of `size` bases as a number, and whether it is free of N."""
    width = max(codes.shape[1] - size + 1, 0)
    numbers = np.zeros((len(codes), width), dtype=np.uint64)
    for i in range(size):
        numbers <<= np.uint64(2)
        numbers |= codes[:, i : i + width] & np.uint8(3)
    sums = np.zeros((len(codes), codes.shape[1] + 1), dtype=np.int32)
    np.cumsum(codes == N, axis=1, out=sums[:, 1:])
    return numbers, sums[:, size : size + width] == sums[:, :width]
