"""An example gene card, shaped like those of the workflow; the numbers are drawn, not measured."""

from __future__ import annotations

import math

import numpy as np

from rarml.report.gene_card_content import ClassAccount, GeneCard, KindShare, ModelAnswer, Reason
from tests.report.example_score import model_infos

KINDS = ("covariates", "coexpression", "chromatin", "rare", "sequence")
REASONS = (
    ("expression:mean", "covariates", "mean level over all untreated samples", 3.2),
    ("rare:DR5:best", "rare", "best DR5 in its promoters", 14.1),
    ("chromatin:MCF-7:H3K27ac:overlap", "chromatin", "H3K27ac peak at the promoter", None),
)


def gene_card(n_models: int = 3, *, strand: str = "+") -> GeneCard:
    """A card of a gene with six sites at two promoters."""
    rng = np.random.default_rng(n_models)
    return GeneCard(
        gene_id="ENSG00000095596",
        symbol="CYP26A1",
        queries=("CYP26A1",),
        note="",
        place={
            "chrom": "chr10", "strand": strand, "tss": 50_000, "tss_source": "cage", "has_sequence": True,
            "n_promoters": 2, "sequence_tss": 50_000,
        },
        window=(1000, 1000),
        promoter=(
            {"feature": "composition:gc", "words": "GC", "value": 0.6, "value_words": "60 %", "percentile": 80.0},
        ),
        partners=({"factor": "FOXA1", "count": 2},),
        sites=tuple(_sites(strand)),
        answers=tuple(_answer(info, rng) for info in model_infos(n_models)),
        assembly="GRCh38",
        lacking=("The atlas holds no bases.",),
        provenance={"rarml": "0"},
    )  # fmt: skip


def _sites(strand: str):
    rows = [
        ("DR5", -90, "-", 2e-6, True), ("DR2", -88, "+", 5e-5, True), ("DR5", 300, "+", 3e-5, False),
        ("ER5", -100, ".", 8e-6, None), ("DR4", 900, "-", 9e-6, True), ("DR8", -5000, "+", 2e-5, True),
    ]  # fmt: skip
    for name, place, reads, pvalue, opened in rows:
        start = 50_000 + place if strand == "+" else 50_000 - place - 16
        yield {
            "type": name, "chrom": "chr10", "start": start, "end": start + 17, "pvalue": pvalue, "qvalue": 0.8,
            "strand": "." if reads == "." else "+" if reads == strand else "-",
            "promoter_tss": 50_000 if abs(place) < 2000 else 50_000 + (-5200 if strand == "+" else 5200),
            "tss_distance": place if abs(place) < 2000 else 200, "left": "AGTTCA", "right": "AGTTCA", "mismatches": 0,
            "score": 14.0, "competitor": None, "composition": None, "in_repeat": None, "in_open_chromatin": opened,
            "place": place, "reads": reads,
        }  # fmt: skip


def _answer(info, rng) -> ModelAnswer:
    accounts = tuple(_account(name, rng) for name in info.classes)
    answer = {
        "call": "candidate up", "gain": 0.1, "rank": 120, "rank_of": 12_000, "flags": "out of domain",
        "measured": "up",
    }  # fmt: skip
    for name in ("up", "down", "unresponsive"):
        known = next((one for one in accounts if one.name == name), None)
        p = None if known is None else known.probability
        answer |= {f"p_{name}": p, f"p_{name}_low": None if p is None else p / 2, f"covariates_{name}": p}
        answer |= {f"p_{name}_high": None if p is None else (1 + p) / 2}
    chromatin = {"cell": "MCF-7", "mark": "H3K27ac", "overlap": 0.5, "signal": 0.7, "distance": 1200.0}
    return ModelAnswer(info, answer, accounts, held_out=True, chromatin=(chromatin,))


def _account(name: str, rng) -> ClassAccount:
    values = rng.normal(size=len(KINDS))
    base = -2.0
    log_odds = base + float(values.sum())
    reasons = tuple(
        Reason(column, kind, words, value, "–" if value is None else f"{value}", None, float(rng.normal()))
        for column, kind, words, value in REASONS
    )
    return ClassAccount(
        name=name,
        base=base,
        log_odds=log_odds,
        probability=1 / (1 + math.exp(-log_odds)),
        error=1e-15,
        kinds=tuple(
            KindShare(kind, float(v), float(v) - 0.5, float(v) + 0.5) for kind, v in zip(KINDS, values, strict=True)
        ),
        reasons=reasons,
        others=float(values.sum()) - sum(reason.contribution for reason in reasons),
    )
