"""The gene table of a scored list as columns of plain JSON, for the script that sorts, searches and pages it.

Probabilities travel as whole numbers of 1/`SCALE` (the precision of a bundle's predictions), words as codes into lists:
20,000 genes by three models stay near 6 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rarml.report.heat import below_head
from rarml.report.score_rows import CALLS, ModelView

SCALE = 10_000
FIRST_ROWS = 200
"""Rows of each table that a reader without JavaScript sees."""
_KINDS = ("up", "down", "unresponsive")
_RARE = ("pvalue", "start", "end", "count")


def grid_data(
    views: Sequence[ModelView],
    sites: Mapping[str, int],
    *,
    notable: float,
    pages: Mapping[str, str] | None = None,
    file: str = "rarml_scores",
    level: float | None = None,
) -> dict[str, Any]:
    """Everything the gene table shows.

    Parameters
    ----------
    views : sequence of ModelView
        One per model.
    sites : mapping of str to int
        Gene id to the number of its list of sites in the page, where it has one.
    notable : float
        Gain over covariates that is printed bold (0-1).
    pages : mapping of str to str, optional
        Gene id to the address of its own page, relative to the report.
    file : str
        Stem of the names of downloads.
    level : float, optional
        Coverage of the classes that are not ruled out (0-1).

    Returns
    -------
    dict
        `scale`, `notable`, `file`, `level`; `words` (lists of call, kept, measured, flags, rare_type, rare_chrom and
        rare_strand that the codes point into); `genes` (columns `id`, `symbol`, sparse `given`, `sites`, `page` by
        position, and `rare`);
        `models` (name, cell_type, classes, below, rank_of and columns aligned to the genes, None where missing; `kept`,
        the classes not ruled out, only where the scores tell them).
    """
    first: dict[str, dict[str, Any]] = {}
    for view in views:
        for row in view.rows:
            first.setdefault(row["gene_id"], row)
    rows = list(first.values())
    at = {row["gene_id"]: i for i, row in enumerate(rows)}
    words: dict[str, list[str]] = {"call": list(CALLS)}
    models = [_model(view, len(rows), at, words) for view in views]
    rare: dict[str, Any] = {name: [_whole(row[f"rare_{name}"]) for row in rows] for name in _RARE}
    rare["distance"] = [_whole(row["rare_tss_distance"]) for row in rows]
    for name in ("type", "chrom", "strand"):
        rare[name] = _codes((row[f"rare_{name}"] for row in rows), words.setdefault(f"rare_{name}", []))
    genes = {
        "id": [row["gene_id"] for row in rows],
        "symbol": [str(row["symbol"]) for row in rows],
        "given": {str(i): row["queries"] for i, row in enumerate(rows) if row["queries"]},
        "sites": {str(at[gene]): number for gene, number in sites.items() if gene in at},
        "page": {str(at[gene]): place for gene, place in (pages or {}).items() if gene in at},
        "rare": rare,
    }
    return {
        "scale": SCALE,
        "notable": notable,
        "file": file,
        "level": level,
        "words": words,
        "genes": genes,
        "models": models,
    }


def flags_of(data: Mapping[str, Any]) -> list[str]:
    """The single flags that occur, sorted."""
    return sorted({flag for joined in data["words"]["flags"] for flag in joined.split("; ") if flag})


def _model(view: ModelView, n: int, at: Mapping[str, int], words: dict[str, list[str]]) -> dict[str, Any]:
    aligned: list[dict[str, Any] | None] = [None] * n
    for row in view.rows:
        aligned[at[row["gene_id"]]] = row
    made: dict[str, Any] = {
        "name": view.info.name,
        "cell_type": view.info.cell_type,
        "classes": list(view.info.classes),
        "below": below_head(view.info),
        "rank_of": view.rank_of,
    }
    for kind in _KINDS:
        for end in ("", "_low", "_high"):
            made[f"p_{kind}{end}"] = _shares(aligned, f"p_{kind}{end}")
    made["covariates"] = _shares(aligned, "covariates_responsive")
    made["gain"] = _shares(aligned, "gain")
    made["rank"] = [None if row is None else _whole(row["rank"]) for row in aligned]
    if any(row["not_ruled_out"] is not None for row in view.rows):
        kept = (None if row is None else row["not_ruled_out"] for row in aligned)
        made["kept"] = _codes(kept, words.setdefault("kept", []))
    for name in ("call", "measured"):
        made[name] = _codes((None if row is None else row[name] for row in aligned), words.setdefault(name, []))
    joined = (None if row is None else "; ".join(row["flags"]) for row in aligned)
    made["flags"] = _codes(joined, words.setdefault("flags", []))
    return made


def _shares(rows: Iterable[dict[str, Any] | None], column: str) -> list[int | None]:
    return [None if row is None or row[column] is None else round(SCALE * row[column]) for row in rows]


def _codes(values: Iterable[Any], words: list[str]) -> list[int | None]:
    """Positions in `words`, which grows by what it lacks; missing and empty text is None."""
    place = {word: i for i, word in enumerate(words)}
    found: list[int | None] = []
    for value in values:
        if value is None or value == "":
            found.append(None)
            continue
        word = str(value)
        if word not in place:
            place[word] = len(words)
            words.append(word)
        found.append(place[word])
    return found


def _whole(value: float | None) -> float | int | None:
    """A number as short as it is exact: counts as integers, p-values to five digits."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.4e}")
