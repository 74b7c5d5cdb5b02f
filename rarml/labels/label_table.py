"""A status per gene, the fate of every input row, and where it all came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as _replace
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError, did_you_mean
from rarml.labels.calling import STATUSES
from rarml.labels.dialects import RawTable

COLUMNS = ["symbol", "status", "log2fc", "padj", "base_mean"]
ROW_COLUMNS = ["file", "line", "query", "gene_id", "mapping", "status", "note"]


@dataclass(frozen=True)
class LabelTable:
    """Called labels.

    Attributes
    ----------
    table : DataFrame
        Index ``gene_id`` (sorted, unique); `COLUMNS`: ``symbol`` (None if there is none), ``status`` (one of
        `STATUSES`), ``log2fc, padj, base_mean`` (float64, NaN where not known).
    rows : DataFrame
        `ROW_COLUMNS`, one row per input row in order: ``mapping`` is mapped, ambiguous, unmapped or duplicated (a
        gene named before in that file), ``status`` that of the row alone, ``note`` the reasons.
    provenance : dict
        Files (name, digest, dialect, columns), rule, dose, time, source, notes; JSON can hold it.
    positive_unlabelled : bool
        The labels are a list of responsive genes: nothing is known of the others.
    computed : dict of str to RawTable
        Treated condition -> the table of differential expression that was made from counts; empty for label files.
    """

    table: pd.DataFrame
    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ROW_COLUMNS))
    provenance: dict[str, Any] = field(default_factory=dict)
    positive_unlabelled: bool = False
    computed: dict[str, RawTable] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Input rows (``read, mapped, ambiguous, unmapped, duplicated``) and genes per status.

        ``mapped`` counts rows that name a gene for the first time in their file, so that read = mapped + ambiguous +
        unmapped + duplicated. Genes are counted by status: ``up, down, unresponsive, untested`` and
        ``ambiguous_status``.
        """
        mapping = self.rows["mapping"].value_counts()
        status = self.table["status"].value_counts()
        counts = {"read": len(self.rows)}
        counts |= {name: int(mapping.get(name, 0)) for name in ("mapped", "ambiguous", "unmapped", "duplicated")}
        for name in STATUSES:
            counts["ambiguous_status" if name == "ambiguous" else name] = int(status.get(name, 0))
        return counts

    def replace(self, **changes: Any) -> LabelTable:
        """A copy with other `provenance`, `positive_unlabelled`, …"""
        return _replace(self, **changes)

    def to_frame(self) -> pd.DataFrame:
        """The table with ``gene_id`` as its first column, to be written as TSV."""
        return self.table.reset_index()

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, provenance: dict[str, Any] | None = None, *, positive_unlabelled: bool = False
    ) -> LabelTable:
        """A table from what `to_frame` gave; columns other than ``gene_id`` and ``status`` may be missing.

        Raises
        ------
        InputError
            If a column is missing, a gene stands twice or a status is unknown.
        """
        for column in ("gene_id", "status"):
            if column not in frame:
                raise InputError(f"labels without a column {column!r}", fix=f"found: {', '.join(map(str, frame))}")
        table = tidy(frame.set_index("gene_id"))
        if table.index.has_duplicates:
            raise InputError("labels name a gene twice", where=str(table.index[table.index.duplicated()][0]))
        unknown = sorted(set(table["status"].astype(str)) - set(STATUSES))
        if unknown:
            raise InputError(f"unknown status {unknown[0]!r}", fix=did_you_mean(unknown[0], STATUSES))
        rows = pd.DataFrame(
            {
                "file": "",
                "line": np.arange(1, len(table) + 1),
                "query": table.index.to_numpy(),
                "gene_id": table.index.to_numpy(),
                "mapping": "mapped",
                "status": table["status"].to_numpy(),
                "note": "",
            }
        )
        return cls(table, rows[ROW_COLUMNS], dict(provenance or {}), positive_unlabelled)

    @classmethod
    def from_status(
        cls, status: pd.Series, provenance: dict[str, Any] | None = None, *, positive_unlabelled: bool = False
    ) -> LabelTable:
        """Labels from a status per gene (index ``gene_id``), such as those that a bundle carries."""
        frame = pd.DataFrame({"gene_id": status.index.to_numpy(), "status": status.astype(object).to_numpy()})
        return cls.from_frame(frame, provenance, positive_unlabelled=positive_unlabelled)


def tidy(table: pd.DataFrame) -> pd.DataFrame:
    """`COLUMNS` in order and sorted by gene, with the same types wherever the table came from."""
    found = table.reindex(columns=COLUMNS).sort_index()
    found.index = pd.Index(found.index.tolist(), name="gene_id")
    found["symbol"] = found["symbol"].astype(object).where(found["symbol"].notna(), None)
    found["status"] = found["status"].astype(object)
    return found.astype(dict.fromkeys(COLUMNS[2:], np.float64))
