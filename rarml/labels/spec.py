"""The `labels` part of a configuration: which files, how to read and how to call them."""

from __future__ import annotations

from typing import Literal

from rarml.core.settings import Settings
from rarml.labels.calling import CallingRule
from rarml.labels.count_spec import CountSpec

Kind = Literal["auto", "table", "gene_set", "statuses"]


class LabelSpec(Settings):
    """Where labels come from.

    Attributes
    ----------
    files : tuple of str
        Label files, relative to the configuration file, absolute, or starting with ``${RARML_DATA}``.
    counts : CountSpec, optional
        Raw counts that are compared first, in place of label files.
    kind : {'auto', 'table', 'gene_set', 'statuses'}
        Tables of differential expression, gene sets (a GMT or list: positive-unlabelled), or ready statuses;
        'auto' tells them apart by their content.
    min_agree : int, optional
        How many of several tables must agree; by default 2, or 1 for a single table.
    columns : dict, optional
        Role (id, symbol, log2fc, padj, base_mean; status) -> column name, where detection needs help.
    contrast : str, optional
        Condition of a Degust table with several.
    rule : CallingRule
        Thresholds.
    gene_set : str, optional
        Name of the set, where a GMT holds several.
    direction : {'up', 'down'}
        What the genes of a gene set do.
    dose, time, source : str
        Recorded with the labels; they travel with the model.
    """

    files: tuple[str, ...] = ()
    counts: CountSpec | None = None
    kind: Kind = "auto"
    min_agree: int | None = None
    columns: dict[str, str] | None = None
    contrast: str | None = None
    rule: CallingRule = CallingRule()
    gene_set: str | None = None
    direction: Literal["up", "down"] = "up"
    dose: str = ""
    time: str = ""
    source: str = ""
