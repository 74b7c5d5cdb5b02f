"""Where counts and their samples are, and what is compared: the `labels.counts` part of a configuration."""

from __future__ import annotations

from pydantic import Field

from rarml.core.settings import Settings


class CountSpec(Settings):
    """Raw counts that are compared with PyDESeq2, in place of label files.

    Attributes
    ----------
    matrix : str
        Counts: genes in rows, samples in columns (TSV, CSV, plain or gzip; xlsx), or single cells (``.h5ad``).
    design : str, optional
        Sample sheet of a table of counts: one row per sample, its name as in the header of the counts.
    condition : str
        Column of the sheet (or of the cells) that says how a sample was treated.
    reference : str, optional
        The untreated condition; by default the one that is named like a control (vehicle, DMSO, control, untreated …).
    treated : tuple of str
        Conditions to compare with the reference; by default the only other one. Several become one table each, which
        must agree like tables of several doses. Samples of any other condition are left out.
    factors : tuple of str
        Further columns (batch, donor, plating density) whose effect is taken out; every value is a category.
    subset : dict of str to tuple of str
        Column -> values: only these samples (or cells) are used.
    replicate : str, optional
        Single cells: column that names the sample or donor; cells are summed per replicate and condition.
    layer : str, optional
        Single cells: layer with the raw counts (``raw`` for ``raw.X``); found by itself otherwise.
    least_counts : int
        Genes with fewer counts over all samples used are not tested.
    least_cells : int
        Single cells: sums over fewer cells are left out.
    """

    matrix: str
    design: str | None = None
    condition: str = "condition"
    reference: str | None = None
    treated: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    subset: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    replicate: str | None = None
    layer: str | None = None
    least_counts: int = Field(default=10, ge=0)
    least_cells: int = Field(default=10, ge=1)
