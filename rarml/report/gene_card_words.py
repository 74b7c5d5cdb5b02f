"""Sentences of a gene card: the reasons of one model, and why two models differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rarml.report.feature_words import KIND_SHORT
from rarml.report.gene_card_content import ClassAccount, GeneCard, KindShare, ModelAnswer
from rarml.report.words import percent, signed

DIRECTIONS = {"up": "rise", "down": "fall"}
_WORTH_NAMING = 0.1
_LIKE_NONE = 0.05

UNIT = "Contributions are log-odds (natural logarithm): +0.7 doubles the odds, −0.7 halves them."
METHOD = (
    "Exact tree SHAP and linear contributions per branch, carried through the stack by integrated gradients from the "
    "average promoter of the training genes"
)
SHARED = (
    "Related features share credit in ways that no method can settle: read kinds of evidence, not single features. An "
    "account says what moved this model, not what moves the gene."
)


@dataclass(frozen=True)
class Line:
    """One line of a comparison: a part of the account in each model.

    Attributes
    ----------
    label : str
        A kind of evidence in short, or "start".
    values : tuple of float or None
        Log-odds per model that is compared.
    sure : tuple of bool
        Whether the interval leaves out 0.
    spread : float
        Largest less smallest value.
    """

    label: str
    values: tuple[float | None, ...]
    sure: tuple[bool, ...]
    spread: float


def odds_factor(log_odds: float) -> str:
    """A change of log-odds as the factor of the odds: ``×2.0``, ``÷3.1``, or ``×1`` where it is next to nothing."""
    if abs(log_odds) < _LIKE_NONE:
        return "×1"
    factor = math.exp(abs(log_odds))
    shown = f"{factor:.0f}" if factor >= 9.95 else f"{factor:.1f}"
    return f"{'×' if log_odds > 0 else '÷'}{shown}"


def base_probability(account: ClassAccount) -> float:
    """The probability of an average promoter of the training genes."""
    return 1 / (1 + math.exp(-account.base))


def why(account: ClassAccount) -> str:
    """Why a probability is what it is: from where it starts, and the kinds of evidence that moved it most."""
    moved = sorted(account.kinds, key=lambda share: -abs(share.contribution))
    named = [share for share in moved if abs(share.contribution) >= _WORTH_NAMING][:3]
    parts = ", ".join(f"{KIND_SHORT[share.kind]} {odds_factor(share.contribution)}" for share in named)
    start = f"an average promoter of its training genes has {percent(base_probability(account))}"
    return f"{start}; on its odds here {parts}" if parts else f"{start}; no kind of evidence moves it much"


def rare_words(account: ClassAccount) -> str:
    """What RAREs did to the odds, said also where it is nothing."""
    share = next((one for one in account.kinds if one.kind == "rare"), None)
    if share is None:
        return "not read by this model"
    return f"odds {odds_factor(share.contribution)}" + ("" if share.sure else " (interval includes no effect)")


def how_to_read(accounts: Sequence[ClassAccount]) -> str:
    """What the numbers of accounts are, and how far these are from adding up, at most."""
    error = max((abs(account.error) for account in accounts), default=0.0)
    return (
        f"{UNIT} With the start (an average promoter) they add up to the log-odds of the probability shown, here to "
        f"within {error:.0e}. Intervals (95 %) are over the models that answer, each trained without one group of "
        "chromosomes."
    )


def kind_interval(share: KindShare) -> str:
    """``+0.42 [+0.10, +0.74]``."""
    return f"{signed(share.contribution)} [{signed(share.low)}, {signed(share.high)}]"


def leading_class(answer: ModelAnswer) -> str:
    """The direction that is likelier in this model."""
    known = [one for one in answer.accounts if one.name in DIRECTIONS]
    return max(known, key=lambda one: one.probability).name if known else answer.accounts[0].name


def comparable(card: GeneCard, name: str) -> list[tuple[ModelAnswer, ClassAccount]]:
    """The models that know a class, with their accounts of it."""
    found = [(answer, answer.account(name)) for answer in card.answers]
    return [(answer, account) for answer, account in found if account is not None]


def comparison(card: GeneCard, name: str) -> list[Line]:
    """The account of one class in all models that know it, line by line: the start, then every kind of evidence."""
    accounts = [account for _, account in comparable(card, name)]
    if len(accounts) < 2:
        return []
    lines = [_line("start", [account.base for account in accounts], [True] * len(accounts))]
    for kind, short in KIND_SHORT.items():
        shares = [next((one for one in account.kinds if one.kind == kind), None) for account in accounts]
        if any(share is not None for share in shares):
            values = [None if share is None else share.contribution for share in shares]
            lines.append(_line(short, values, [share is not None and share.sure for share in shares]))
    return lines


def difference(card: GeneCard, name: str) -> str:
    """Why the models with the highest and the lowest probability of a class differ; "" with fewer than two models."""
    found = sorted(comparable(card, name), key=lambda pair: pair[1].log_odds)
    if len(found) < 2:
        return ""
    (low, low_account), (high, high_account) = found[0], found[-1]
    gap = high_account.log_odds - low_account.log_odds
    parts = [("where an average promoter starts there", high_account.base - low_account.base)]
    for kind, short in KIND_SHORT.items():
        one, other = (_share(account, kind) for account in (high_account, low_account))
        parts.append((short, one - other))
    told = sorted((part for part in parts if abs(part[1]) >= _WORTH_NAMING), key=lambda part: -abs(part[1]))
    words = ", ".join(f"{what} {signed(value, 1)}" for what, value in told) or "nothing that stands out"
    return (
        f"P({name}) is highest in {high.info.name} ({percent(high_account.probability)}) and lowest in "
        f"{low.info.name} ({percent(low_account.probability)}). The {gap:.1f} log-odds between them: {words}."
    )


def _share(account: ClassAccount, kind: str) -> float:
    return next((share.contribution for share in account.kinds if share.kind == kind), 0.0)


def _line(label: str, values: Sequence[float | None], sure: Sequence[bool]) -> Line:
    known = [value for value in values if value is not None]
    return Line(label, tuple(values), tuple(sure), max(known) - min(known))
