"""What a gene card is made of: frozen records that the workflow fills; no model, no file, no clock."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from rarml.report.content import ModelInfo


@dataclass(frozen=True)
class KindShare:
    """What one kind of evidence adds to the log-odds.

    Attributes
    ----------
    kind : str
        Key of `rarml.report.feature_words.KIND_WORDS`.
    contribution, low, high : float
        Natural log-odds, with a 95 % interval.
    """

    kind: str
    contribution: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Reason:
    """What one feature adds to the log-odds.

    Attributes
    ----------
    feature : str
        Column name, or ``sequence:kmer:*`` for all k-mer components together.
    kind : str
    words : str
        The feature in plain words.
    value : float or None
        None where missing, or where several features are taken together.
    value_words : str
        With its unit.
    percentile : float or None
        Share of the atlas's genes with a smaller value, ties by half, 0-100; None where it says nothing.
    contribution : float
        Natural log-odds.
    """

    feature: str
    kind: str
    words: str
    value: float | None
    value_words: str
    percentile: float | None
    contribution: float


@dataclass(frozen=True)
class ClassAccount:
    """The account of one class's log-odds: base and kinds sum to `log_odds`, up to `error`.

    Attributes
    ----------
    name : str
        up, down or unresponsive.
    base : float
        Log-odds for an average promoter of the training genes.
    log_odds, probability : float
        Of the shown probability, before rounding.
    error : float
        What numerical integration leaves.
    kinds : tuple of KindShare
    reasons : tuple of Reason
        The largest single features, by size.
    others : float
        All other features together.
    """

    name: str
    base: float
    log_odds: float
    probability: float
    error: float
    kinds: tuple[KindShare, ...]
    reasons: tuple[Reason, ...]
    others: float


@dataclass(frozen=True)
class ModelAnswer:
    """What one model says of the gene, and why.

    Attributes
    ----------
    info : ModelInfo
    answer : dict
        A row of `rarml.workflows.score.ScoreResult.table` with missing values as None: `call`, `p_<class>` with
        `_low` and `_high`, `covariates_<class>`, `gain`, `rank`, `rank_of`, `flags`, `measured`.
    accounts : tuple of ClassAccount
        One per class of the model.
    held_out : bool
        Whether the gene is one of the training genes: it is then answered by models that never saw its fold.
    chromatin : tuple of dict
        Untreated chromatin that the model reads: `cell`, `mark`, `overlap`, `signal` (0-1), `distance` (bp); None
        where missing.
    """

    info: ModelInfo
    answer: dict[str, Any]
    accounts: tuple[ClassAccount, ...]
    held_out: bool
    chromatin: tuple[dict[str, Any], ...] = ()

    def account(self, name: str) -> ClassAccount | None:
        """The account of one class, if the model knows it."""
        return next((one for one in self.accounts if one.name == name), None)


@dataclass(frozen=True)
class GeneCard:
    """Everything that is shown of one gene.

    Attributes
    ----------
    gene_id, symbol : str
    queries : tuple of str
        The names that led to it.
    note : str
        How the name was resolved, e.g. "alias of CYP26B1".
    place : dict
        `chrom, strand, tss` (0-based), `tss_source, has_sequence, n_promoters`, `sequence_tss` (None without sequence).
    window : tuple of int
        Bases searched up- and downstream of a TSS.
    promoter : tuple of dict
        What the atlas tells of the promoter: `feature`, `words`, `value`, `value_words`, `percentile`.
    partners : tuple of dict
        Partner motifs with a match at p <= 1e-4: `factor`, `count`.
    sites : tuple of dict
        Called RAREs, nearest to the primary TSS first: rows of the atlas's table of sites, `place` (bases of the first
        base from the primary TSS, + downstream) and `reads` (+ in the gene's direction, - against it, . both ways).
    answers : tuple of ModelAnswer
    assembly : str
    lacking : tuple of str
        Sentences: what the card cannot show, and why.
    tracks : tuple of dict
        `name`, and `intervals` (pairs of places from the primary TSS, half-open, + downstream), `places` or `marks`
        (each `place` and `label`); the one named TSS holds all transcription starts, and under `without_sequence` those
        whose bases are not known. Empty without a reference.
    bases : dict or None
        Attribution of single bases: `start` (place of the first base from the primary TSS), `letters`, `importance`.
    knockouts : tuple of dict
        In-silico experiments: `site, what, class, change, low, high`, and `model` where several are asked.
    provenance : dict of str to str
    """

    gene_id: str
    symbol: str
    queries: tuple[str, ...]
    note: str
    place: dict[str, Any]
    window: tuple[int, int]
    promoter: tuple[dict[str, Any], ...]
    partners: tuple[dict[str, Any], ...]
    sites: tuple[dict[str, Any], ...]
    answers: tuple[ModelAnswer, ...]
    assembly: str
    lacking: tuple[str, ...] = ()
    tracks: tuple[dict[str, Any], ...] = ()
    bases: dict[str, Any] | None = None
    knockouts: tuple[dict[str, Any], ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what is not finite becomes None."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value
