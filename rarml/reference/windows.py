"""Cutting promoter windows from a genome, turned to the gene's strand, into the packed store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.progress import track
from rarml.reference.bases import N, encode, reverse_complement, soft_mask
from rarml.reference.genome import Genome
from rarml.reference.sequences import SequenceWriter

_CHUNK_BASES = 8_000_000  # bounds memory: about 60 MB at a time


@dataclass(frozen=True)
class Cut:
    """What the windows hold: known bases per promoter (int32), and whether any base was soft-masked."""

    bases_known: NDArray[np.int32]
    soft_masked: bool


def cut_windows(genome: Genome, promoters: pd.DataFrame, window: tuple[int, int], folder: Path) -> Cut:
    """Write the bases of every promoter window into `folder`.

    Parameters
    ----------
    genome : Genome
    promoters : DataFrame
        ``chrom, strand, start, end`` (0-based half-open), as of `add_windows`.
    window : (int, int)
        Bases upstream of the TSS and from it on.
    folder : Path
        New folder for the files of `PromoterSequences`.
    """
    length = sum(window)
    step = max(1, _CHUNK_BASES // length)
    writer = SequenceWriter(folder, len(promoters), window)
    known = np.zeros(len(promoters), dtype=np.int32)
    any_soft = False
    places = list(zip(promoters["chrom"], promoters["start"], promoters["end"], strict=True))
    minus = (promoters["strand"] == "-").to_numpy()
    for first in track(range(0, len(places), step), what="Cutting promoters", total=-(-len(places) // step)):
        rows = slice(first, min(first + step, len(places)))
        text = "".join(genome.fetch(str(chrom), int(start), int(end)) for chrom, start, end in places[rows])
        codes = encode(text).reshape(-1, length).copy()
        soft = soft_mask(text).reshape(-1, length).copy()
        flip = minus[rows]
        codes[flip] = reverse_complement(codes[flip])
        soft[flip] = soft[flip][:, ::-1]
        soft &= codes != N
        known[rows] = (codes != N).sum(axis=1)
        any_soft |= bool(soft.any())
        writer.put(first, codes, soft)
    writer.close()
    return Cut(known, any_soft)
