"""The settings of one cell-type model: a complete, commented example is `configs/quick.yaml`."""

from __future__ import annotations

from rarml.bundle.manifest import Context
from rarml.core.settings import Settings
from rarml.labels.table import LabelSpec
from rarml.training.crossfit import CrossfitSettings
from rarml.training.eligibility import EligibilityRule

DEFAULT_BLOCKS = ("rare", "sequence", "composition", "chromatin", "expression", "coexpression")
"""`partners` has to be asked for: it adds nothing measurable (experiments/results/feature_blocks.md)."""


class EvaluationSettings(Settings):
    """What is run to judge a model, beside its covariate baseline; the last two cost a training each.

    Attributes
    ----------
    baselines : bool
        Cross-fit the stronger baselines (covariates + chromatin, covariates + co-expression panel). Those that need
        no fit (chance, the RARE rule, the gene family mean) are always shown.
    controls : bool
        Train once more on permuted labels: the AUROC must be one half.
    allow_leaky : bool
        Train once more on folds drawn gene by gene, which leak, to print how much they flatter.
    """

    baselines: bool = True
    controls: bool = True
    allow_leaky: bool = False


class TrainSettings(Settings):
    """Everything `rarml train` needs besides the atlas.

    Attributes
    ----------
    name : str
        Name of the model.
    cell_type : str
        The treated cells, in words.
    description : str
        One sentence for the model card.
    labels : LabelSpec
        Label files (relative to the configuration file) and the calling rule.
    context : Context
        The untreated cells whose expression and chromatin are used.
    eligibility : EligibilityRule
        Which genes may be trained on.
    blocks : tuple of str
        Feature blocks to use.
    model : CrossfitSettings
        Folds, members and the gradient model.
    evaluation : EvaluationSettings
        What is run to judge the model.
    experimental : bool
        Marks the model as experimental wherever it is shown.
    bootstrap : int
        Resamples for intervals.
    seed : int
        Root of all random streams.
    """

    name: str = "my-model"
    cell_type: str = "unnamed cells"
    description: str = ""
    labels: LabelSpec = LabelSpec()
    context: Context = Context()
    eligibility: EligibilityRule = EligibilityRule()
    blocks: tuple[str, ...] = DEFAULT_BLOCKS
    model: CrossfitSettings = CrossfitSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    experimental: bool = False
    bootstrap: int = 1000
    seed: int = 2026
