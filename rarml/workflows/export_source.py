"""What is exported: the answers of whole models, or those of a gene list that was scored before, with their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from rarml.bundle.load import load_bundle
from rarml.bundle.manifest import MANIFEST_NAME
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.core.errors import InputError
from rarml.core.files import require_file
from rarml.features.atlas import Atlas, load_atlas
from rarml.workflows.calls import NOT_JUDGED
from rarml.workflows.export_scores import NUMBERS, TEXT, numbers, read_scores, texts
from rarml.workflows.score import ScoreResult, score

NO_EXPRESSION = "no expression data"  # of rarml.training.eligibility
SCORES = ("scores.parquet", "scores.tsv")


@dataclass(frozen=True)
class Answers:
    """Predictions of one or more models, one row per gene and model.

    Attributes
    ----------
    table : DataFrame
        RangeIndex, ordered by model, then `gene_id`: `gene_id`, `symbol` ('' where a gene has none), `model`,
        `cell_type`, `call`, `flags`, `measured`, `p_<class>` with `_low` and `_high`, `gain`, `rank`, and the best RARE
        `rare_*`. A probability that a model does not give is NaN.
    genes : DataFrame
        Index `gene_id`; `symbol`, `chrom`, `strand`, `tss` (0-based) of those genes that the atlas holds.
    sites : DataFrame
        Called RAREs of the genes (0-based half-open).
    models : dict of str to str or Path
        What opens each model (folder or shipped name), by its name.
    cell_types : dict of str to str
        By model.
    assembly : str
    window : (int, int)
        Bases upstream of the TSS, and from it on, that a promoter is.
    notes : list of str
        What was left out, counted.
    """

    table: pd.DataFrame
    genes: pd.DataFrame
    sites: pd.DataFrame
    models: dict[str, str | Path]
    cell_types: dict[str, str]
    assembly: str
    window: tuple[int, int]
    notes: list[str] = field(default_factory=list)

    def of(self, model: str) -> pd.DataFrame:
        """The rows of one model."""
        return self.table[self.table["model"] == model]

    def judged(self, model: str) -> pd.DataFrame:
        """The rows of one model with genes that are known not to be silent in its stand-in cells."""
        rows = self.of(model)
        unknown = rows["flags"].str.contains(NO_EXPRESSION, regex=False)
        return rows[(rows["call"] != NOT_JUDGED) & ~unknown & rows["p_up"].notna()]


def collect(sources: Sequence[str | Path], atlas: str | Path | None = None) -> Answers:
    """Answers of models for every gene of the atlas, or those of earlier `rarml score --out` folders.

    Parameters
    ----------
    sources : sequence of str or Path
        Names of shipped models or model folders; or folders that `rarml score` wrote, or their scores.parquet or
        scores.tsv. Not both kinds at once.
    atlas : str or Path, optional
        Where genes lie and which RAREs they have; the shipped one by default.

    Raises
    ------
    InputError
        If nothing is named, the kinds are mixed, a score table lacks a column or holds no answer, or two sources
        answer for a model of one name.
    BundleError
        If a name is no model.
    """
    if not sources:
        raise InputError("nothing to export", fix="name a model (see rarml models list), or a folder of rarml score")
    found = [_score_table(source) for source in sources]
    if all(table is not None for table in found):
        return _of_scores(
            [table for table in found if table is not None], load_atlas(atlas or shipped_atlas(), columns=[])
        )
    if any(table is not None for table in found):
        raise InputError("models and scores cannot be exported together", fix="export them one after the other")
    opened = load_atlas(atlas or shipped_atlas(), columns=[])
    # the same rows, words and flags as rarml score gives, for every gene there is
    names = [load_bundle(find_model(source)).name for source in sources]
    _require_distinct(names)
    result = score(list(opened.genes.index), list(sources), atlas=atlas)
    return _of_result(result, opened)


def _of_result(result: ScoreResult, atlas: Atlas) -> Answers:
    models: dict[str, str | Path] = {bundle.name: bundle.path for bundle in result.bundles}
    types = {bundle.name: bundle.manifest.cell_type for bundle in result.bundles}
    return _answers(result.table, atlas, models, types, [])


def _of_scores(tables: list[tuple[Path, pd.DataFrame]], atlas: Atlas) -> Answers:
    _require_distinct([name for _, table in tables for name in table["model"].unique()])
    whole = pd.concat([table for _, table in tables], ignore_index=True)
    named = whole[whole["gene_id"] != ""]
    notes = []
    unanswered = whole.loc[whole["gene_id"] == "", "query"].nunique() if "query" in whole else 0
    if unanswered:
        notes.append(f"{unanswered:,} names of the list have no gene and are left out")
    if named.empty:
        raise InputError("holds no gene with an answer", where=tables[0][0], fix="score the list again")
    repeats = int(named.duplicated(["model", "gene_id"]).sum())
    if repeats:
        notes.append(f"{repeats:,} rows name a gene that an earlier row of the same model has, and are left out")
    types = dict(zip(named["model"], named["cell_type"], strict=True)) if "cell_type" in named else {}
    models: dict[str, str | Path] = {str(name): str(name) for name in named["model"].unique()}
    return _answers(named, atlas, models, {name: types.get(name, "") or name for name in models}, notes)


def _answers(
    rows: pd.DataFrame, atlas: Atlas, models: dict[str, str | Path], types: dict[str, str], notes: list[str]
) -> Answers:
    table = rows.drop_duplicates(["model", "gene_id"])
    table = pd.DataFrame(
        {name: texts(table[name]) if name in table else "" for name in TEXT}
        | {name: numbers(table[name]) if name in table else np.nan for name in NUMBERS},
        index=table.index,
    )
    order = {name: place for place, name in enumerate(models)}
    table = table.assign(place=table["model"].map(order)).sort_values(["place", "gene_id"], kind="stable")
    table = table.drop(columns="place").reset_index(drop=True)
    wanted = table["gene_id"].drop_duplicates()
    genes = atlas.genes.reindex(wanted[wanted.isin(atlas.genes.index)])[["symbol", "chrom", "strand", "tss"]]
    absent = len(wanted) - len(genes)
    if absent:
        notes = [*notes, f"{absent:,} genes are not in the atlas: they have no place, so no track shows them"]
    window = atlas.manifest["window"]
    sites = atlas.sites[atlas.sites["gene_id"].isin(genes.index)].reset_index(drop=True)
    assembly = str(atlas.manifest["assembly"])
    return Answers(table, genes, sites, models, types, assembly, (int(window[0]), int(window[1])), notes)


def _score_table(source: str | Path) -> tuple[Path, pd.DataFrame] | None:
    """File and table of an earlier score, its texts with '' for missing; None if the source is no such thing."""
    path = Path(source)
    if path.is_dir() and not (path / MANIFEST_NAME).is_file():
        file = next((path / name for name in SCORES if (path / name).is_file()), None)
        if file is None:
            return None
    elif path.is_file() or path.suffix.lower() in (".parquet", ".tsv"):
        file = require_file(path, kind="table of scores")
    else:
        return None
    return file, read_scores(file)


def _require_distinct(names: Sequence[str]) -> None:
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise InputError(f"two sources answer for a model named {twice!r}", fix="export them one after the other")
