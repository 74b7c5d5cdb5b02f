"""The calling rule: up, down, unresponsive, ambiguous or untested, from fold change, adjusted p and expression."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from rarml.core.settings import Settings
from rarml.labels.dialects import RawTable, Unit

Status = Literal["up", "down", "unresponsive", "ambiguous", "untested"]
STATUSES: tuple[Status, ...] = ("up", "down", "unresponsive", "ambiguous", "untested")


class CallingRule(Settings):
    """Thresholds of the calling rule.

    Attributes
    ----------
    up_log2fc, down_log2fc : float
        Least change of a responsive gene (1 and -1: twofold).
    padj : float
        A responsive gene's adjusted p-value is below this.
    flat_log2fc : float
        An unresponsive gene changes at most this much either way (0.25: 19 %). Flatness is told by the size of the
        effect first: that a gene is not significant may only mean that it is lowly expressed or noisy.
    flat_padj : float
        An unresponsive gene's adjusted p-value is at least this: above `padj`, so that a small but sure change
        is ambiguous. Not higher by default: in a well powered experiment a high bound picks the noisiest genes.
    flat_padj_alone : float
        Where a table gives no fold change for a gene, the adjusted p-value from which it counts as unresponsive.
    min_base_mean : float
        Least mean of normalised counts (DESeq2); about the 10 reads that edgeR's filterByExpr asks for.
    min_log_expression : float
        Least log2 mean expression where the table is on that scale (edgeR, limma, Degust): 0 is 1 count per million.

    Notes
    -----
    A gene below the least expression is untested whatever its fold change: the same rule for responsive and
    unresponsive genes, since a filter on one side only teaches a model expression in place of response. The mean is
    that of treated and untreated samples on the linear scale (see `log2_of_mean`), so that a gene that is switched on
    is not lost.
    """

    up_log2fc: float = Field(default=1.0, gt=0)
    down_log2fc: float = Field(default=-1.0, lt=0)
    padj: float = Field(default=0.05, gt=0, le=1)
    flat_log2fc: float = Field(default=0.25, gt=0)
    flat_padj: float = Field(default=0.1, gt=0, le=1)
    flat_padj_alone: float = Field(default=0.5, gt=0, le=1)
    min_base_mean: float = Field(default=10.0, ge=0)
    min_log_expression: float = 0.0

    @model_validator(mode="after")
    def _classes_are_apart(self) -> CallingRule:
        if self.flat_log2fc >= min(self.up_log2fc, -self.down_log2fc):
            raise ValueError("flat_log2fc must be smaller than up_log2fc and -down_log2fc")
        if min(self.flat_padj, self.flat_padj_alone) < self.padj:
            raise ValueError("flat_padj and flat_padj_alone must not be smaller than padj")
        return self


def log2_of_mean(mean_log2: np.ndarray, log2fc: np.ndarray) -> np.ndarray:
    """Log2 of the mean over two conditions, from the mean of their log2 values and their log2 fold change.

    limma and Degust report the mean of logarithms, in which a gene that is off in one condition sinks (CYP26A1 in
    SH-SY5Y: 250-fold up, mean below 1 count per million). For two groups of one size it is
    ``mean + log2((2^(l/2) + 2^(-l/2)) / 2)``. Shapes (n,); a missing or infinite fold change counts as 0.
    """
    half = np.where(np.isfinite(log2fc), np.abs(log2fc), 0.0) / 2
    return mean_log2 + half + np.log2(1 + np.exp2(-2 * half)) - 1


def call_status(raw: RawTable, rule: CallingRule) -> pd.Series:
    """Status of each row of a table.

    Returns
    -------
    Series of str
        One of `STATUSES` per row, on the index of ``raw.frame``.
    """
    return call_rows(raw, rule)["status"]


def call_rows(raw: RawTable, rule: CallingRule) -> pd.DataFrame:
    """Status of each row, with the reason where it is untested or lacks a value: columns ``status, note``."""
    frame = raw.frame
    log2fc = frame["log2fc"].to_numpy(np.float64)
    padj, base = frame["padj"].to_numpy(np.float64), frame["base_mean"].to_numpy(np.float64)
    missing, infinite = np.isnan(log2fc), np.isinf(log2fc)
    untested, low = np.isnan(padj), _is_low(base, log2fc, raw.unit, rule)
    significant = padj < rule.padj
    flat = (np.abs(log2fc) <= rule.flat_log2fc) & (padj >= rule.flat_padj)
    up, down = significant & (log2fc >= rule.up_log2fc), significant & (log2fc <= rule.down_log2fc)
    status = np.select(
        [untested | low, infinite, up, down, flat | (missing & (padj >= rule.flat_padj_alone))],
        ["untested", "ambiguous", "up", "down", "unresponsive"],
        default="ambiguous",
    )
    note = np.select(
        [untested, low, infinite, missing],
        ["no adjusted p-value", "below the least expression", "infinite log2 fold change", "no log2 fold change"],
        default="",
    )
    return pd.DataFrame({"status": status.astype(object), "note": note.astype(object)}, index=frame.index)


def _is_low(base: np.ndarray, log2fc: np.ndarray, unit: Unit, rule: CallingRule) -> np.ndarray:
    """True where the expression is known and below the least."""
    if unit == "unknown":
        return np.zeros(len(base), dtype=bool)
    if unit == "counts":
        return base < rule.min_base_mean
    return (log2_of_mean(base, log2fc) if unit == "mean_log2" else base) < rule.min_log_expression
