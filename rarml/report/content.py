"""What a report is made of: plain frozen records and tables that the workflows fill; no model, no file, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.report.compare_content import CompareMore

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ModelInfo:
    """A model as its reader sees it.

    Attributes
    ----------
    name : str
        Name of the model; the key used in tables (column `model`, columns `p_up:<name>`).
    cell_type : str
        The treated cells, in words.
    description : str
        One sentence.
    experimental, positive_unlabelled : bool
        Shown as a badge wherever the model is named.
    classes : tuple of str
        Of up, down, unresponsive.
    prevalence : dict of str to float
        Share of each class among the training genes, 0-1.
    stand_in : tuple of str
        Untreated expression samples that stand in for the treated cells.
    chromatin : tuple of str or None
        Untreated cells whose chromatin is used; None means all, () none.
    context_note : str
        Why the stand-ins are proxies; shown with the word "proxy".
    dose, time, source : str
        Of the labels; "" where not stated.
    performance : str
        One sentence with the held-out performance and the gain over covariates, or "".
    """

    name: str
    cell_type: str
    description: str = ""
    experimental: bool = False
    positive_unlabelled: bool = False
    classes: tuple[str, ...] = ("up", "down", "unresponsive")
    prevalence: dict[str, float] = field(default_factory=dict)
    stand_in: tuple[str, ...] = ()
    chromatin: tuple[str, ...] | None = None
    context_note: str = ""
    dose: str = ""
    time: str = ""
    source: str = ""
    performance: str = ""


@dataclass(frozen=True, eq=False)
class ScoreContent:
    """A scored gene list.

    Attributes
    ----------
    table : DataFrame
        One row per input name and model, in input order: `query`, `gene_id` (missing if not mapped), `symbol`,
        `mapping` (mapped, ambiguous, unmapped), `note`, `model`, `call`, `p_<class>`, `p_<class>_low`,
        `p_<class>_high`, `covariates_<class>`, `gain`, `rank`, `rank_of`, `flags` ("; "-joined), `measured`, and the
        best RARE `rare_type`, `rare_pvalue`, `rare_chrom`, `rare_start`, `rare_end` (0-based half-open),
        `rare_strand`, `rare_tss_distance` (bp, + downstream), `rare_count`. Further columns are ignored, missing
        optional ones (all but query, gene_id, mapping, model) read as missing values. `not_ruled_out`, if there, holds
        the classes of a prediction set joined by "|" ("" where all are ruled out, missing where not judged).
    sites : DataFrame
        Called RAREs of the mapped genes: `gene_id`, `type`, `chrom`, `start`, `end`, `strand`, `tss_distance`,
        `pvalue`, and if there `score`, `qvalue`, `left`, `spacer`, `right`, `mismatches`, `in_open_chromatin`,
        `in_repeat`, `competitor`.
    models : tuple of ModelInfo
        In order of display.
    call_rule : str
        The rule behind the call words, in one sentence.
    assembly : str
        For coordinates.
    window : str
        The promoter window searched, e.g. "1,000 bp up- to 1,000 bp downstream of the TSS".
    provenance : dict of str to str
        Shown at the end (rarml version, digests); no timestamps.
    methods : tuple of str
        Paragraphs for the methods section of a paper.
    hit_rates : tuple of dict
        Per model, direction and depth: `model`, `direction` (up, down, responsive), `depth`, `precision`, `low`,
        `high` (held out, 0-1) and `prevalence`.
    controls : tuple of dict
        Genes to take along to the bench: `model`, `role` (positive control, matched negative), `symbol`, `gene_id`,
        `for_gene` (the candidate a negative is matched to, or ""), `p_up`, `p_down`, `p_unresponsive`,
        `measured`, `level` (baseline expression, log2(1 + nTPM)) and `note`.
    pages : dict of str to str
        Gene id to the page of its own: an address relative to the report.
    level : float or None
        Coverage of the prediction sets (0-1).
    title : str
        Heading; "" for a question that fits every list.
    """

    table: pd.DataFrame
    sites: pd.DataFrame
    models: tuple[ModelInfo, ...]
    call_rule: str = ""
    assembly: str = "GRCh38"
    window: str = "1,000 bp upstream to 1,000 bp downstream of the transcription start"
    provenance: dict[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ()
    hit_rates: tuple[dict[str, Any], ...] = ()
    controls: tuple[dict[str, Any], ...] = ()
    pages: dict[str, str] = field(default_factory=dict)
    title: str = ""
    level: float | None = None


@dataclass(frozen=True, eq=False)
class CompareContent:
    """A comparison of two or more models.

    Attributes
    ----------
    genes : DataFrame
        One row per gene that at least one model judges: `gene_id`, `symbol`, per model `p_up:<model>`,
        `p_down:<model>`, `call:<model>`, `measured:<model>` and optionally `usable:<model>` (in its domain); `group`
        (shared up, shared down, only in <model>, opposite, partly shared, none, not judged by all) and `spread`.
    correlations : DataFrame
        `a`, `b`, `probability` (up, down, responsive), `spearman`, `n`.
    transfer : DataFrame
        `model`, `labels`, `task`, `value`, `low`, `high`, `n`, `n_positive`; AUROC on held-out chromosomes. An
        optional column `metric` (default "auroc") is shown in the heading; only rows of its first value are drawn.
    models : tuple of ModelInfo
    call_rule : str
    top : int
        Genes listed per group.
    provenance : dict of str to str
    more : CompareMore
        Sets, core, differences and what else is known.
    """

    genes: pd.DataFrame
    correlations: pd.DataFrame
    transfer: pd.DataFrame
    models: tuple[ModelInfo, ...]
    call_rule: str = ""
    top: int = 50
    provenance: dict[str, str] = field(default_factory=dict)
    more: CompareMore = field(default_factory=CompareMore)


@dataclass(frozen=True, eq=False)
class Curve:
    """Held-out ROC, precision-recall and reliability of one predictor in one task (`rarml.evaluation.curves`).

    Attributes
    ----------
    task : str
        E.g. "responsive v unresponsive".
    predictor : str
        E.g. "all blocks" or "covariates only"; the first predictor of a task is drawn as the model.
    prevalence : float
        Share of positive genes, 0-1.
    roc : pair of arrays
        False and true positive rates.
    pr : pair of arrays
        Recall and precision.
    reliability : five arrays
        Per bin the mean prediction (of p_up / (p_up + p_unresponsive) or the like), the observed share, the ends of its
        95 % interval, and the number of genes.
    """

    task: str
    predictor: str
    prevalence: float
    roc: tuple[Floats, Floats]
    pr: tuple[Floats, Floats]
    reliability: tuple[Floats, Floats, Floats, Floats, NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class TrainContent:
    """A trained model and how it was made; the train report and the model card are made from it.

    Attributes
    ----------
    model : ModelInfo
    counts : dict of str to int
        The label flow, any of: read, mapped, ambiguous, unmapped, duplicated, untested, up, down, unresponsive,
        ambiguous_status, without_sequence, eligible, eligible_up, eligible_down, eligible_unresponsive.
    metrics : DataFrame
        `task`, `metric`, `value`, `low`, `high`, `baseline`, `gain`, `gain_low`, `gain_high`, `n`, `n_positive`,
        `prevalence`. A gain above 0 is an improvement for every metric, losses included.
    curves : tuple of Curve
    importance : dict of str to float
        Feature block to its share (0-1).
    branches : tuple of dict
        Per branch, task and metric (auroc, auprc): `branch`, `what`, `task`, `metric`, `alone`, `whole`, `worth` (the
        stack less the stack without the branch), `worth_low`, `worth_high`; empty for a model of one branch.
    evaluation : dict of str to tuple of dict
        Rows of the tables `baselines`, `matched`, `deciles`, `controls`, `unlabelled` and `coverage`; and of `top`
        (`task`, `depth`, `value`, `low`, `high`, `n`, `n_positive`, `prevalence`), `enrichment` (`set`, `sites`,
        `type`, `with_site`, `n`, `background_with_site`, `n_background`, `odds_ratio`, `low`, `high`, `pvalue`,
        `qvalue`) and `tss_distance` (`status`, `from_bp`, `to_bp`, `with_site`, `n`, `value`, `low`, `high`).
    audit : tuple of dict
        Per check of the leakage audit: `check`, `verdict` (pass, warn, fail, not checked) and `found`.
    label_rule : tuple of str
        Sentences: dialect found, thresholds, joins.
    eligibility_rule : str
        Which genes may be trained on, the same for every class.
    split_rule : str
        How folds were made.
    blocks : dict of str to int
        Feature block to its number of columns.
    notes : tuple of str
        What a user should know.
    limitations : tuple of str
        Of this model, beside the standing ones of the report.
    licences : dict of str to str
        Source to its terms.
    provenance : dict of str to str
        Digests, versions, seed; no timestamps.
    methods : tuple of str
        Paragraphs for the methods section of a paper.
    """

    model: ModelInfo
    counts: dict[str, int]
    metrics: pd.DataFrame
    curves: tuple[Curve, ...] = ()
    importance: dict[str, float] = field(default_factory=dict)
    branches: tuple[dict[str, Any], ...] = ()
    evaluation: dict[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    audit: tuple[dict[str, Any], ...] = ()
    label_rule: tuple[str, ...] = ()
    eligibility_rule: str = ""
    split_rule: str = ""
    blocks: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    licences: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ()
