"""A trained model in a script: its predictions, card and evaluation, checked on opening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rarml.bundle.load import Bundle, load_bundle
from rarml.bundle.registry import find_model
from rarml.bundle.registry import list_models as _model_folders
from rarml.workflows.score import score


@dataclass(frozen=True)
class Model:
    """A cell-type model.

    Attributes
    ----------
    bundle : Bundle
        The verified folder.
    """

    bundle: Bundle

    @property
    def name(self) -> str:
        """Its name."""
        return self.bundle.name

    @property
    def cell_type(self) -> str:
        """The treated cells, in words."""
        return str(self.bundle.manifest.cell_type)

    @property
    def columns(self) -> tuple[str, ...]:
        """Feature columns that it reads."""
        return tuple(self.bundle.manifest.columns)

    @property
    def card(self) -> str:
        """The model card, Markdown."""
        return self.bundle.read("MODEL_CARD.md").decode()

    @property
    def predictions(self) -> pd.DataFrame:
        """Every gene of its atlas, indexed by gene_id: probabilities, intervals, conformal p-values."""
        return self.bundle.predictions

    @property
    def labels(self) -> pd.DataFrame:
        """Status, eligibility, class trained on and fold per gene."""
        return self.bundle.labels

    @property
    def evaluation(self) -> dict[str, Any]:
        """How it was judged on held-out chromosomes, as in the card."""
        return dict(self.bundle.manifest.evaluation)

    def score(self, genes: Sequence[str], **options: Any) -> pd.DataFrame:
        """One row per name: call, probabilities, evidence (`rarml.workflows.score.score` with this model)."""
        return score(genes, [self.bundle.path], **options).table

    def __repr__(self) -> str:
        return f"<rarml model {self.name!r}: {self.cell_type}>"


def load_model(name: str | Path) -> Model:
    """Open a model: the name of a shipped one (see `list_models`) or a folder. Every file is checked; none is executed.

    Raises
    ------
    BundleError
        If it cannot be found, is damaged or of another format version.
    """
    return Model(load_bundle(find_model(name)))


def list_models() -> list[str]:
    """Names of the shipped models."""
    return [folder.name for folder in _model_folders()]
