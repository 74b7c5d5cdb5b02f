"""Mean signal of a bigWig at promoters (needs the optional package pybigtools)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError, MissingPartError
from rarml.core.files import require_file
from rarml.reference.contigs import ContigOverlap, canonical_contig, check_lengths, contig_overlap
from rarml.reference.peak_metrics import promoter_bounds


def bigwig_mean(
    path: str | Path, promoters: pd.DataFrame, *, reach: int, assembly: str | None = None
) -> tuple[NDArray[np.float32], ContigOverlap]:
    """Mean of a bigWig over the bases it covers in [-reach, +reach) around each TSS.

    Parameters
    ----------
    path : path
        The bigWig; contigs in any spelling.
    promoters : DataFrame
        ``chrom``, ``strand``, ``tss`` (0-based).
    reach : int
        Half-width in bp.
    assembly : str, optional
        Hold the file's contig lengths against this assembly's.

    Returns
    -------
    means : float32 array of shape (n_promoters,)
        NaN where the file covers no base.
    overlap : ContigOverlap

    Raises
    ------
    MissingPartError
        Without pybigtools.
    InputError
        If it is not a bigWig, or is of another assembly.
    """
    try:
        import pybigtools
    except ImportError as error:
        raise MissingPartError("bigWig needs pybigtools", where=path, fix="pip install 'rarml[bigwig]'") from error
    file = require_file(path, kind="bigWig")
    try:
        reader = pybigtools.open(str(file))
        contigs: dict[str, int] = reader.chroms()
        if not reader.is_bigwig:
            raise InputError("is a bigBed, a bigWig was expected", where=file, fix="give peaks as BED or narrowPeak")
        overlap = contig_overlap(file, contigs, promoters["chrom"].unique())
        if assembly:
            check_lengths({canonical_contig(name): length for name, length in contigs.items()}, assembly, file)
        spelling = {canonical_contig(name): name for name in contigs}
        means = np.full(len(promoters), np.nan, dtype=np.float32)
        bounds = zip(promoters["chrom"], *promoter_bounds(promoters, reach), strict=True)
        for row, (chrom, start, end) in enumerate(bounds):
            name = spelling.get(chrom)
            if name is not None:
                records = list(reader.records(name, int(start), min(int(end), contigs[name])))
                means[row] = _mean(records, int(start), int(end))
    except (ValueError, OSError, RuntimeError, KeyError) as error:
        raise InputError(f"not a readable bigWig: {error}", where=file, fix="is it cut off?") from error
    except BaseException as error:
        # pybigtools has its own error class, which is not exported in every version, and on some damaged files its
        # Rust code panics, which is not even an `Exception`.
        if isinstance(error, InputError) or not any(word in type(error).__name__ for word in ("BBI", "PanicException")):
            raise
        raise InputError(f"not a readable bigWig: {error}", where=file, fix="is it cut off?") from error
    return means, overlap


def _mean(records: list[tuple[int, int, float]], start: int, end: int) -> float:
    if not records:
        return float("nan")
    found = np.asarray(records, dtype=np.float64)
    lengths = np.minimum(found[:, 1], end) - np.maximum(found[:, 0], start)
    total = lengths.sum()
    return float(lengths @ found[:, 2] / total) if total > 0 else float("nan")
