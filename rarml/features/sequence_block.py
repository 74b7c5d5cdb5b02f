"""Block `sequence`: what a gene's promoter bases alone tell of untreated cells, by pre-trained encoders.

``sequence:{target}`` is the standardised prediction of that target (a chromatin track, a co-expression component, the
mean level) from the bases of the gene's representative promoter, by encoders that never saw the gene's chromosome. So
the columns mean the same on every chromosome, hold nothing that was measured at the gene, and carry no response label.
``sequence:kmer:001`` and on are principal components of the promoter's k-mer use, from bases alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.parallel import run
from rarml.core.shipped import models_folder
from rarml.features.combine import representative_rows, take_rows
from rarml.features.sequence_encoder import (
    MANIFEST,
    WEIGHTS,
    EncoderSet,
    load_encoders,
    read_encoder_manifest,
)
from rarml.reference.species import HUMAN, OF_ASSEMBLY

if TYPE_CHECKING:
    from rarml.reference.store import Reference

NAME = "sequence"
_ROWS = 1024


def build(reference: Reference, encoders: str | Path | EncoderSet | None = None) -> pd.DataFrame:
    """The sequence block of every gene.

    Parameters
    ----------
    reference : Reference
        Uses genes, promoters and sequences (None, or another species than the encoders': a table without columns).
    encoders : path or EncoderSet, optional
        The shipped ones by default.

    Returns
    -------
    DataFrame, float32, indexed by gene_id
        NaN for a gene without sequence.

    Raises
    ------
    InputError, BundleError
        If there are no encoders, or they are damaged.
    """
    if reference.sequences is None or not (isinstance(encoders, EncoderSet) or fits(reference, encoders)):
        return pd.DataFrame(index=reference.genes.index)
    used = encoders if isinstance(encoders, EncoderSet) else load_encoders(encoders or shipped_encoders())
    rows = representative_rows(reference.promoters, reference.genes.index)
    wanted = np.unique(rows[rows >= 0])
    chrom = reference.promoters["chrom"].to_numpy(dtype=object)
    values = np.full((len(reference.promoters), len(used.columns)), np.nan, dtype=np.float32)
    # whole contigs at a time, so that each part is the work of one encoder
    order = wanted[np.argsort(chrom[wanted].astype(str), kind="stable")]
    parts = [order[start : start + _ROWS] for start in range(0, len(order), _ROWS)]
    codes = ((reference.sequences.codes(part), chrom[part]) for part in parts)
    answers = run(_encoded, codes, shared=(used, reference.window[0]), what="encoding", total=len(parts))
    for part, answer in zip(parts, answers, strict=True):
        values[part] = answer
    columns = [f"{NAME}:{column}" for column in used.columns]
    return pd.DataFrame(take_rows(values, rows), index=reference.genes.index, columns=columns)


def fits(reference: Reference, folder: str | Path | None = None) -> bool:
    """Whether encoders (the shipped ones by default) were pre-trained on the species of a reference.

    Those of another species know other chromosomes by the same names, so "never saw the gene's chromosome" would be
    an empty word; block `sequence` is then left out.
    """
    learnt = str(read_encoder_manifest(Path(folder or shipped_encoders())).get("assembly") or "")
    own = OF_ASSEMBLY.get(str(reference.manifest.get("assembly")), HUMAN)
    return OF_ASSEMBLY.get(learnt, HUMAN) is own


def _encoded(given: tuple[EncoderSet, int], part: tuple[NDArray[np.uint8], NDArray[Any]]) -> NDArray[np.float32]:
    """On one thread (`run` sees to it): several would add up in another order, and change the last digits."""
    encoders, tss = given
    return encoders.encode(*part, tss)


def shipped_encoders() -> Path:
    """The folder of the shipped encoders."""
    return models_folder() / "encoder"


def encoder_digest(folder: Path | None = None) -> str | None:
    """SHA-256 of the encoders' weights (the shipped ones by default); None where there are none."""
    place = folder or shipped_encoders()
    if not (place / MANIFEST).is_file():
        return None
    return str(read_encoder_manifest(place)["files"][WEIGHTS])
