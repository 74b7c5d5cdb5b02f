"""Explain genes: what each model says of them, why, and the evidence behind it, as one card per gene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rarml.bundle.load import Bundle
from rarml.bundle.registry import shipped_atlas
from rarml.core.errors import InputError, did_you_mean
from rarml.core.progress import track
from rarml.explain.attribution import attribute
from rarml.explain.evidence import KINDS, kind_numbers
from rarml.features.atlas import Atlas, load_atlas
from rarml.report.feature_words import Components
from rarml.report.gene_card_content import GeneCard, ModelAnswer
from rarml.workflows.explain_accounts import class_accounts
from rarml.workflows.explain_promoter import (
    BASES,
    UNTRIED,
    chromatin_rows,
    lacking,
    partner_rows,
    place,
    promoter_rows,
    site_rows,
)
from rarml.workflows.model_info import model_info, provenance
from rarml.workflows.score import ScoreResult, score

TOP = 6
"""Single features listed per model and class."""


@dataclass(frozen=True)
class ExplainResult:
    """Cards of the genes that were found.

    Attributes
    ----------
    cards : tuple of GeneCard
        One per gene, in the order of the input.
    unanswered : tuple of dict
        Names that are no gene of the atlas: `query, status, note`.
    """

    cards: tuple[GeneCard, ...]
    unanswered: tuple[dict[str, str], ...]


def explain(
    names: Sequence[str],
    models: Sequence[str | Path] = (),
    *,
    atlas: str | Path | None = None,
    reference: str | Path | None = None,
    top: int = TOP,
    experiments: bool = True,
) -> ExplainResult:
    """Explain the predictions of one or many models for genes.

    Parameters
    ----------
    names : sequence of str
        Symbols, aliases, Ensembl, Entrez or HGNC ids.
    models : sequence of str or Path
        Model folders or names of shipped models; all shipped ones by default.
    atlas : str or Path, optional
        Atlas or built reference; the shipped one by default.
    reference : str or Path, optional
        Built reference that CpG islands, open chromatin and further transcription starts are placed by.
    top : int
        Single features listed per model and class.
    experiments : bool
        With a reference that has bases: change RAREs on paper and attribute single bases (some seconds per gene and
        model).

    Raises
    ------
    InputError
        If none of the names is a gene (with the nearest symbol), or the reference is of another assembly or not the one
        that the atlas was made from.
    BundleError
        If a model cannot be found, is damaged, or needs columns that the atlas lacks.
    """
    source = Path(atlas) if atlas is not None else shipped_atlas()
    assembly = _require_gene(names, source)
    opened = None
    if reference is not None:
        from rarml.workflows.explain_reference import open_reference, with_tracks

        opened = open_reference(reference, assembly)
    scored = score(names, models, atlas=source)
    columns = list(dict.fromkeys(name for bundle in scored.bundles for name in bundle.manifest.columns))
    held = _with_card_columns(source, columns)
    genes = scored.genes.index
    answers: dict[str, list[ModelAnswer]] = {gene: [] for gene in genes}
    for bundle in track(scored.bundles, what="explaining"):
        for gene, answer in _answers(bundle, scored, held, top).items():
            answers[gene].append(answer)
    cards = tuple(_card(gene, tuple(answers[gene]), scored, held) for gene in genes)
    if opened is not None:
        cards = tuple(with_tracks(card, opened) for card in cards)
        if experiments and opened.sequences is not None:
            from rarml.workflows.explain_tried import with_tried_bases

            cards = with_tried_bases(cards, scored.bundles, opened, held)
    missed = scored.resolved[~scored.resolved["gene_id"].isin(genes)]
    unanswered = tuple(
        {"query": str(row["query"]), "status": str(row["status"]), "note": str(row["note"] or "not in the atlas")}
        for row in missed.to_dict(orient="records")
    )
    return ExplainResult(cards, unanswered)


def with_experiments(
    card: GeneCard, *, bases: Mapping[str, Any] | None = None, knockouts: Sequence[Mapping[str, Any]] = ()
) -> GeneCard:
    """A card with what was tried on its bases; it then no longer says that this is lacking.

    Parameters
    ----------
    card : GeneCard
    bases : mapping, optional
        `start` (place of the first base from the primary TSS, + downstream), `letters` (in the gene's direction) and
        `importance` (one number per letter).
    knockouts : sequence of mapping
        `site, what, class, change, low, high` each, and `model` where several are asked.
    """
    tried = bases is not None or bool(knockouts)
    still = tuple(one for one in card.lacking if not (tried and one in (BASES, UNTRIED)))
    return replace(
        card,
        bases=None if bases is None else dict(bases),
        knockouts=tuple(dict(row) for row in knockouts),
        lacking=still,
    )


def _require_gene(names: Sequence[str], source: Path) -> str:
    """The atlas's assembly; where no name is one of its genes, say which one may have been meant."""
    if not names:
        raise InputError("no gene was named", fix="give symbols, a file, or - for standard input")
    bare = load_atlas(source, columns=[])
    resolved = bare.names.resolve(list(names))
    if resolved["gene_id"].isin(bare.genes.index).any():
        return str(bare.manifest["assembly"])
    first = resolved.iloc[0]
    if first["status"] == "ambiguous":
        raise InputError(f"is ambiguous: {first['note']}", where=first["query"], fix="give one of these Ensembl ids")
    near = did_you_mean(str(first["query"]).upper(), bare.names.symbols.values())
    raise InputError(
        f"is no gene of the atlas: {first['note'] or 'outside it'}",
        where=first["query"],
        fix=near if near.startswith("did") else "give a human symbol, Ensembl, Entrez or HGNC id; see rarml check",
    )


def _with_card_columns(source: Path, columns: Sequence[str]) -> Atlas:
    """The atlas with what the models read and what a card shows beside."""
    from rarml.features.atlas import atlas_columns

    shown = ("composition:", "partners:")
    more = [name for name in atlas_columns(source) if name.startswith(shown) and name not in set(columns)]
    return load_atlas(source, columns=[*columns, *more])


def _answers(bundle: Bundle, scored: ScoreResult, atlas: Atlas, top: int) -> dict[str, ModelAnswer]:
    from rarml.training.branches import branch_columns
    from rarml.workflows.model_files import load_model

    genes = scored.genes.index
    model = load_model(bundle).full
    groups = kind_numbers(model.columns)
    found = attribute(
        model, atlas.features.loc[genes, list(model.columns)], branch_columns(model.columns), groups, len(KINDS)
    )
    table = scored.table[scored.table["model"] == bundle.name].drop_duplicates("gene_id").set_index("gene_id")
    info = model_info(bundle.manifest.model_dump(mode="json"))
    components = _components(atlas)
    trained = genes.isin(model.training_folds.index)
    return {
        gene: ModelAnswer(
            info=info,
            answer=plain_row(table.loc[gene]),
            accounts=class_accounts(found, row, atlas.features, components, top=top),
            held_out=bool(trained[row]),
            chromatin=chromatin_rows(gene, atlas.features, model.columns),
        )
        for row, gene in enumerate(genes)
    }


def _card(gene: str, answers: tuple[ModelAnswer, ...], scored: ScoreResult, atlas: Atlas) -> GeneCard:
    rows = scored.resolved[scored.resolved["gene_id"] == gene]
    where = place(atlas.genes.loc[[gene]].iloc[0])
    sites = site_rows(scored.sites[scored.sites["gene_id"] == gene], where)
    up, down = (int(bases) for bases in atlas.manifest["window"])
    return GeneCard(
        gene_id=gene,
        symbol=str(rows["symbol"].iloc[0] or gene),
        queries=tuple(dict.fromkeys(rows["query"].astype(str))),
        note="; ".join(dict.fromkeys(note for note in rows["note"].fillna("") if note)),
        place=where,
        window=(up, down),
        promoter=promoter_rows(gene, atlas.features),
        partners=partner_rows(gene, atlas.features),
        sites=sites,
        answers=answers,
        assembly=str(atlas.manifest["assembly"]),
        lacking=lacking(where, atlas.features.columns),
        provenance={**provenance(scored.bundles), "atlas (SHA-256)": atlas.digest},
    )


def _components(atlas: Atlas) -> Components:
    return {str(name): list(samples) for name, samples in (atlas.manifest.get("components") or {}).items()}


def plain_row(row: pd.Series) -> dict[str, Any]:
    """A row of a table as plain values: missing ones None, whole ranks as int."""
    plain: dict[str, Any] = {}
    for name, value in row.items():
        known = None if pd.isna(value) else value.item() if isinstance(value, np.generic) else value
        plain[str(name)] = int(known) if name in ("rank", "rank_of") and known is not None else known
    return plain
