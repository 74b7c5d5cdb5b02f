"""Single cells (AnnData, ``.h5ad``) summed per sample and condition: pseudobulk counts.

Cells of one donor are no replicates: testing cells against cells finds hundreds of genes where there is nothing (Squair
2021, 10.1038/s41467-021-25960-2). So raw counts are summed per replicate and condition, and the sums are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError, MissingPartError, RarmlError, SettingsError, did_you_mean
from rarml.labels.cell_matrix import CellMatrix
from rarml.labels.cells import find_column
from rarml.labels.count_matrix import CountMatrix
from rarml.labels.count_spec import CountSpec
from rarml.labels.design import LEAST_REPLICATES, Design, choose_samples, take_subset

_CELLS_AT_ONCE = 2_000
_PROBED = 200
_ID_COLUMNS = ("geneids", "geneid", "ensemblid", "ensemblgeneid", "ensembl", "featureid", "entrezid")
_LIKELY_LAYERS = ("counts", "rawcounts", "raw", "umi", "spliced")


# what h5py raises on files that are none, were damaged or say that they hold more than there is memory for
_FAULTS = (OSError, LookupError, ValueError, TypeError, RuntimeError, AttributeError, ArithmeticError, MemoryError)


def sum_cells(path: Path, spec: CountSpec) -> tuple[CountMatrix, Design, dict[str, Any]]:
    """Sum raw counts per replicate and condition.

    Parameters
    ----------
    path : Path
        An ``.h5ad`` file; its matrix is read a few thousand cells at a time.
    spec : CountSpec
        Columns of ``obs`` and what is compared.

    Returns
    -------
    counts : CountMatrix
        Genes x pseudobulk samples (``replicate | condition``).
    design : Design
        What is compared.
    record : dict
        Layer, replicate column, cells per sample.

    Raises
    ------
    MissingPartError
        If anndata is not installed.
    InputError
        If the file is not AnnData, a column is not there, values are not raw counts, or too few samples are left.
    """
    with _opened(path) as store:
        obs, var = _frame(store, "obs", path), _frame(store, "var", path)
        sheet, codes, notes = _sheet(obs, spec, path)
        design = choose_samples(sheet, spec.model_copy(update={"subset": {}}), path)
        place = _layer(store, spec.layer, path)
        if place == "raw/X":
            var = _frame(store, "raw/var", path)
        wanted = pd.Index(sheet.index).get_indexer(design.samples.index)
        renumbered = np.full(len(sheet) + 1, -1)
        renumbered[wanted] = np.arange(len(wanted))
        group = renumbered[codes]  # code -1 is the last, which stays -1
        counts = _sums(CellMatrix(store[place]), group, len(wanted), len(var), path, place)
    cells = np.bincount(group[group >= 0], minlength=len(wanted))
    genes = _genes(var)
    samples = tuple(design.samples.index)
    notes.append(f"{int(cells.sum()):,} cells summed to {len(samples)} samples ({place})")
    record = {
        "pseudobulk": {
            "layer": place,
            "replicate": spec.replicate,
            "least_cells": spec.least_cells,
            "cells": {name: int(n) for name, n in zip(samples, cells, strict=True)},
        }
    }
    return CountMatrix(genes, counts, samples, "var_names", tuple(notes)), design, record


def describe_cells(path: Path) -> list[str]:
    """What an ``.h5ad`` file holds: cells, genes, where raw counts are, and columns that could be conditions."""
    with _opened(path) as store:
        obs, var = _frame(store, "obs", path), _frame(store, "var", path)
        lines = [f"single cells (AnnData), {len(obs):,} cells × {len(var):,} genes"]
        try:
            lines.append(f"raw counts: {_layer(store, None, path)}")
        except InputError as error:
            lines.append(f"no raw counts: {error.what}")
    for name in obs.columns:
        values = obs[name].astype(str)
        if values.nunique() <= 20:
            shown = ", ".join(f"{value} ({n:,})" for value, n in values.value_counts().head(6).items())
            lines.append(f"obs column {name}: {shown}")
    return lines


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import anndata  # noqa: F401
        import h5py
    except ImportError as error:
        raise MissingPartError(
            "single cells need anndata", where=path, fix="pip install 'rarml[singlecell]'"
        ) from error
    try:
        with h5py.File(path, "r") as store:
            yield store
    except RarmlError:
        raise
    except _FAULTS as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        what = f"is not a readable .h5ad file: {first[:120]}"
        raise InputError(what, where=path, fix="write it again with anndata's write_h5ad") from error


def _frame(store: Any, name: str, path: Path) -> pd.DataFrame:
    from anndata.io import read_elem

    if name not in store:
        raise InputError(f"holds no {name}", where=path, fix="give an AnnData file (.h5ad)")
    fix = "write it again with a newer anndata"
    try:
        frame = read_elem(store[name])
    except Exception as error:  # anndata's own, which has no public name, among others
        raise InputError(f"{name} cannot be read: {str(error)[:120]}", where=path, fix=fix) from error
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{name} is no table", where=path, fix=fix)
    return frame


def _sheet(obs: pd.DataFrame, spec: CountSpec, path: Path) -> tuple[pd.DataFrame, NDArray[np.intp], list[str]]:
    """One row per replicate and condition that enough cells have, the row of each cell (-1: none), and notes."""
    if spec.replicate is None:
        fix = f"name it with --replicate, one of: {', '.join(map(str, obs.columns[:12]))}"
        raise SettingsError("cells need a column that names their sample or donor", where=path, fix=fix)
    columns = [spec.replicate, spec.condition, *spec.factors]
    for column in columns:
        if column not in obs.columns:
            fix = did_you_mean(column, [str(name) for name in obs.columns])
            raise InputError(f"no obs column {column!r}", where=path, fix=fix)
    text = pd.DataFrame({name: obs[name].astype(object).where(obs[name].notna(), "") for name in obs.columns})
    kept = take_subset(text.astype(str).reset_index(drop=True), spec.subset, path)
    named = (kept[spec.replicate] != "") & (kept[spec.condition] != "")
    unnamed = int((~named).sum())
    notes = [f"{unnamed:,} cells without {spec.replicate} or {spec.condition} are left out"] if unnamed else []
    kept = kept[named]
    conditions = [level for level in (spec.reference, *spec.treated) if level is not None]
    if spec.reference is not None and spec.treated and set(conditions) <= set(kept[spec.condition]):
        kept = kept[kept[spec.condition].isin(conditions)]
    sample = kept[spec.replicate] + " | " + kept[spec.condition]
    rows = {}
    few = []
    for name, cells in kept.groupby(sample, sort=True):
        for factor in spec.factors:
            if cells[factor].nunique() > 1:
                what = f"sample {name!r} has several values of {factor}: {', '.join(sorted(set(cells[factor]))[:4])}"
                raise InputError(what, where=path, fix="give a column that is the same for all cells of a sample")
        if len(cells) < spec.least_cells:
            few.append(f"{name} ({len(cells)})")
        else:
            rows[str(name)] = {column: cells[column].iloc[0] for column in columns}
    if few:
        notes.append(f"left out, fewer than {spec.least_cells} cells: {', '.join(few)}")
    if len(rows) < 2 * LEAST_REPLICATES:
        what = f"only {len(rows)} samples of {spec.least_cells} cells or more ({', '.join(rows) or 'none'})"
        fix = "two replicates or more per condition are needed; choose another replicate column or a wider subset"
        raise InputError(what, where=path, fix=fix)
    sheet = pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("sample")
    codes = np.full(len(obs), -1, dtype=np.intp)
    codes[kept.index.to_numpy()] = pd.Index(sheet.index).get_indexer(sample)
    return sheet, codes, notes


def _layer(store: Any, wanted: str | None, path: Path) -> str:
    """The place of the raw counts: the layer named, else the first of X, likely layers and raw.X with whole numbers."""
    layers = list(store["layers"]) if "layers" in store else []
    present = [*(["X"] if "X" in store else []), *(f"layers/{name}" for name in layers)]
    if "raw" in store and "X" in store["raw"]:
        present.append("raw/X")
    if wanted is not None:
        place = {"raw": "raw/X", "X": "X"}.get(wanted, f"layers/{wanted}")
        if place not in present:
            known = [name.removeprefix("layers/").replace("raw/X", "raw") for name in present]
            raise InputError(f"no layer {wanted!r}", where=path, fix=did_you_mean(wanted, known))
        return place
    likely = [f"layers/{found}" for name in _LIKELY_LAYERS if (found := find_column(layers, [name])) is not None]
    for place in dict.fromkeys(["X", *likely, "raw/X"]):
        if place in present and _fault(CellMatrix(store[place]).rows(0, _PROBED)) is None:
            return place
    what = "X holds values that are no whole numbers, so it was normalised, and no raw counts were found"
    fix = f"name the layer with --layer (here: {', '.join(layers) or 'none'}), or give a file with raw counts"
    raise InputError(what, where=path, fix=fix)


def _sums(
    matrix: CellMatrix, group: NDArray[np.intp], samples: int, genes: int, path: Path, place: str
) -> NDArray[np.int64]:
    """Sums per sample, genes x samples."""
    if matrix.shape != (len(group), genes):
        raise InputError(f"{place} has another shape than obs and var", where=path, fix="write the file again")
    sums = np.zeros((samples, genes), dtype=np.int64)
    for start in range(0, len(group), _CELLS_AT_ONCE):
        part = group[start : start + _CELLS_AT_ONCE]
        if not (part >= 0).any():
            continue
        block = matrix.rows(start, start + len(part))
        fault = _fault(block)
        if fault is not None:
            what = f"{place} holds {fault:g}: not a raw count"
            raise InputError(what, where=path, fix="name the layer with raw counts (--layer), not normalised values")
        for sample in np.unique(part[part >= 0]):
            sums[sample] += np.asarray(block[part == sample].sum(axis=0)).ravel().astype(np.int64)
    return np.ascontiguousarray(sums.T)


def _fault(block: Any) -> float | None:
    """The first value that is no whole number from 0, if any."""
    values = np.asarray(block.data if hasattr(block, "tocsr") else block).ravel()
    wrong = ~(np.isfinite(values) & (values >= 0) & (values == np.floor(values)))
    return float(values[int(wrong.argmax())]) if wrong.any() else None


def _genes(var: pd.DataFrame) -> pd.DataFrame:
    """Identifiers: a column of stable ids beside the names where there is one."""
    names = [str(name) for name in var.index]
    column = find_column([str(name) for name in var.columns], _ID_COLUMNS)
    genes = pd.DataFrame({"id": names, "symbol": ""}, dtype=object)
    if column is not None and not names[0].startswith("ENS"):
        genes = pd.DataFrame({"id": [str(value) for value in var[column]], "symbol": names}, dtype=object)
    genes["line"] = np.arange(1, len(genes) + 1)
    return genes
