"""In-silico experiments on the promoters of one gene: what a model would say if its elements were other ones.

Every number is a model's opinion of a promoter that nobody has built: a reason to make a construct, not a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.explain.change import Answering, Change, change_of, part_probabilities, share_beyond
from rarml.explain.variants import (
    CALLED,
    Variant,
    element_places,
    elements_at,
    inserted,
    random_changes,
    site_variants,
)
from rarml.features.atlas import Atlas
from rarml.features.calls import PairScanner
from rarml.features.changed_promoter import GenePromoters, changed_rows, check_unchanged
from rarml.features.half_sites import HEXAMER
from rarml.features.sequence_block import shipped_encoders
from rarml.features.sequence_encoder import EncoderSet, load_encoders
from rarml.features.spacing import pair_types, parse_types
from rarml.reference.bases import LETTERS
from rarml.reference.store import Reference

CAVEAT = (
    "A model's opinion: each promoter was changed on paper and scored anew. Only what the model reads off bases can "
    "change (elements, partner motifs, composition, the encoders' columns); chromatin and expression stay as measured."
)
INSERTED_SPACER = 5
_STRAND = {"+": 1, "-": -1, ".": 0}


@dataclass(frozen=True)
class _Experiment:
    """A variant of one promoter with where it was changed: `first` and `last` in that promoter's window, half-open."""

    site: dict[str, Any]
    variant: Variant
    promoter: int
    first: int
    last: int


def in_silico(
    gene: str,
    model: Answering,
    reference: Reference,
    atlas: Atlas,
    *,
    encoders: EncoderSet | None = None,
    max_sites: int = 6,
    insert_at: int | None = -150,
    n_null: int = 20,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Knock out, respace and turn the called RAREs of a gene, and put in a DR5.

    Parameters
    ----------
    gene : str
        Gene id.
    model : Answering
        A cross-fitted model (`rarml.training.crossfit_model.CrossfitModel`).
    reference : Reference
        With sequences; the one the atlas was made from.
    atlas : Atlas
        With the model's columns.
    encoders : EncoderSet, optional
        Those the atlas was made with; the shipped ones by default.
    max_sites : int
        Called RAREs tried, those with the smallest p-values.
    insert_at : int, optional
        Where a consensus DR5 (AGGTCA N5 AGGTCA) is put in, in bases of its first from the TSS of the representative
        promoter, + downstream; it replaces the bases there, but for those of the spacer. None: not tried.
    n_null : int
        Random changes that each experiment is held against.
    seed : int
        Of the random changes.

    Returns
    -------
    list of dict
        A row per experiment and class: `site` (for example 'DR5 at -340 bp': of its first base from
        the primary TSS, in the gene's direction), `what`, `class`, `change` (log-odds,
        natural logarithm), `low`, `high` (95 %); `null_low`, `null_high` (smallest and largest change of the matched
        random changes, None without any), `share_beyond` (share of them that move the log-odds as far, at best
        1 / (1 + n)), `n_null`; `bases_changed`, `wild` and `mutant` (the stretch before and after, in the gene's
        direction), `calls` (types called there afterwards), `type, chrom, start, end, strand, tss_distance` of the
        element (None for one that was put in). Best element first.

    Raises
    ------
    MissingPartError
        If the reference holds no sequence.
    InputError
        If it is not the reference that the atlas was made from, or the gene has no known promoter in it.
    """
    promoters = GenePromoters.of(reference, gene)
    row = atlas.features.loc[[gene], list(model.columns)].iloc[0]
    used = encoders
    if used is None and any(str(name).startswith("sequence:") for name in row.index):
        used = load_encoders(shipped_encoders())
    check_unchanged(changed_rows(promoters, [promoters.codes], row, used).iloc[0], row, gene)
    scanner = PairScanner(pair_types(), max_pvalue=CALLED)
    tried = _site_experiments(promoters, atlas.sites[atlas.sites["gene_id"] == gene], scanner, max_sites)
    if insert_at is not None:
        tried += _insertion(promoters, insert_at, scanner)
    nulls = [_null(promoters, one, scanner, n_null, seed) for one in tried]
    variants = [promoters.changed(one.promoter, one.variant.codes) for one in tried]
    random = [promoters.changed(one.promoter, codes) for one, own in zip(tried, nulls, strict=True) for codes in own]
    features = changed_rows(promoters, [promoters.codes, *variants, *random], row, used, rounded=False)
    change = change_of(part_probabilities(model, gene, features))
    rows, first_null = [], len(tried)
    for number, (one, own) in enumerate(zip(tried, nulls, strict=True)):
        null = change.centre[first_null : first_null + len(own)]
        first_null += len(own)
        rows += _rows(one, number, change, null, model.classes, promoters, scanner)
    return rows


def _site_experiments(
    promoters: GenePromoters, sites: pd.DataFrame, scanner: PairScanner, most: int
) -> list[_Experiment]:
    tried = []
    for _, site in sites.sort_values(["pvalue", "start"], kind="stable").head(most).iterrows():
        pair = parse_types([str(site["type"])])[0]
        # the promoter whose TSS is nearest, as in the table of sites
        middle = (int(site["start"]) + int(site["end"])) / 2
        away = np.abs(promoters.promoters["tss"].to_numpy(dtype=np.int64) - middle)
        for promoter in np.argsort(away, kind="stable"):
            places = promoters.genome_places(int(promoter))
            held = np.flatnonzero((places >= int(site["start"])) & (places < int(site["end"])))
            if len(held) == pair.length:
                break
        else:
            continue
        forward = promoters.promoters["strand"].iloc[int(promoter)] == "+"
        strand = _STRAND[str(site["strand"])] * (1 if forward else -1)
        codes, first = promoters.codes[int(promoter)], int(held[0])
        primary = int(promoters.promoters["tss"].iloc[0])
        place = int(places[first] - primary) * (1 if forward else -1)
        shown = {
            "site": f"{site['type']} at {place:+d} bp",
            "type": str(site["type"]), "chrom": str(site["chrom"]), "start": int(site["start"]),
            "end": int(site["end"]), "strand": str(site["strand"]), "tss_distance": int(site["tss_distance"]),
        }  # fmt: skip
        tried += [
            _Experiment(shown, variant, int(promoter), first, first + pair.length)
            for variant in site_variants(codes, first, pair, strand, scanner)
        ]
    return tried


def _insertion(promoters: GenePromoters, place: int, scanner: PairScanner) -> list[_Experiment]:
    promoter = promoters.representative
    first = promoters.up + place
    variant = inserted(promoters.codes[promoter], first, INSERTED_SPACER)
    if variant is None:
        return []
    shown = dict.fromkeys(("type", "chrom", "start", "end", "strand", "tss_distance"))
    name = f"DR{INSERTED_SPACER} put in at {place:+d} bp"
    last = first + 2 * HEXAMER + INSERTED_SPACER
    return [_Experiment({"site": name, **shown}, variant, promoter, first, last)]


def _null(
    promoters: GenePromoters, one: _Experiment, scanner: PairScanner, n_null: int, seed: int
) -> list[NDArray[np.uint8]]:
    codes = promoters.codes[one.promoter]
    avoid = element_places(codes, scanner)
    avoid[one.first : one.last] = True
    return random_changes(codes, one.variant.codes, avoid, n_null, seed=seed)


def _rows(
    one: _Experiment,
    number: int,
    change: Change,
    null: NDArray[np.float64],
    classes: tuple[str, ...],
    promoters: GenePromoters,
    scanner: PairScanner,
) -> list[dict[str, Any]]:
    before, after = promoters.codes[one.promoter], one.variant.codes
    changed = np.flatnonzero(before != after)
    first, last = min(one.first, int(changed.min(initial=one.first))), max(one.last, int(changed.max(initial=0)) + 1)
    shared = {
        **one.site,
        "what": one.variant.what,
        "bases_changed": len(changed),
        "wild": "".join(LETTERS[code] for code in before[first:last]),
        "mutant": "".join(LETTERS[code] for code in after[first:last]),
        "calls": ", ".join(elements_at(after, one.first, one.last, scanner)),
        "n_null": len(null),
    }
    return [
        {
            **shared,
            "class": name,
            "change": float(change.centre[number, place]),
            "low": float(change.low[number, place]),
            "high": float(change.high[number, place]),
            "null_low": float(null[:, place].min()) if len(null) else None,
            "null_high": float(null[:, place].max()) if len(null) else None,
            "share_beyond": share_beyond(float(change.centre[number, place]), null[:, place]) if len(null) else None,
        }
        for place, name in enumerate(classes)
    ]
