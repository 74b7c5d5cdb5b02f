"""Say what a table of counts, a sample sheet or single cells hold, and whether they fit each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rarml.bundle.registry import shipped_atlas
from rarml.core.settings import parse_settings
from rarml.features.atlas import load_atlas
from rarml.labels.cells import find_column, read_cells
from rarml.labels.count_matrix import CountMatrix, read_count_table, whole_columns
from rarml.labels.count_spec import CountSpec
from rarml.labels.design import SAMPLE_NAMES, read_samples
from rarml.labels.from_counts import read_design

_LEAST_GENES = 20
_SHOWN = 6


def check_counts(counts: Mapping[str, Any], *, atlas: str | Path | None = None) -> list[str]:
    """What `rarml train --counts` would compare; nothing is fitted.

    Parameters
    ----------
    counts : mapping
        Fields of `rarml.labels.count_spec.CountSpec`.
    atlas : path, optional
        Where genes are looked up; the shipped one by default.

    Raises
    ------
    RarmlError
        If a file cannot be read, or counts and samples do not fit each other.
    """
    spec = parse_settings(dict(counts), CountSpec, where="--counts")
    matrix, design, _ = read_design(spec)
    tested = int((matrix.counts.sum(axis=1) >= spec.least_counts).sum())
    lines = [
        f"counts of {len(matrix.samples)} samples, {len(matrix.counts):,} genes, "
        f"{tested:,} with {spec.least_counts} counts or more",
        _genes(matrix, Path(atlas) if atlas is not None else shipped_atlas()),
        f"would compare {' and '.join(design.treated)} with {design.reference}, design {design.formula}",
    ]
    lines += [f"{level}: {len(names)} samples ({_some(names)})" for level, names in design.groups().items()]
    return [*lines, *_depth(matrix), *matrix.notes, *design.notes]


def describe_counts(file: Path, atlas: Path) -> list[str] | None:
    """What a table of counts holds; None if it is none."""
    cells = read_cells(file)
    samples = whole_columns(cells)
    if len(samples) < 2 or len(cells.rows) < _LEAST_GENES:
        return None
    matrix = read_count_table(file, samples)
    return [
        f"table of counts, {len(matrix.counts):,} genes × {len(samples)} samples ({_some(samples)})",
        _genes(matrix, atlas),
        *_depth(matrix),
        "compare its samples with rarml train --counts, with a sample sheet",
    ]


def describe_samples(file: Path) -> list[str] | None:
    """What a sample sheet holds; None if it is none."""
    cells = read_cells(file)
    if find_column(cells.header[:1], SAMPLE_NAMES[:6]) is None:
        return None
    sheet = read_samples(file)
    lines = [f"sample sheet, {len(sheet):,} samples ({_some(sheet.index.tolist())})"]
    for name in sheet.columns:
        found = sheet[name].value_counts(sort=False)
        if len(found) < len(sheet) or len(found) <= 2:
            lines.append(f"column {name}: " + ", ".join(f"{value} ({n})" for value, n in list(found.items())[:_SHOWN]))
    return lines


def _genes(matrix: CountMatrix, atlas: Path) -> str:
    found = load_atlas(atlas, columns=[]).names.resolve(matrix.genes["id"])["status"].value_counts()
    return "genes: " + ", ".join(f"{int(found.get(kind, 0)):,} {kind}" for kind in ("mapped", "ambiguous", "unmapped"))


def _depth(matrix: CountMatrix) -> list[str]:
    totals = matrix.counts.sum(axis=0)
    return [f"counts per sample: {int(totals.min()):,} to {int(totals.max()):,}"]


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
