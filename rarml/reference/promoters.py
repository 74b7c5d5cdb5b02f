"""From the transcripts of a gene to its promoters: which TSS is the primary one, and which others are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import SettingsError, did_you_mean
from rarml.reference.annotation import EVIDENCE, OTHER

# CAGE sees where transcription does start and comes first: CYP26A1's CAGE TSS lies 418 bp inside the annotated gene,
# and RARB's retinoid promoter (RARB2) 740 kb from its first base (SCIENCE notes, section 1). MANE Select, Ensembl
# canonical and APPRIS principal are curated choices; the longest transcript and the first base are habits.
DEFAULT_RULE = EVIDENCE
MERGE_DISTANCE = 100
MAX_PROMOTERS = 8


def choose_promoters(
    tss_rows: pd.DataFrame,
    rule: Sequence[str] = DEFAULT_RULE,
    *,
    merge_distance: int = MERGE_DISTANCE,
    max_promoters: int = MAX_PROMOTERS,
) -> pd.DataFrame:
    """The distinct promoters of each gene.

    Non-coding transcripts of a gene that has coding ones are passed over. TSSs are then taken in the order of the rule;
    one that lies within `merge_distance` of a TSS already taken is merged into it. The first taken is the primary.

    Parameters
    ----------
    tss_rows : DataFrame
        As of `read_annotation`; each gene on one contig and strand (see `one_place_per_gene`).
    rule : sequence of str
        Evidence, best first; what is not named counts last. 'longest' also stands for the transcript with most spliced
        bases, 'first' for the gene's most 5' TSS.
    merge_distance : int
        In bases; TSSs closer than this are one promoter.
    max_promoters : int
        At most so many per gene.

    Returns
    -------
    DataFrame
        RangeIndex, sorted by gene, the primary first: ``gene_id, chrom, strand, tss`` (0-based), ``source`` (evidence
        of the TSS taken), ``is_primary``, ``transcript_id``, ``n_merged`` (rows merged into it, itself included).

    Raises
    ------
    SettingsError
        If the rule holds an unknown word.
    """
    unknown = [word for word in rule if word not in EVIDENCE]
    if unknown:
        raise SettingsError(f"unknown evidence {unknown[0]!r} in tss_rule", fix=did_you_mean(unknown[0], EVIDENCE))
    rows = _coding_first(tss_rows)
    forward = np.where(rows["strand"] == "+", rows["tss"], -rows["tss"])
    rank = _ranks(rows, forward, list(rule))
    order = np.lexsort((rows["transcript_id"], forward, -rows["length"].to_numpy(), rank, rows["gene_id"]))
    rows, rank = rows.iloc[order].reset_index(drop=True), rank[order]
    taken, merged = _take(rows["gene_id"].to_numpy(), rows["tss"].to_numpy(), merge_distance, max_promoters)
    chosen = rows.loc[taken, ["gene_id", "chrom", "strand", "tss", "transcript_id"]].reset_index(drop=True)
    words = np.array([*rule, OTHER], dtype=object)
    chosen["source"] = words[rank[taken]]
    chosen["is_primary"] = ~chosen["gene_id"].duplicated()
    chosen["n_merged"] = merged
    return chosen[["gene_id", "chrom", "strand", "tss", "source", "is_primary", "transcript_id", "n_merged"]]


def one_place_per_gene(tss_rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Keep each gene on one contig and strand: that of its best evidence, then of most rows, then the first named.

    Returns
    -------
    DataFrame
        The rows kept, in their order.
    list of str
        Genes that lay at more than one place.
    """
    place = tss_rows["chrom"] + tss_rows["strand"]
    counts = tss_rows.groupby(["gene_id", place], sort=False).agg(best=("rank", "min"), n=("rank", "size"))
    counts = counts.rename_axis(["gene_id", "place"]).reset_index()
    counts = counts.sort_values(["gene_id", "best", "n", "place"], ascending=[True, True, False, True])
    several = sorted(counts.loc[counts["gene_id"].duplicated(), "gene_id"].unique())
    if not several:
        return tss_rows, []
    kept = counts.drop_duplicates("gene_id").set_index("gene_id")["place"]
    return tss_rows[(tss_rows["gene_id"].map(kept) == place).to_numpy()].reset_index(drop=True), several


def add_windows(promoters: pd.DataFrame, window: tuple[int, int]) -> pd.DataFrame:
    """Add ``start, end`` (0-based half-open, + strand): `window[0]` bases upstream, `window[1]` from the TSS on.

    On the - strand the TSS is the last but `window[0]` base of the interval, so that a gene-oriented row always has it
    at index `window[0]`. An interval may begin before 0 or pass the contig's end; those bases are N.
    """
    up, down = window
    plus = (promoters["strand"] == "+").to_numpy()
    tss = promoters["tss"].to_numpy()
    start = np.where(plus, tss - up, tss - down + 1)
    return promoters.assign(start=start.astype(np.int64), end=(start + up + down).astype(np.int64))


def _coding_first(rows: pd.DataFrame) -> pd.DataFrame:
    any_coding = rows.groupby("gene_id")["coding"].transform("any")
    return rows[(rows["coding"] | ~any_coding).to_numpy()].reset_index(drop=True)


def _ranks(rows: pd.DataFrame, forward: NDArray[np.int64], rule: list[str]) -> NDArray[np.int64]:
    """Place in the rule of each row's best evidence; len(rule) if it has none."""
    rank = np.full(len(rows), len(rule), dtype=np.int64)
    tags = "," + rows["tags"] + ","
    for place, word in reversed(list(enumerate(rule))):
        rank[tags.str.contains(f",{word},", regex=False).to_numpy()] = place
    genes = rows["gene_id"]
    implied = {
        "longest": (rows["length"] > 0) & (rows["length"] == rows.groupby(genes)["length"].transform("max")),
        "first": pd.Series(forward).groupby(genes).transform("min") == forward,
    }
    for word, here in implied.items():
        if word in rule:
            rank[here.to_numpy()] = np.minimum(rank[here.to_numpy()], rule.index(word))
    return rank


def _take(
    genes: NDArray[np.object_], starts: NDArray[np.int64], merge_distance: int, most: int
) -> tuple[NDArray[np.int64], list[int]]:
    """Indices of the rows taken (sorted by gene, best first), and how many rows each stands for."""
    taken: list[int] = []
    merged: list[int] = []
    first = 0
    gene = None
    for index, (name, tss) in enumerate(zip(genes.tolist(), starts.tolist(), strict=True)):
        if name != gene:
            gene, first = name, len(taken)
        near = next((at for at in range(first, len(taken)) if abs(int(starts[taken[at]]) - tss) < merge_distance), None)
        if near is not None:
            merged[near] += 1
        elif len(taken) - first < most:
            taken.append(index)
            merged.append(1)
    return np.asarray(taken, dtype=np.int64), merged
