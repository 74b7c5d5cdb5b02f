"""The table of called RAREs of a reference: one row per gene and genomic site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.features.calls import PairScanner, SiteCalls
from rarml.features.intervals import touches
from rarml.features.promoter_calls import genome_positions, promoter_calls, require_sequences
from rarml.features.pvalues import benjamini_hochberg
from rarml.features.rivals import competitors
from rarml.features.site_table import STRANDS, site_letters, site_scores
from rarml.features.spacing import pair_types

if TYPE_CHECKING:
    from rarml.reference.store import Reference

SITE_PVALUE = 1e-4
INNER_PVALUE = 1e-3
"""Inner pairs of three half-sites in a row are looked for at this stringency."""
_LETTERS_AT_ONCE = 20000


def sites(
    reference: Reference,
    *,
    max_pvalue: float = SITE_PVALUE,
    genes: Sequence[str] | None = None,
    scanner: PairScanner | None = None,
) -> pd.DataFrame:
    """Called RAREs of all promoters, or of those of some genes.

    Parameters
    ----------
    reference : Reference
        With sequences.
    max_pvalue : float
        Exact p-value per position and strand up to which a site is listed.
    genes : sequence of str, optional
        Gene ids; all by default. The q-values are then over their promoters only.
    scanner : PairScanner, optional
        Types and background other than the default; at least as lax as `max_pvalue`.

    Returns
    -------
    DataFrame
        One row per gene and genomic site, in order of chrom, start, type and gene. Columns: gene_id; promoter_tss (of
        the nearest promoter of the gene, 0-based); chrom, start, end (0-based half-open), strand ('.' for IR and ER);
        type; left, right (hexamers as read 5' to 3' on the site's strand; '.' is read on '+') and spacer (bases
        between, so that left + spacer + right is the site); mismatches (to RGKTCA, both half-sites); cpg (CG
        dinucleotides inside); score (bits);
        pvalue (one position and strand); qvalue (Benjamini-Hochberg over all positions, strands and types scanned);
        tss_distance (TSS to the first base of the site in the gene's direction; + is downstream); composition
        ('DR2+DR0' where a third half-site lies inside, else ''); competitor (receptors whose own
        motif matches at the site, see `rivals`; bases beyond the promoter window match nothing);
        in_repeat (NA if the genome is not soft-masked); in_open_chromatin (NA without tracks).
    """
    scanner = scanner or PairScanner(pair_types(), max_pvalue=max(max_pvalue, INNER_PVALUE))
    chosen = None if genes is None else np.flatnonzero(reference.promoters["gene_id"].isin(list(genes)))
    found = promoter_calls(reference, scanner, best=False, only=chosen)
    listed = np.flatnonzero(found.calls.pvalue <= max_pvalue)
    calls, promoters = found.calls[listed], reference.promoters
    start, strand = genome_positions(calls, promoters)
    table = pd.DataFrame(
        {
            "gene_id": promoters["gene_id"].to_numpy()[calls.row],
            "promoter_tss": promoters["tss"].to_numpy(dtype=np.int64)[calls.row],
            "chrom": promoters["chrom"].astype(object).to_numpy()[calls.row],
            "start": start,
            "end": start + calls.length,
            "strand": STRANDS[strand + 1],
        }
    )
    table = pd.concat([table, site_scores(calls), _letters(reference, calls)], axis=1)
    table["tss_distance"] = calls.start - require_sequences(reference).window[0]
    table["composition"] = found.composition[listed]
    masked = found.in_repeat[listed].astype(object) if found.soft_masked else pd.NA
    table["in_repeat"] = pd.Series(masked, index=table.index, dtype="boolean")
    site = ["gene_id", "chrom", "start", "type", "strand"]
    nearest = table["tss_distance"].abs().sort_values(kind="stable").index
    table = table.loc[nearest].drop_duplicates(site)
    tests = sum(
        int(np.maximum(found.known - pair.length + 1, 0).sum()) * (1 if pair.palindromic else 2)
        for pair in scanner.types
    )
    table["qvalue"] = benjamini_hochberg(table["pvalue"].to_numpy(), max(tests, len(table)))
    table["in_open_chromatin"] = pd.Series(_open(reference, table), index=table.index, dtype="boolean")
    return table.sort_values(["chrom", "start", "type", "gene_id"], kind="stable", ignore_index=True)


def _open(reference: Reference, table: pd.DataFrame) -> NDArray[np.object_]:
    tracks = reference.tracks
    if tracks is None or tracks.open_chromatin is None or not len(tracks.open_chromatin):
        return np.full(len(table), pd.NA, dtype=object)
    inside = touches(
        table["chrom"].to_numpy(), table["start"].to_numpy(), table["end"].to_numpy(), tracks.open_chromatin
    )
    return inside.astype(object)


def _letters(reference: Reference, calls: SiteCalls) -> pd.DataFrame:
    """See `site_letters` and `competitors`; sites of strand '.' are read on the genome's + strand."""
    sequences = require_sequences(reference)
    gene_reverse = (reference.promoters["strand"].to_numpy() == "-")[calls.row]
    flip = (calls.strand < 0) | ((calls.strand == 0) & gene_reverse)
    parts = []
    for first in range(0, len(calls), _LETTERS_AT_ONCE):
        part = np.arange(first, min(first + _LETTERS_AT_ONCE, len(calls)))
        rows, place = np.unique(calls.row[part], return_inverse=True)
        codes, here = sequences.codes(rows), replace(calls[part], row=place)
        parts.append(site_letters(codes, here, flip[part]).assign(competitor=competitors(codes, here)))
    if not parts:
        return site_letters(np.empty((0, 0), np.uint8), calls, flip).assign(competitor="")
    return pd.concat(parts, ignore_index=True)
