"""The page of one gene: what each model says, why, and the promoter drawn; one self-contained HTML file."""

from __future__ import annotations

from typing import Any

from rarml.report import cells
from rarml.report.feature_words import KIND_SHORT, KIND_WORDS, bases_words
from rarml.report.gene_card_bars import bars, reach
from rarml.report.gene_card_content import GeneCard
from rarml.report.gene_card_logo import logos
from rarml.report.gene_card_strip import strip
from rarml.report.gene_card_words import (
    DIRECTIONS,
    METHOD,
    SHARED,
    comparable,
    comparison,
    difference,
    how_to_read,
    leading_class,
    rare_words,
    why,
)
from rarml.report.html import render
from rarml.report.limits import limits


def gene_card_html(card: GeneCard) -> str:
    """Render a gene card as one HTML page that needs no network.

    Equal cards give equal bytes.
    """
    most = reach(card)
    infos = [answer.info for answer in card.answers]
    return render(
        "gene_card.html.j2",
        content=card,
        card=card,
        answers=[
            {
                "answer": answer,
                "anchor": f"model-{number}",
                "lead": answer.account(leading_class(answer)),
                "accounts": [one for one in answer.accounts if one.name in DIRECTIONS],
                "bars": [bars(one, most) for one in answer.accounts if one.name in DIRECTIONS],
            }
            for number, answer in enumerate(card.answers, start=1)
        ],
        strip=strip(card),
        logos=logos(card),
        chromatin=_chromatin(card),
        sites=sorted(card.sites, key=lambda site: site["pvalue"]),
        comparisons=[
            (name, [answer.info for answer, _ in comparable(card, name)], lines, difference(card, name))
            for name in DIRECTIONS
            if (lines := comparison(card, name))
        ],
        limits=limits(infos),
        cells=cells,
        why=why,
        rare_words=rare_words,
        kinds=KIND_WORDS,
        short=KIND_SHORT,
        unit=how_to_read([account for answer in card.answers for account in answer.accounts]),
        method=METHOD,
        shared=SHARED,
        bases_words=bases_words,
    )


def _chromatin(card: GeneCard) -> list[dict[str, Any]]:
    """Each track once, with the models that read it."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for answer in card.answers:
        for track in answer.chromatin:
            row = rows.setdefault((track["cell"], track["mark"]), {**track, "models": []})
            row["models"].append(answer.info.name)
    return list(rows.values())
