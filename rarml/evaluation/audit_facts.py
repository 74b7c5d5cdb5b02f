"""What the leakage audit looks at, and what it says of it: plain tables and fitted models, no files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from rarml.training.crossfit_model import CrossfitModel
from rarml.training.eligibility import EligibilityRule

Verdict = Literal["pass", "warn", "fail", "not checked"]


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check : str
        Name of the check.
    verdict : str
        ``pass``, ``warn`` (look at it), ``fail`` (a leak) or ``not checked`` (something needed for it is not at hand).
    found : str
        One sentence: what was looked at, what was found, and the first gene, column or fold that offends.
    """

    check: str
    verdict: Verdict
    found: str


@dataclass(frozen=True, eq=False)
class Fitted:
    """A cross-fitted model under audit.

    Attributes
    ----------
    model : CrossfitModel
        As it answers.
    seed : int or None
        Root seed that `rarml.training.crossfit.crossfit` was given; None where it is not known.
    same_library : bool
        Whether its trees were grown by the version of XGBoost that is here, so that they can be grown again.
    """

    model: CrossfitModel
    seed: int | None = None
    same_library: bool = True


@dataclass(frozen=True, eq=False)
class Audited:
    """A trained model, what it was trained on, and what is needed to work out both again.

    Everything but `features`, `status`, `folds` and `groups` may be left out: the checks that need it then say that
    they did not run.

    Attributes
    ----------
    features : DataFrame
        Float32, as trained on: indexed by gene_id, at least all training genes.
    status : Series of str
        Class per training gene.
    folds, groups : Series
        Outer fold and group of relatives per gene.
    genes : DataFrame
        Of the atlas: `symbol`, `chrom`, `tss`, `has_sequence`, `tier` and, where promoters were compared, `family`.
    source : DataFrame
        The values of the same columns in the atlas.
    columns_by_rule : tuple of str
        The columns that the selection rule takes from the atlas by their names.
    level : Series
        Highest log2(1 + nTPM) over the stand-in samples, per gene of the atlas.
    rule : EligibilityRule
        Which genes may be trained on.
    called : Series of str
        Status per gene as called from the label table, before eligibility.
    positive_unlabelled : bool
        Whether genes that the table does not list count as unresponsive.
    origins : tuple of str
        Names of the files, cells and samples that the features were computed from.
    fold_rules : mapping of str to Series
        Folds by other tellings: of the rule, of other cell types' models on the same genes.
    gene_lists : mapping of str to collection of str
        Known lists of target genes (gene ids), which may be no feature.
    fitted : mapping of str to Fitted
        The model and its covariate baseline, by name.
    metrics : DataFrame
        `rarml.evaluation.summary.evaluate`.
    matched : tuple of dict
        Rows of `rarml.evaluation.matched.matched_table`.
    """

    features: pd.DataFrame
    status: pd.Series
    folds: pd.Series
    groups: pd.Series
    genes: pd.DataFrame | None = None
    source: pd.DataFrame | None = None
    columns_by_rule: tuple[str, ...] | None = None
    level: pd.Series | None = None
    rule: EligibilityRule | None = None
    called: pd.Series | None = None
    positive_unlabelled: bool = False
    origins: tuple[str, ...] = ()
    fold_rules: Mapping[str, pd.Series] = field(default_factory=dict)
    gene_lists: Mapping[str, Collection[str]] = field(default_factory=dict)
    fitted: Mapping[str, Fitted] = field(default_factory=dict)
    metrics: pd.DataFrame | None = None
    matched: tuple[dict[str, object], ...] = ()

    @property
    def columns(self) -> list[str]:
        """Feature columns that the model was given."""
        return [str(name) for name in self.features.columns]


def named(name: object, genes: pd.DataFrame | None) -> str:
    """A gene as its symbol and id."""
    symbol = "" if genes is None or name not in genes.index else str(genes.loc[[name], "symbol"].iloc[0])
    return f"{symbol} ({name})" if symbol and symbol != "nan" else str(name)
