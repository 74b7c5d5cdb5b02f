"""Mean signal of a bigWig at promoters (needs the optional package pybigtools)."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError, MissingPartError
from rarml.core.files import require_file
from rarml.reference.bigwig_check import check_bigwig
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
        If it is not a bigWig, is damaged (`rarml.reference.bigwig_check`), holds an infinite value or several values
        for a base, or is of another assembly.
    """
    try:
        import pybigtools
    except ImportError as error:
        raise MissingPartError("bigWig needs pybigtools", where=path, fix="pip install 'rarml[bigwig]'") from error
    file = require_file(path, kind="bigWig")
    check_bigwig(file)
    try:
        reader = pybigtools.open(str(file))
        contigs: dict[str, int] = reader.chroms()
        overlap = contig_overlap(file, contigs, promoters["chrom"].unique())
        if assembly:
            check_lengths({canonical_contig(name): length for name, length in contigs.items()}, assembly, file)
        spelling = {canonical_contig(name): name for name in contigs}
        means = np.full(len(promoters), np.nan, dtype=np.float32)
        bounds = zip(promoters["chrom"], *promoter_bounds(promoters, reach), strict=True)
        for row, (chrom, start, end) in enumerate(bounds):
            name = spelling.get(chrom)
            if name is not None:
                # one record more than there are bases tells that records overlap, and bounds what is held
                found = islice(reader.records(name, int(start), min(int(end), contigs[name])), 2 * reach + 1)
                means[row] = _mean(list(found), int(start), int(end))
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
    found = found[~np.isnan(found[:, 2])]  # some writers mark bases without data so
    lengths = np.minimum(found[:, 1], end) - np.maximum(found[:, 0], start)
    total = lengths.sum()
    if not np.isfinite(found[:, 2]).all():
        raise ValueError("it holds an infinite value")
    if (lengths < 0).any() or total > end - start or len(records) > end - start:
        raise ValueError("it holds several values for one base")
    return float(lengths @ found[:, 2] / total) if total > 0 else float("nan")
