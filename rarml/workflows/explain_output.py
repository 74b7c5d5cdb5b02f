"""Gene cards as files: one HTML page per gene and card.json."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rarml.core.files import atomic_folder, write_json
from rarml.report.gene_card import gene_card_html
from rarml.report.gene_card_content import GeneCard
from rarml.workflows.explain import ExplainResult

JSON = "card.json"


def cards_json(result: ExplainResult) -> dict[str, Any]:
    """All cards as plain values."""
    return {"cards": [card.to_dict() for card in result.cards], "unanswered": [dict(row) for row in result.unanswered]}


def write_cards(result: ExplainResult, out: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write a page per gene and card.json to the folder `out`, whole or not at all; the written paths."""
    names = page_names(result.cards)
    with atomic_folder(out, overwrite=overwrite) as folder:
        for card, name in zip(result.cards, names, strict=True):
            (folder / name).write_text(gene_card_html(card), encoding="utf-8")
        write_json(folder / JSON, cards_json(result))
    return [Path(out) / name for name in [*names, JSON]]


def page_names(cards: tuple[GeneCard, ...]) -> list[str]:
    """A file name per card: the symbol, or the gene id where that is no name for a file or names two genes."""
    plain = [
        card.symbol if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", card.symbol) else card.gene_id for card in cards
    ]
    lower = [name.lower() for name in plain]
    named = [
        name if lower.count(name.lower()) == 1 else f"{name}_{card.gene_id}"
        for name, card in zip(plain, cards, strict=True)
    ]
    return [re.sub(r"[^A-Za-z0-9._-]", "_", name) + ".html" for name in named]
