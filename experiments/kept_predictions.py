"""Held-out probabilities that are kept in the repository: what a table is judged from, so that judging takes minutes.

One Parquet file per kind of models and cell type in `experiments/predictions/<kind>/<cell>.parquet`. A file is of one
set of inputs (labels, features, folds: a digest in its metadata); of other inputs it counts as empty and is written
anew, so that a stale number is never read. Delete a file to have its models fitted again.

Probabilities are kept as float16 (three significant digits), without the last class, which is one less the others; a
column that is alike in all seeds is kept once. Whoever puts a table gets back what was kept, so that a first run and a
later one judge the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from common import REPO

from rarml.core.files import atomic_file

FOLDER = REPO / "experiments" / "predictions"
_INDEX = "gene_id"


class KeptPredictions:
    """The held-out tables of one kind of models for one cell type.

    Parameters
    ----------
    kind : str
        Folder.
    cell : str
        Cell type, the name of the file.
    inputs : str
        Digest of all that the tables depend on.
    folder : Path
        Where the kinds lie.
    """

    def __init__(self, kind: str, cell: str, inputs: str, *, folder: Path = FOLDER):
        self.file = folder / kind / f"{cell}.parquet"
        self.inputs = inputs
        self._genes: pd.Index | None = None
        self._columns: dict[str, pd.Series] = {}
        self._entries: dict[str, dict[str, Any]] = {}
        if self.file.is_file():
            self._read()

    def seeds(self, name: str) -> list[int]:
        """The seeds that there is a table of, ascending."""
        return sorted(int(seed) for seed in self._entries.get(name, {}))

    def names(self) -> list[str]:
        """Models in the order they were put."""
        return list(self._entries)

    def get(self, name: str, seed: int) -> pd.DataFrame | None:
        """The table of a model and seed (float64, columns ``p_<class>``, indexed by gene), or None."""
        entry = self._entries.get(name, {}).get(str(seed))
        if entry is None:
            return None
        table = pd.DataFrame({column: self._columns[key] for column, key in entry["columns"].items()}, dtype=float)
        table[entry["last"]] = 1 - table.sum(axis=1)
        return table

    def facts(self, name: str, seed: int) -> dict[str, Any]:
        """What was said of the fit."""
        return dict(self._entries[name][str(seed)]["facts"])

    def all_seeds(self, name: str, most: int) -> list[pd.DataFrame]:
        """The tables of the first seeds of a model, at most so many."""
        found = [self.get(name, seed) for seed in self.seeds(name)[:most]]
        return [table for table in found if table is not None]

    def mean_of(self, name: str, seeds: int, fit: Callable[[int], pd.DataFrame]) -> pd.DataFrame:
        """The mean over seeds of what `fit` answers for each; only that mean is kept."""
        key = f"{name} (mean of {seeds})"
        found = self.get(key, 0)
        if found is None:
            tables = [fit(seed) for seed in range(seeds)]
            found = self.put({key: sum(tables[1:], tables[0]) / seeds}, 0)[key]
        return found

    def of_seed(self, name: str, seed: int, fit: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """What `fit` answers with a seed, made once."""
        found = self.get(name, seed)
        return self.put({name: fit()}, seed)[name] if found is None else found

    def put(
        self, tables: dict[str, pd.DataFrame], seed: int, facts: dict[str, Any] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Keep tables of one seed, write the file, and return them as they are kept."""
        for name, table in tables.items():
            self._add(name, table, seed, facts or {})
        self._write()
        return {name: found for name in tables if (found := self.get(name, seed)) is not None}

    def _add(self, name: str, table: pd.DataFrame, seed: int, facts: dict[str, Any]) -> None:
        if self._genes is None:
            self._genes = table.index.rename(_INDEX)
        if not table.index.equals(self._genes):
            raise ValueError(f"{name} answers other genes than the models kept in {self.file}")
        if table.isna().any(axis=None):
            raise ValueError(f"{name} leaves genes of {self.file.stem} without a score")
        shares = table.div(table.sum(axis=1), axis=0)
        columns = {}
        for column in shares.columns[:-1]:
            values = shares[column].astype(np.float16).set_axis(self._genes)
            twin = next((key for key in self._kept_for(name, column) if self._columns[key].equals(values)), None)
            key = twin or f"{name}|{column}|{seed}"
            self._columns[key] = values
            columns[column] = key
        self._entries.setdefault(name, {})[str(seed)] = {
            "columns": columns,
            "last": str(shares.columns[-1]),
            "facts": facts,
        }

    def _kept_for(self, name: str, column: str) -> list[str]:
        return [e["columns"][column] for e in self._entries.get(name, {}).values() if column in e["columns"]]

    def _read(self) -> None:
        table = pq.read_table(self.file)
        about = json.loads((table.schema.metadata or {}).get(b"rarml", b"{}"))
        if about.get("inputs") != self.inputs:
            return
        self._entries = about["entries"]
        self._genes = pd.Index(table[_INDEX].to_pylist(), name=_INDEX)
        for key in table.column_names:
            if key != _INDEX:
                self._columns[key] = pd.Series(table[key].to_numpy(), index=self._genes)

    def _write(self) -> None:
        assert self._genes is not None
        used = {
            key for seeds in self._entries.values() for entry in seeds.values() for key in entry["columns"].values()
        }
        arrays = {_INDEX: pa.array(self._genes)}
        arrays |= {key: pa.array(values.to_numpy()) for key, values in self._columns.items() if key in used}
        about = json.dumps({"inputs": self.inputs, "entries": self._entries})
        table = pa.table(arrays).replace_schema_metadata({"rarml": about})
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(self.file) as temporary:
            pq.write_table(table, temporary, compression="zstd", compression_level=12, use_dictionary=[_INDEX])
