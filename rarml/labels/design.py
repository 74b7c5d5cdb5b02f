"""Which samples are compared with which: a sample sheet, checked, to a design matrix of full rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError, did_you_mean
from rarml.labels.cells import find_column, plain, read_cells
from rarml.labels.count_spec import CountSpec

SAMPLE_NAMES = ("sample", "samples", "sampleid", "samplename", "run", "library", "id", "name")
CONTROL_NAMES = (
    "vehicle", "control", "controls", "ctrl", "ctl", "untreated", "undifferentiated", "dmso", "etoh", "ethanol", "mock",
    "none", "unstimulated", "veh", "0", "basal",
)  # fmt: skip
"""Plain names that a reference condition is known by."""
LEAST_REPLICATES = 2


@dataclass(frozen=True)
class Design:
    """Samples and what is compared.

    Attributes
    ----------
    samples : DataFrame
        Index sample; ``condition`` and the factors, as text; the samples used, in the order of the sheet.
    reference : str
        The untreated condition.
    treated : tuple of str
        The conditions compared with it.
    factors : tuple of str
        Columns whose effect is taken out.
    notes : tuple of str
        What a user should know.
    """

    samples: pd.DataFrame
    reference: str
    treated: tuple[str, ...]
    factors: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def formula(self) -> str:
        """As DESeq2 would write it."""
        return "~ " + " + ".join([*self.factors, "condition"])

    def matrix(self) -> pd.DataFrame:
        """Intercept, a column per factor level but the first, a column per treated condition (the last ones)."""
        columns: dict[str, Any] = {"intercept": np.ones(len(self.samples))}
        for factor in self.factors:
            for level in sorted(set(self.samples[factor]))[1:]:
                columns[f"{factor}: {level}"] = (self.samples[factor] == level).to_numpy()
        for number, level in enumerate(self.treated):
            columns[f"condition {number}: {level}"] = (self.samples["condition"] == level).to_numpy()
        return pd.DataFrame(columns, index=self.samples.index, dtype=np.float64)

    def contrast(self, treated: str) -> NDArray[np.float64]:
        """The vector that picks the change of one treated condition, for the columns of `matrix`."""
        width = self.matrix().shape[1]
        return np.eye(width)[width - len(self.treated) + self.treated.index(treated)]

    def groups(self) -> dict[str, list[str]]:
        """Names of the samples of each condition, the reference first."""
        condition = self.samples["condition"]
        return {level: condition.index[condition == level].tolist() for level in (self.reference, *self.treated)}


def read_samples(path: str | Path) -> pd.DataFrame:
    """Read a sample sheet: index the sample (a column named sample, run …, else the first), all cells as text.

    Raises
    ------
    InputError
        For everything that `cells.read_cells` refuses, a sample that has no name or stands twice (with ``file:line``),
        or a column that stands twice.
    """
    cells = read_cells(path)
    name = find_column(cells.header, SAMPLE_NAMES) or cells.header[0]
    repeated = next((column for column in cells.header if cells.header.count(column) > 1), None)
    if repeated is not None:
        raise InputError(f"column {repeated!r} stands twice", where=f"{cells.path}:1", fix="rename one of them")
    seen: dict[str, int] = {}
    for row, sample in enumerate(cells.column(name)):
        if not sample:
            raise InputError("a sample without a name", where=cells.where(row), fix=f"fill in the column {name!r}")
        if sample in seen:
            what = f"sample {sample!r} stands twice (first on line {cells.lines[seen[sample]]})"
            raise InputError(what, where=cells.where(row), fix="give one row per sample")
        seen[sample] = row
    frame = pd.DataFrame(cells.rows, columns=cells.header, dtype=object)
    return frame.set_index(name).rename_axis("sample")


def choose_samples(sheet: pd.DataFrame, spec: CountSpec, where: str | Path) -> Design:
    """The samples and conditions that are compared.

    Parameters
    ----------
    sheet : DataFrame
        Index sample, columns of text.
    spec : CountSpec
        What to compare.
    where : path
        Where the sheet came from, for messages.

    Raises
    ------
    InputError
        If a column or value is not there; only one condition is left; several could be meant; a condition has fewer
        than two samples; a factor has one value or cannot be told from the condition.
    """
    for role, column in (("condition", spec.condition), *(("factor", name) for name in spec.factors)):
        _require_column(sheet, column, role, where)
    used = take_subset(sheet, spec.subset, where)
    found = list(dict.fromkeys(used[spec.condition]))
    if "" in found:
        sample = used.index[used[spec.condition] == ""][0]
        raise InputError(f"sample {sample!r} has no {spec.condition}", where=where, fix="fill it in, or leave it out")
    reference, notes = _reference(found, spec, where)
    treated = _treated(found, reference, spec, where)
    kept = used[used[spec.condition].isin([reference, *treated])]
    left = [level for level in found if level not in (reference, *treated)]
    if left:
        notes.append(f"{len(used) - len(kept)} samples of other conditions are left out: {', '.join(left)}")
    samples = pd.DataFrame({"condition": kept[spec.condition], **{name: kept[name] for name in spec.factors}})
    design = Design(samples, reference, treated, spec.factors, tuple(notes))
    _check(design, where)
    return design


def take_subset(sheet: pd.DataFrame, subset: Mapping[str, Sequence[str]], where: str | Path) -> pd.DataFrame:
    """Rows whose columns hold one of the values named; a value that no row has is an error."""
    kept = np.ones(len(sheet), dtype=bool)
    for column, values in subset.items():
        _require_column(sheet, column, "subset", where)
        present = sheet[column].astype(str)
        for value in values:
            if not (present == value).any():
                raise InputError(f"no {column} is {value!r}", where=where, fix=did_you_mean(value, set(present)))
        kept &= present.isin(list(values)).to_numpy()
    if not kept.any():
        what = " and ".join(f"{column} = {' or '.join(values)}" for column, values in subset.items())
        raise InputError(f"nothing has {what}", where=where, fix="widen the subset")
    return sheet[kept]


def _require_column(sheet: pd.DataFrame, column: str, role: str, where: str | Path) -> None:
    if column not in sheet.columns:
        fix = did_you_mean(column, [str(name) for name in sheet.columns])
        raise InputError(f"no column {column!r} (given for {role})", where=where, fix=fix)


def _reference(found: Sequence[str], spec: CountSpec, where: str | Path) -> tuple[str, list[str]]:
    if spec.reference is not None:
        if spec.reference not in found:
            fix = did_you_mean(spec.reference, found)
            raise InputError(f"no {spec.condition} is {spec.reference!r} (the reference)", where=where, fix=fix)
        return spec.reference, []
    if len(found) == 1:
        raise _one_condition(found[0], spec, where)
    named = [level for level in found if plain(level) in CONTROL_NAMES]
    if len(named) != 1:
        fix = f"name one as the reference: {', '.join(found)}"
        raise InputError(f"it cannot be told which {spec.condition} is untreated", where=where, fix=fix)
    return named[0], [f"reference: {named[0]} (by its name)"]


def _treated(found: Sequence[str], reference: str, spec: CountSpec, where: str | Path) -> tuple[str, ...]:
    for level in spec.treated:
        if level not in found:
            raise InputError(f"no {spec.condition} is {level!r} (treated)", where=where, fix=did_you_mean(level, found))
        if level == reference or spec.treated.count(level) > 1:
            what = "is the reference too" if level == reference else "is named twice"
            raise InputError(f"treated {level!r} {what}", where=where, fix="name each condition once")
    if spec.treated:
        return spec.treated
    others = [level for level in found if level != reference]
    if not others:
        raise _one_condition(reference, spec, where)
    if len(others) > 1:
        fix = f"name those to compare with {reference}: {', '.join(others)}"
        raise InputError(f"{len(others)} conditions besides the reference", where=where, fix=fix)
    return (others[0],)


def _one_condition(level: str, spec: CountSpec, where: str | Path) -> InputError:
    what = f"every sample used has the {spec.condition} {level!r}: there is nothing to compare it with"
    return InputError(what, where=where, fix="give treated and untreated samples, or another condition column")


def _check(design: Design, where: str | Path) -> None:
    for level, names in design.groups().items():
        if len(names) < LEAST_REPLICATES:
            what = f"only one sample is {level!r}: without replicates no gene can be tested"
            raise InputError(what, where=where, fix="give two samples or more per condition, better three")
    for factor in design.factors:
        values = design.samples[factor]
        if (values == "").any():
            sample = values.index[values == ""][0]
            raise InputError(f"sample {sample!r} has no {factor}", where=where, fix="fill it in")
        if values.nunique() == 1:
            what = f"factor {factor!r} is {values.iloc[0]!r} in every sample used"
            raise InputError(what, where=where, fix="leave it out")
    matrix = design.matrix().to_numpy()
    rank = int(np.linalg.matrix_rank(matrix))
    if rank < matrix.shape[1]:
        what = f"the effect of the condition cannot be told from that of {' and '.join(design.factors)}"
        raise InputError(what, where=where, fix="leave out a factor whose values go with the condition or each other")
    if len(matrix) <= rank:
        what = f"{len(matrix)} samples for {rank} effects: none is left to estimate variation from"
        raise InputError(what, where=where, fix="leave out a factor, or give more samples")
