"""Degust exports: one column per condition, relative to the first, in place of a fold change column."""

from __future__ import annotations

from rarml.core.errors import InputError, did_you_mean
from rarml.labels.cells import Cells, plain
from rarml.labels.identifiers import ID_NAMES
from rarml.labels.numbers import MISSING, to_float


def condition_column(cells: Cells, padj: str, contrast: str | None) -> str | None:
    """The condition column that holds the log2 fold change.

    Degust writes the conditions before the FDR; that of the reference condition is zero throughout.

    Parameters
    ----------
    cells : Cells
        The table.
    padj : str
        Its FDR column.
    contrast : str, optional
        The condition meant, where there are several.

    Returns
    -------
    str or None
        None if no column before `padj` is zero throughout (not a Degust export).

    Raises
    ------
    InputError
        If several conditions are left and `contrast` names none of them.
    """
    before = cells.header[: cells.header.index(padj)]
    numeric = {name: values for name in before if (values := _numbers(cells, name)) is not None}
    reference = [name for name, values in numeric.items() if not any(values)]
    conditions = [name for name in numeric if name not in reference]
    if len(reference) != 1 or not conditions:
        return None
    if contrast is not None:
        if contrast in conditions:
            return contrast
        raise InputError(f"no condition {contrast!r}", where=cells.path, fix=did_you_mean(contrast, conditions))
    if len(conditions) > 1:
        fix = f"name one as the contrast: {', '.join(conditions)}"
        raise InputError(f"has {len(conditions)} conditions against {reference[0]}", where=cells.path, fix=fix)
    return conditions[0]


def _numbers(cells: Cells, name: str) -> list[float] | None:
    """Values of a column of numbers; None for any other column and for identifiers."""
    if not name or plain(name) in ID_NAMES:
        return None
    values = [to_float(text) for text in cells.column(name) if text.lower() not in MISSING]
    return [value for value in values if value is not None] if values and None not in values else None
