"""Feature rows of one gene with some bases of its promoters changed: what a model would read of such a gene.

The blocks that read bases (rare, partners, sequence and part of composition) are computed by the code that makes the
atlas, on a small reference whose genes are the variants of the one gene. All other columns stay as the atlas has them.
A change is made at its place in the genome, so in every promoter of the gene that holds the place. The open chromatin
and the repeats around a changed base are those of the unchanged one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.features import composition, partner_block, rare_block, sequence_block
from rarml.features.combine import PromoterGroups, representative_rows
from rarml.features.compact import round_significant
from rarml.features.promoter_calls import require_sequences
from rarml.features.registry import BLOCKS, block_of
from rarml.features.sequence_encoder import EncoderSet
from rarml.reference.bases import N

if TYPE_CHECKING:
    from rarml.reference.sequences import PromoterSequences
    from rarml.reference.store import Reference
    from rarml.reference.tracks import TrackSummary

Codes = NDArray[np.uint8]
SAME = 2.0**-6
"""Values of the unchanged promoter may be off by this share: one step of the atlas's rounding."""
_NEAR_ZERO = 1e-3
_ROWS_AT_ONCE = 4096
_BLOCKS = {rare_block.NAME: rare_block.build, partner_block.NAME: partner_block.build}


@dataclass(frozen=True)
class GenePromoters:
    """All promoters of one gene, as a reference holds them.

    Attributes
    ----------
    reference : Reference
        With sequences.
    gene : str
        Gene id.
    soft_masked : bool
        Whether the genome of the reference is (some columns exist only then).
    """

    reference: Reference
    gene: str
    soft_masked: bool

    @classmethod
    def of(cls, reference: Reference, gene: str) -> GenePromoters:
        """The promoters of a gene.

        Raises
        ------
        MissingPartError
            If the reference holds no sequence.
        InputError
            If the gene has no promoter with enough known bases.
        """
        sequences = require_sequences(reference)
        found = cls(reference, gene, _soft_masked(sequences))
        if not len(found.rows) or found.representative < 0:
            raise InputError("has no promoter with known bases in the reference", where=gene)
        return found

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the reference's promoters, the primary first."""
        return np.flatnonzero(self.reference.promoters["gene_id"].to_numpy(dtype=object) == self.gene)

    @cached_property
    def promoters(self) -> pd.DataFrame:
        """Those rows of the table."""
        return self.reference.promoters.iloc[self.rows].reset_index(drop=True)

    @cached_property
    def codes(self) -> Codes:
        """Their bases, uint8 of shape (promoters, length), 5' to 3' on the gene's strand."""
        return require_sequences(self.reference).codes(self.rows)

    @property
    def up(self) -> int:
        """Position of the TSS in every window."""
        return int(require_sequences(self.reference).window[0])

    @cached_property
    def representative(self) -> int:
        """Which of the promoters stands for the gene in block `sequence`; -1 for none."""
        return int(representative_rows(self.promoters, [self.gene])[0])

    def changed(self, promoter: int, codes: Codes) -> Codes:
        """All promoters after a change in one.

        Parameters
        ----------
        promoter : int
            Which of the promoters was changed.
        codes : uint8 array of shape (length,)
            Its bases after the change.

        Returns
        -------
        uint8 array of shape (promoters, length)
        """
        result = self.codes.copy()
        places = np.flatnonzero(codes != result[promoter])
        where = self.genome_places(promoter)[places]
        for number in range(len(result)):
            own = self.genome_places(number)
            order = np.argsort(own)
            at = order[np.minimum(np.searchsorted(own[order], where), len(own) - 1)]
            held = own[at] == where
            result[number, at[held]] = codes[places[held]]
        return result

    def genome_places(self, promoter: int) -> NDArray[np.int64]:
        """Position in the genome (0-based) of every base of a promoter, int64 of shape (length,)."""
        row = self.promoters.iloc[promoter]
        from_tss = np.arange(self.codes.shape[1], dtype=np.int64) - self.up
        return int(row["tss"]) + (from_tss if row["strand"] == "+" else -from_tss)


def changed_rows(
    promoters: GenePromoters,
    variants: Sequence[Codes],
    atlas_row: pd.Series,
    encoders: EncoderSet | None,
    *,
    rounded: bool = True,
) -> pd.DataFrame:
    """The features of a gene for each of several versions of its promoters.

    Parameters
    ----------
    promoters : GenePromoters
    variants : sequence of uint8 arrays of shape (promoters, length)
        Bases of all its promoters, as of `GenePromoters.changed`.
    atlas_row : Series
        The gene's values by column; columns that bases do not decide are taken from here.
    encoders : EncoderSet or None
        Those of the atlas's block `sequence`; needed if it has that block. The member that never saw the gene's
        chromosome answers, as in the atlas.
    rounded : bool
        Round as an atlas is; else small changes of an encoder are not lost.

    Returns
    -------
    DataFrame, float32
        One row per variant (RangeIndex), the columns of `atlas_row`.

    Raises
    ------
    InputError
        If the atlas has block `sequence` and there are no encoders.
    """
    wanted = {block_of(str(name)) for name in atlas_row.index}
    small = _variant_reference(promoters, variants)
    parts = [build(small) for name, build in _BLOCKS.items() if name in wanted]
    if sequence_block.NAME in wanted:
        if encoders is None:
            raise InputError("the atlas holds encoder columns", fix="give the encoders that made them")
        parts.append(sequence_block.build(small, encoders))
    if composition.NAME in wanted:
        parts.append(_composition(small))
    frame = pd.DataFrame(
        np.repeat(atlas_row.to_numpy(dtype=np.float32)[None], len(variants), axis=0), columns=atlas_row.index
    )
    for part in parts:
        shared = part.columns.intersection(frame.columns)
        values = part[shared].to_numpy(dtype=np.float32)[: len(variants)]
        if rounded and len(shared):
            values = round_significant(values, BLOCKS[block_of(str(shared[0]))].kept_bits)
        frame[shared] = values
    return frame


def check_unchanged(row: pd.Series, atlas_row: pd.Series, gene: str) -> None:
    """Hold the rounded row of the unchanged promoter against the atlas.

    Raises
    ------
    InputError
        If they differ: the reference or the encoders are not those that the atlas was made from.
    """
    got, wanted = row.to_numpy(dtype=np.float64), atlas_row.to_numpy(dtype=np.float64)
    off = ~np.isclose(got, wanted, rtol=SAME, atol=_NEAR_ZERO, equal_nan=True)
    if off.any():
        first = int(np.flatnonzero(off)[0])
        raise InputError(
            f"{int(off.sum())} features differ from the atlas: {row.index[first]} is {got[first]:.4g} and not "
            f"{wanted[first]:.4g}",
            where=gene,
            fix="give the reference and the encoders that the atlas was made from",
        )


def _variant_reference(promoters: GenePromoters, variants: Sequence[Codes]) -> Reference:
    """A reference whose genes are the variants; one more, all N, tells whether the genome is soft-masked."""
    from rarml.reference.sequences import PromoterSequences, pack
    from rarml.reference.store import Reference

    n, whole = len(variants), promoters.reference
    stored = require_sequences(whole)
    nothing = np.full_like(promoters.codes[:1], N)
    soft = np.concatenate([*[stored.soft(promoters.rows)] * n, np.full(nothing.shape, promoters.soft_masked)])
    table = pd.concat([*[promoters.promoters] * n, promoters.promoters.iloc[:1]], ignore_index=True)
    table["gene_id"] = np.append(np.repeat([str(i) for i in range(n)], len(promoters.rows)), str(n))
    table.loc[n * len(promoters.rows), "bases_known"] = 0
    return Reference(
        path=whole.path,
        manifest={"window": list(stored.window)},
        genes=pd.DataFrame(index=pd.Index([str(i) for i in range(n + 1)], name="gene_id")),
        promoters=table,
        names=whole.names,
        sequences=PromoterSequences(
            *pack(np.concatenate([*variants, nothing])), np.packbits(soft, axis=1), stored.window
        ),
        tracks=_on_contig(whole.tracks, str(promoters.promoters["chrom"].iloc[0])),
        expression=None,
        cpg_islands=whole.cpg_islands,
    )


def _on_contig(tracks: TrackSummary | None, chrom: str) -> TrackSummary | None:
    """Open chromatin of one contig; of the tracks that is all that the RARE block reads."""
    if tracks is None or tracks.open_chromatin is None or not len(tracks.open_chromatin):
        return tracks
    near = tracks.open_chromatin["chrom"].to_numpy(dtype=object) == chrom
    # an interval elsewhere is kept where none is here: no open chromatin is not the same as none known
    near[0] = True
    return replace(tracks, open_chromatin=tracks.open_chromatin[near])


def _composition(small: Reference) -> pd.DataFrame:
    genes = small.genes.index
    groups = PromoterGroups(small.promoters["gene_id"], genes)
    chosen = representative_rows(small.promoters, genes)
    from_sequence = small.cpg_islands is None
    found = composition.sequence_columns(require_sequences(small), groups, chosen, islands_from_sequence=from_sequence)
    if from_sequence:
        fraction = found["cpg_island_fraction"]
        found["cpg_island"] = np.where(np.isnan(fraction), np.nan, fraction > 0).astype(np.float32)
    return pd.DataFrame({f"{composition.NAME}:{name}": values for name, values in found.items()}, index=genes)


def _soft_masked(sequences: PromoterSequences) -> bool:
    """Whether any promoter of the reference has a soft-masked base; stops at the first."""
    return any(
        bool(sequences.soft(slice(start, start + _ROWS_AT_ONCE)).any())
        for start in range(0, len(sequences), _ROWS_AT_ONCE)
    )
