"""What the atlas tells of a gene's promoter: its place, composition, RAREs, partner motifs and chromatin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from rarml.report.feature_words import feature_words, value_words
from rarml.report.words import signed
from rarml.workflows.explain_accounts import percentile

PROMOTER_COLUMNS = tuple(
    f"composition:{name}"
    for name in (
        *("gc", "core_cpg_oe", "promoter_class", "cpg_island_fraction", "cpg_island_distance", "tata"),
        *("n_promoters", "promoter_spread", "bidirectional", "head_to_head_distance"),
    )
)
_CHROMATIN = ("overlap", "signal", "distance")


def place(gene: pd.Series) -> dict[str, Any]:
    """Where a gene of the atlas lies; 0-based."""
    held = int(gene["sequence_tss"])
    return {
        "chrom": str(gene["chrom"]),
        "strand": str(gene["strand"]),
        "tss": int(gene["tss"]),
        "tss_source": str(gene["tss_source"]),
        "has_sequence": bool(gene["has_sequence"]),
        "n_promoters": int(gene["n_promoters"]),
        "sequence_tss": held if held >= 0 else None,
    }


def from_tss(start: int, end: int, where: dict[str, Any]) -> tuple[int, int]:
    """An interval of the genome as places from the primary TSS in the gene's direction, half-open, + downstream."""
    if where["strand"] == "-":
        return where["tss"] - (end - 1), where["tss"] - start + 1
    return start - where["tss"], end - where["tss"]


def site_rows(sites: pd.DataFrame, where: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Called RAREs of one gene with their place from the primary TSS, nearest first."""
    rows = []
    for row in sites.drop(columns="gene_id").to_dict(orient="records"):
        site = {str(name): None if _is_missing(value) else _plain(value) for name, value in row.items()}
        first, _ = from_tss(int(row["start"]), int(row["end"]), where)
        # which way a site points beside its gene: what a strip draws, and what polarity is about
        same = "+" if site["strand"] == where["strand"] else "-"
        rows.append({**site, "place": first, "reads": "." if site["strand"] == "." else same})
    return tuple(sorted(rows, key=lambda site: (abs(site["place"]), site["start"], site["type"])))


def promoter_rows(gene: str, features: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """Composition of the promoter as far as the atlas knows it."""
    rows = []
    for name in PROMOTER_COLUMNS:
        if name not in features:
            continue
        value = float(features[name].loc[gene])
        if not np.isnan(value):
            rows.append(
                {
                    "feature": name,
                    "words": feature_words(name),
                    "value": value,
                    "value_words": value_words(name, value),
                    "percentile": percentile(features[name], value),
                }
            )
    return tuple(rows)


def partner_rows(gene: str, features: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """Factors whose motif matches at p <= 1e-4 in the promoter with most matches, most first."""
    counts = []
    for name in features.columns:
        if name.startswith("partners:") and name.endswith(":n_1e-4"):
            count = float(features[name].loc[gene])
            if count > 0:
                counts.append({"factor": name.split(":")[1], "count": int(count)})
    return tuple(sorted(counts, key=lambda row: -row["count"]))


def chromatin_rows(gene: str, features: pd.DataFrame, columns: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """Untreated chromatin at the promoter, one row per track among `columns`."""
    tracks: dict[tuple[str, str], dict[str, Any]] = {}
    for name in columns:
        parts = name.split(":")
        if parts[0] != "chromatin" or parts[-1] not in _CHROMATIN or parts[2] == "bivalent":
            continue
        row = tracks.setdefault((parts[1], parts[2]), dict.fromkeys(_CHROMATIN))
        value = float(features[name].loc[gene])
        row[parts[-1]] = None if np.isnan(value) else value
    return tuple({"cell": cell, "mark": mark, **values} for (cell, mark), values in tracks.items())


def lacking(where: dict[str, Any], columns: Iterable[str]) -> tuple[str, ...]:
    """Sentences on what a card made from an atlas alone cannot show."""
    said = []
    blocks = {name.partition(":")[0] for name in columns}
    if not where["has_sequence"]:
        said.append(
            "The atlas has no sequence of this promoter: no RARE was called, and nothing was read off its bases."
        )
    elif where["sequence_tss"] != where["tss"]:
        away, _ = from_tss(where["sequence_tss"], where["sequence_tss"] + 1, where)
        said.append(
            "Most bases of its main promoter are not known to the atlas: what is read off bases is that of the "
            f"promoter at {signed(away, 0)} bp."
        )
    if "partners" not in blocks:
        said.append("The atlas holds no partner motifs.")
    if "chromatin" not in blocks:
        said.append("The atlas holds no chromatin.")
    said.append(PLACES)
    said.append(BASES)
    return tuple(said)


PLACES = (
    "An atlas holds values of CpG islands, chromatin and partner motifs per gene, not their places: they are in the "
    "tables, not on the strip. A built reference (--reference) puts them in their places."
)
UNTRIED = "No attribution of single bases and no knock-out of a RARE was run."
BASES = "An atlas holds no bases: no attribution of single bases, and no knock-out of a RARE, without a reference."


def _is_missing(value: Any) -> bool:
    return value is pd.NA or value is None or value == "" or (isinstance(value, float) and np.isnan(value))


def _plain(value: Any) -> Any:
    known = value.item() if isinstance(value, np.generic) else value
    return float(f"{known:.4g}") if isinstance(known, float) else known  # atlas values are rounded to float32
