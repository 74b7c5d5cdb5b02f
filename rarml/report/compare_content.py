"""What a comparison of models shows beyond its gene table: sets, core, differences, receptors, known targets."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, eq=False)
class GeneSets:
    """Sets of genes for one UpSet plot.

    Attributes
    ----------
    kind : str
        "called" (candidates) or "measured" (status in the training table).
    direction : str
        "up" or "down".
    sizes : dict of str to int
        Genes per model, in order of display.
    n_genes : int
        Genes that could be in every set.
    intersections : DataFrame
        `sets` (tuple of model names), `degree`, `n` (genes in these sets and in no other) and `expected` (the same if
        the sets were independent); largest first.
    pairs : DataFrame
        `a`, `b`, `n_a`, `n_b`, `both`, `expected`, `jaccard`, `odds_ratio`, `low`, `high`, `pvalue`.
    """

    kind: str
    direction: str
    sizes: dict[str, int]
    n_genes: int
    intersections: pd.DataFrame
    pairs: pd.DataFrame


@dataclass(frozen=True, eq=False)
class CompareMore:
    """The further tables of a comparison; an empty one leaves its section out.

    Attributes
    ----------
    sets : tuple of GeneSets
    core : DataFrame
        `gene_id`, `symbol`, `direction`, `called_in`, `of`, `measured_in`, `consensus`, `probability`, `spread`,
        `n_models`, `agree`, `rank`.
    differences : DataFrame
        `a`, `b`, `direction`, `gene_id`, `symbol`, `higher_in`, `difference`; per side (`_a`, `_b`) `p`, `evidence`,
        `measured`, `promoter`, `marks`, `ntpm`; optionally `why:start` and `why:<kind>`, adding up to `difference`.
    receptors : DataFrame
        `model`, `sample`, `receptor`, `ntpm`.
    marks : dict of str to str
        Per model the cells and marks behind "open" and "closed".
    known : DataFrame
        `list`, `model`, `named`, `mapped` and the columns of `rarml.evaluation.known_targets`.
    methods : tuple of str
        Paragraphs for the methods section of a paper.
    """

    sets: tuple[GeneSets, ...] = ()
    core: pd.DataFrame = field(default_factory=pd.DataFrame)
    differences: pd.DataFrame = field(default_factory=pd.DataFrame)
    receptors: pd.DataFrame = field(default_factory=pd.DataFrame)
    marks: dict[str, str] = field(default_factory=dict)
    known: pd.DataFrame = field(default_factory=pd.DataFrame)
    methods: tuple[str, ...] = ()
