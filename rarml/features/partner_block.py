"""Motifs of the factors that gate or rival RAR in every gene's promoters: best match, number, place against its RARE.

Columns ``partners:{FACTOR}:{feature}`` (`FACTORS`; NaN for a gene without sequence), over all promoters of a gene:

best        score of the best match of either strand in bits, at any promoter
n_1e-4      positions with a match at p <= 1e-4 (exact, fixed background), in the promoter with most
distance    bases between the centres of the best match and of the gene's best classical RARE (DR1, DR2 or DR5 with the
            smallest p-value, at most 1e-4), at most `FARTHEST`; NaN for a gene without such a RARE
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.parallel import run
from rarml.features.calls import PairScanner
from rarml.features.combine import KNOWN_FRACTION, PromoterGroups
from rarml.features.matrices import SCALE
from rarml.features.motif_scan import NEVER, MotifMatches, motif_matches
from rarml.features.partner_motifs import Motif, choose_motifs
from rarml.features.promoter_calls import BATCH, genome_positions, promoter_calls, require_sequences
from rarml.features.spacing import CLASSICAL, parse_types

if TYPE_CHECKING:
    from rarml.reference.sequences import PromoterSequences
    from rarml.reference.store import Reference

NAME = "partners"
FACTORS = {
    "FOXA1": "FOXA1",
    "GATA3": "GATA3",
    "SPI1": "SPI1",
    "SOX17": "SOX17",
    "CEBPA": "CEBPA",
    "ESR1": "ESR1",
    "AP-1": "FOS::JUN",
    "RXRA": "RXRA",
    "PPARG-RXRA": "PPARG::RXRA",
    "HNF4A": "HNF4A",
    "NR2F1": "NR2F1",
    "VDR-RXRA": "RXRA::VDR",
}
"""Column name: motif. What they do to RAR's sites: SCIENCE.md, section 1."""
RARE_PVALUE = 1e-4
FARTHEST = 2000
"""Distances are capped here, the length of a promoter window: farther only says 'at another promoter'."""


def build(reference: Reference) -> pd.DataFrame:
    """Partner-motif features by gene.

    Parameters
    ----------
    reference : Reference
        With sequences.

    Returns
    -------
    DataFrame
        float32, one row per gene of the reference in its order. Promoters with less than half of their bases known
        are left out; a gene that has no other is NaN throughout.

    Raises
    ------
    MissingPartError
        If the reference holds no sequence.
    """
    motifs = choose_motifs(list(FACTORS.values()))
    found, known = _scan(reference, motifs)
    promoters = reference.promoters
    begin, end = (promoters[side].to_numpy(dtype=np.int64) for side in ("start", "end"))
    usable = known >= KNOWN_FRACTION * np.maximum(end - begin, 1)
    groups = PromoterGroups(promoters["gene_id"], reference.genes.index)
    rare = _rare_centres(reference, groups, usable)
    reverse = promoters["strand"].to_numpy() == "-"
    columns = {}
    for number, (name, motif) in enumerate(zip(FACTORS, motifs, strict=True)):
        matched = usable & (found.score[:, number] > NEVER)
        score = np.where(matched, found.score[:, number], np.nan)
        middle = found.start[:, number] + motif.width / 2
        centre = np.where(reverse, end - middle, begin + middle)
        row = groups.best_row(score)
        distance = np.minimum(np.abs(centre[row] - rare), FARTHEST)
        columns[f"{NAME}:{name}:best"] = groups.combine(score / SCALE, "max")
        columns[f"{NAME}:{name}:n_1e-4"] = groups.combine(np.where(usable, found.count[:, number], np.nan), "max")
        columns[f"{NAME}:{name}:distance"] = np.where(row >= 0, distance, np.nan)
    return pd.DataFrame(columns, index=groups.genes, dtype=np.float32)


def _scan(reference: Reference, motifs: tuple[Motif, ...]) -> tuple[MotifMatches, NDArray[np.int64]]:
    """Matches in every promoter window, and its known bases."""
    batches = [(first, first + BATCH) for first in range(0, max(len(reference.promoters), 1), BATCH)]
    parts = list(run(_scan_batch, batches, shared=(require_sequences(reference), motifs)))
    fields = ("score", "start", "count")
    joined = (np.concatenate([getattr(part, field) for part, _ in parts]) for field in fields)
    return MotifMatches(*joined), np.concatenate([known for _, known in parts])


def _scan_batch(
    given: tuple[PromoterSequences, tuple[Motif, ...]], rows: tuple[int, int]
) -> tuple[MotifMatches, NDArray[np.int64]]:
    sequences, motifs = given
    codes = sequences.codes(slice(*rows))
    return motif_matches(codes, motifs), (codes < 4).sum(axis=1)


def _rare_centres(reference: Reference, groups: PromoterGroups, usable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Genome position of the centre of each gene's best classical RARE (on ties the nearest to a TSS); NaN without."""
    scanner = PairScanner(parse_types(CLASSICAL), max_pvalue=RARE_PVALUE)
    calls = promoter_calls(reference, scanner, best=False).calls
    calls = calls[np.flatnonzero(usable[calls.row])] if len(calls) else calls
    centres = np.full(len(groups.genes), np.nan)
    if not len(calls):
        return centres
    place = genome_positions(calls, reference.promoters)[0] + calls.length / 2
    from_tss = np.abs(calls.start + calls.length / 2 - require_sequences(reference).window[0])
    gene = groups.gene_row[calls.row]
    order = np.lexsort((place, from_tss, calls.pvalue, gene))
    present, first = np.unique(gene[order], return_index=True)
    centres[present] = place[order][first]
    return centres
