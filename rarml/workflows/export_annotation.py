"""One row per gene with the answers of all models side by side: for `adata.var`, `mudata`, R or a spreadsheet."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rarml import __version__
from rarml.core.errors import MissingPartError
from rarml.workflows.export_names import words_of
from rarml.workflows.export_source import Answers
from rarml.workflows.score import CLASSES

PER_MODEL = (
    *(f"p_{name}{end}" for name in CLASSES for end in ("", "_low", "_high")),
    *("gain", "rank", "call", "flags"),
)
_PER_GENE = ("rare_type", "rare_pvalue", "rare_tss_distance", "rare_count")
_TEXT = ("call", "flags")


def annotation_table(answers: Answers) -> pd.DataFrame:
    """The answers of all models side by side.

    Returns
    -------
    DataFrame
        Index `gene_id` (Ensembl, without version), sorted; `symbol`; the best RARE as `rarml_rare_type` etc.; and per
        model `rarml_<model>_p_up` and the like, the model's name as a word (``mcf-7`` is ``mcf_7``). Missing numbers
        are NaN, missing texts ''. A probability that no gene has (P(down) of a model of up-regulated genes) has no
        column.
    """
    words = words_of(answers.models)
    first = answers.table.drop_duplicates("gene_id").set_index("gene_id").sort_index()
    parts = [first[["symbol"]], first[list(_PER_GENE)].add_prefix("rarml_")]
    for model, word in words.items():
        rows = answers.of(model).set_index("gene_id")[list(PER_MODEL)]
        rows = rows.drop(columns=[name for name in PER_MODEL if name not in _TEXT and rows[name].isna().all()])
        rows = rows.reindex(first.index)
        for name in _TEXT:
            rows[name] = rows[name].fillna("")
        parts.append(rows.add_prefix(f"rarml_{word}_"))
    table = pd.concat(parts, axis=1)
    for name in table.columns[[pd.api.types.is_float_dtype(kind) for kind in table.dtypes]]:
        if name.endswith(("_rank", "_count", "_distance")):
            table[name] = table[name].astype("Int32")  # whole numbers, with a missing value of their own
        else:
            table[name] = table[name].astype(np.float32)
    return table


def write_annotation(answers: Answers, folder: Path) -> list[str]:
    """Write ``genes.tsv`` and ``genes.parquet``; their names."""
    table = annotation_table(answers).reset_index()
    table.to_csv(folder / "genes.tsv", sep="\t", index=False, float_format="%.5g", lineterminator="\n")
    table.to_parquet(folder / "genes.parquet", index=False, compression="zstd")
    return ["genes.tsv", "genes.parquet"]


def write_h5ad(answers: Answers, folder: Path) -> list[str]:
    """Write ``genes.h5ad``, an AnnData of no cells whose `var` is the annotation; its name.

    Raises
    ------
    MissingPartError
        If anndata is not installed.
    """
    anndata = require_anndata()
    table = annotation_table(answers)
    for name in table.columns:
        if pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name].astype("float32")  # HDF5 has no missing whole number
        else:
            table[name] = _plain_categories(table[name])
    table.index = pd.Index(table.index.astype(object), name="gene_id", dtype=object)
    facts = {
        "version": __version__,
        "assembly": answers.assembly,
        "models": {word: name for name, word in words_of(answers.models).items()},
    }
    none = pd.DataFrame(index=pd.Index([], dtype=object))
    made = anndata.AnnData(X=np.zeros((0, len(table)), dtype=np.float32), obs=none, var=table, uns={"rarml": facts})
    made.write_h5ad(folder / "genes.h5ad")
    return ["genes.h5ad"]


def _plain_categories(column: pd.Series) -> pd.Categorical:
    """Texts as AnnData stores them, with categories that are plain objects: HDF5 knows no Arrow texts."""
    values = column.fillna("").astype(object)
    return pd.Categorical(values, categories=pd.Index(sorted(set(values)), dtype=object))


def require_anndata() -> Any:
    """The package anndata.

    Raises
    ------
    MissingPartError
        If it is not installed.
    """
    try:
        return import_module("anndata")
    except ImportError as error:
        raise MissingPartError("h5ad files need anndata", fix="pip install 'rarml[singlecell]'") from error
