"""Held-out answers of the stack and of two simpler models, on ATRA labels and on the labels of other perturbations.

Every eligible gene, labelled or not, is answered by members that never saw its chromosome, so a model of one
perturbation can be asked about the genes of another. Tables are kept in experiments/predictions.
"""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
from common import real_data
from controls_common import WORK
from held_out import atlas, cell_data, inputs_digest
from kept_predictions import KeptPredictions

from rarml.core.seeds import child_seed
from rarml.features.registry import block_of
from rarml.labels.table import LabelSpec, LabelTable, load_labels
from rarml.training.crossfit import crossfit
from rarml.training.dataset import Dataset
from rarml.workflows.settings import TrainSettings
from rarml.workflows.train import assemble

KINDS = ("covariates", "covariates + panel", "stack")
TGFB = "mcf-7 TGF-β"
DOSES = {"tgfb": ("tgfb_1.25ng", "tgfb_5ng", "tgfb_10ng"), "ra": ("ra_50nM", "ra_200nM", "ra_400nM")}


def called(files: list[str], min_agree: int) -> LabelTable:
    """Labels of DE tables by the default calling rule."""
    return load_labels(LabelSpec(files=tuple(files), min_agree=min_agree), atlas().names)


@lru_cache(maxsize=4)
def computed_labels(which: str) -> LabelTable:
    """Labels from the tables of `controls_deseq.py` (three doses, at least two must agree, as for the shared ones)."""
    files = [WORK / "deseq" / f"{name}.csv" for name in DOSES[which]]
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise SystemExit(f"{missing[0]} is missing: run experiments/controls_deseq.py first (it says how)")
    return called([str(file) for file in files], 2)


@lru_cache(maxsize=2)
def u937_labels() -> LabelTable:
    """U-937 after induction of PML-RARA: significant genes only, up or down at least twofold."""
    return called([str(real_data() / "labels" / "u937_pml-rara_induction_limma.txt")], 1)


@lru_cache(maxsize=8)
def problem(name: str) -> tuple[Dataset, TrainSettings]:
    """A cell type's own data, or MCF-7's with the labels of TGF-β."""
    if name != TGFB:
        return cell_data(name)
    settings = cell_data("mcf-7")[1]
    return assemble(atlas(), computed_labels("tgfb"), settings), settings


def columns_of(data: Dataset, kind: str) -> list[str]:
    """Columns that a kind of model reads."""
    if kind == "stack":
        return list(data.features.columns)
    panel = [name for name in data.features.columns if block_of(name) == "coexpression"]
    return [*data.baseline_columns, *(panel if kind == "covariates + panel" else [])]


@lru_cache(maxsize=8)
def kept_answers(name: str) -> KeptPredictions:
    """Where the answers of a problem's models are kept."""
    return KeptPredictions("controls-answers", name.replace(" TGF-β", "-tgfb"), inputs_digest(*problem(name)))


def held_out(name: str, kind: str, seed: int) -> pd.DataFrame:
    """Held-out class probabilities of every eligible gene (columns ``p_<class>``)."""

    def make() -> pd.DataFrame:
        data, settings = problem(name)
        features = data.features[columns_of(data, kind)]
        root = child_seed(settings.seed, "controls", kind, seed)
        training = features.loc[data.status.index]
        model = crossfit(training, data.status, data.folds, settings.model, seed=root, groups=data.groups)
        asked = data.eligibility.index[data.eligibility == "eligible"]
        return model.predict_held_out(features.loc[asked], data.folds).proba

    return kept_answers(name).of_seed(kind, seed, make)
