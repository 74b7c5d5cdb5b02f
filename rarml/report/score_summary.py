"""The plain-language summary of a scored list: who responds, where, how surely, on what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rarml.report.score_rows import ModelView
from rarml.report.words import listing, percent, pvalue

NOTABLE_GAIN = 0.05
"""P(responsive) above that of the covariates that the summary calls notable (5 percentage points)."""


@dataclass(frozen=True)
class ModelSummary:
    """What one model says about the list.

    Attributes
    ----------
    view : ModelView
    up, down, unclear : list of dict
        Candidate rows by direction, best first; unclear where both directions are above their base rates.
    unlikely, uncertain, not_judged : int
    certainty : str
        The width of the candidates' intervals in words, or "".
    beyond : str
        How many candidates gain notably over covariates.
    evidence : str
        RAREs in the candidates' promoters.
    measured : str
        What this model's own training data say of the candidates.
    """

    view: ModelView
    up: list[dict[str, Any]]
    down: list[dict[str, Any]]
    unclear: list[dict[str, Any]]
    unlikely: int
    uncertain: int
    not_judged: int
    certainty: str
    beyond: str
    evidence: str
    measured: str


def summarise(view: ModelView) -> ModelSummary:
    """Summarise one model's answers."""
    up, down = view.called("candidate up"), view.called("candidate down")
    unclear = view.called("candidate, direction unclear")
    candidates = up + down + unclear
    return ModelSummary(
        view=view,
        up=up,
        down=down,
        unclear=unclear,
        unlikely=len(view.called("unlikely")),
        uncertain=len(view.called("uncertain")),
        not_judged=len(view.called("not judged")),
        certainty=_certainty(up, down),
        beyond=_beyond(candidates),
        evidence=_evidence(candidates),
        measured=_measured(up + down),
    )


def in_several(summaries: Sequence[ModelSummary]) -> list[tuple[str, int]]:
    """Genes that are a candidate in one direction in at least two models, most models first."""
    models: dict[tuple[str, str], int] = {}
    for one in summaries:
        for arrow, rows in (("▲", one.up), ("▼", one.down)):
            for row in rows:
                models[row["symbol"], arrow] = models.get((row["symbol"], arrow), 0) + 1
    several = [(f"{symbol} {arrow}", n) for (symbol, arrow), n in models.items() if n > 1]
    return sorted(several, key=lambda item: -item[1])


def _certainty(up: list[dict[str, Any]], down: list[dict[str, Any]]) -> str:
    sure = [(row[f"p_{name}"], row, name) for rows, name in ((up, "up"), (down, "down")) for row in rows]
    sure = [item for item in sure if item[0] is not None]
    if not sure:
        return ""
    _, row, name = max(sure, key=lambda item: item[0])
    low, high = row[f"p_{name}_low"], row[f"p_{name}_high"]
    spread = f", 95 % interval {percent(low)} to {percent(high)}" if low is not None and high is not None else ""
    return f"{row['symbol']}: P({name}) {percent(row[f'p_{name}'])}{spread}"


def _beyond(candidates: list[dict[str, Any]]) -> str:
    gains = [(row["gain"], row["symbol"]) for row in candidates if row["gain"] is not None]
    if not gains:
        return ""
    more = [symbol for gain, symbol in sorted(gains, key=lambda item: -item[0]) if gain >= NOTABLE_GAIN]
    if not more:
        return f"Not notably, for any of {len(gains):,}"
    return f"Yes for {len(more):,} of {len(gains):,}: {listing(more, 4)}"


def _evidence(candidates: list[dict[str, Any]]) -> str:
    if not candidates:
        return ""
    found = [row for row in candidates if row["rare_pvalue"] is not None]
    if not found:
        return f"None called in {len(candidates):,}"
    best = min(found, key=lambda row: row["rare_pvalue"])
    place = "" if best["rare_tss_distance"] is None else f", {distance(best['rare_tss_distance'])}"
    return (
        f"Called in {len(found):,} of {len(candidates):,}; best: {best['rare_type']} of {best['symbol']}"
        f" (p = {pvalue(best['rare_pvalue'])}{place})"
    )


def _measured(candidates: list[dict[str, Any]]) -> str:
    known = [row for row in candidates if row["measured"] in ("up", "down", "unresponsive")]
    if not known:
        return "None of them clearly" if candidates else ""
    agree = sum(f"candidate {row['measured']}" == row["call"] for row in known)
    return f"{len(known):,} of {len(candidates):,}; {agree:,} of these moved as predicted"


def distance(bases: float) -> str:
    """``120 bp upstream``, ``35 bp downstream`` or ``at the TSS``."""
    if int(bases) == 0:
        return "at the TSS"
    return f"{abs(int(bases)):,} bp {'downstream' if bases > 0 else 'upstream'} of the TSS"
