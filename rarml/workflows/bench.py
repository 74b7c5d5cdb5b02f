"""Bench sheet: which genes to take along, and the assays of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.explain.assay_amplicons import require_primer3
from rarml.explain.assay_window import PromoterWindow, Site, called_sites
from rarml.features.atlas_build import OTHER_SITE_PVALUE, RAR_TYPES, SITE_PVALUE
from rarml.features.calls import PairScanner
from rarml.features.promoter_calls import require_sequences
from rarml.reference.store import Reference
from rarml.workflows.bench_assays import Tables, assays, with_uniqueness
from rarml.workflows.bench_biopython import require_biopython
from rarml.workflows.bench_controls import NEGATIVE_ROLE, POSITIVE, POSITIVE_ROLE, bench_controls
from rarml.workflows.score import score

CANDIDATE = "candidate"
NO_MODEL_SHORT = 20
"""Candidates taken of a model when no gene and no --top is named."""


@dataclass(frozen=True)
class BenchSettings:
    """What is designed: RAREs per gene, bases kept beside a RARE in an insert, and the two tails of an insert."""

    rares: int = 2
    flank: int = 100
    tails: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class BenchSheet:
    """Everything that is written: `genes` (`query`, `gene_id`, `symbol`, `role`, `note`), tables, windows, sites."""

    genes: pd.DataFrame
    tables: Tables
    windows: list[PromoterWindow]
    targets: dict[str, list[Site]]
    reference: Reference
    settings: BenchSettings = field(default_factory=BenchSettings)


def bench(
    names: Sequence[str],
    reference: str | Path,
    *,
    model: str | None = None,
    top: int | None = None,
    controls: bool = True,
    settings: BenchSettings | None = None,
    atlas: str | Path | None = None,
) -> BenchSheet:
    """Design ChIP-qPCR amplicons, reporter inserts and CRISPRi guides.

    Parameters
    ----------
    names : sequence of str
        Genes; with none, the `top` candidates of `model`.
    reference : str or Path
        A built reference that holds sequence.
    model : str, optional
        Model folder or shipped name: needed for matched negatives and for `top`.
    controls : bool
        Add CYP26A1, DHRS3 and RARB and, with a model, a matched negative of each candidate.

    Raises
    ------
    MissingPartError
        If the reference holds no sequence, or primer3-py or Biopython is not installed.
    InputError
        If nothing is named, or no name is a gene of the reference.
    """
    chosen = settings or BenchSettings()
    require_primer3()
    require_biopython()
    opened = Reference.open(reference)
    require_sequences(opened)
    genes = _genes(names, opened, model, top, controls, atlas)
    tables, windows, targets = Tables(), [], {}
    scanner = PairScanner(max_pvalue=SITE_PVALUE)
    for row in genes.to_dict(orient="records"):
        if not row["gene_id"]:
            tables.leave(row["query"], "all", str(row["note"]) or "no gene of the reference")
            continue
        mine = _windows(opened, str(row["gene_id"]), str(row["symbol"]), scanner)
        if not mine:
            tables.leave(str(row["symbol"]), "all", "the reference holds no sequence of its promoters")
            continue
        for window, sites in _chosen(mine, chosen.rares):
            windows.append(window)
            targets[window.name] = sites
            assays(window, sites, str(row["role"]), scanner, chosen, tables)
        if not any(targets[w.name] for w, _ in _chosen(mine, chosen.rares)):
            tables.leave(str(row["symbol"]), "chip_qpcr, inserts", "no RARE is called in its promoters")
    with_uniqueness(tables, opened)
    return BenchSheet(genes, tables, windows, targets, opened, chosen)


def _genes(
    names: Sequence[str], reference: Reference, model: str | None, top: int | None, controls: bool, atlas: Any
) -> pd.DataFrame:
    """One row per gene and role; a gene keeps the first role that it was given."""
    if not names and model is None:
        raise InputError("no gene was named", fix="name genes, or a model with --model and --top N")
    rows: list[dict[str, Any]] = []
    if names:
        for found in reference.names.resolve(list(names)).to_dict(orient="records"):
            rows.append(_row(reference, found["query"], found["gene_id"], CANDIDATE, found["note"]))
        if not any(row["gene_id"] for row in rows):
            raise InputError(f"none of the {len(rows)} names is a gene of the reference", where=rows[0]["query"])
    scored = None
    if model is not None:
        wanted = list(names) if names else list(reference.genes.index)
        scored = score(wanted, [model], atlas=atlas)
        if not names:
            best = scored.table[scored.table["call"].fillna("").str.startswith("candidate")]
            best = best.sort_values(["p_unresponsive", "gene_id"]).head(top or NO_MODEL_SHORT)
            if best.empty:
                raise InputError("the model calls no candidate", where=model, fix="name genes")
            rows += [_row(reference, row["symbol"], row["gene_id"], CANDIDATE, "") for _, row in best.iterrows()]
    if controls:
        rows += _controls(reference, scored, rows, atlas)
    return _once(pd.DataFrame(rows))


def _controls(reference: Reference, scored: Any, rows: list[dict[str, Any]], atlas: Any) -> list[dict[str, Any]]:
    if scored is None:
        symbols = reference.genes["symbol"]
        found = [(name, symbols.index[symbols == name]) for name in POSITIVE]
        return [_row(reference, name, ids[0] if len(ids) else None, POSITIVE_ROLE, "") for name, ids in found]
    listed = {row["gene_id"] for row in rows}
    table = scored.table[scored.table["gene_id"].isin(listed)]
    return [
        _row(reference, one["symbol"], one["gene_id"], one["role"], _why(one))
        for one in bench_controls(table, scored.bundles, atlas=atlas)
    ]


def _why(control: dict[str, Any]) -> str:
    said = f"for {control['for_gene']}" if control["role"] == NEGATIVE_ROLE else ""
    return "; ".join(part for part in (said, f"measured {control['measured']}", control["note"]) if part)


def _row(reference: Reference, query: Any, gene: Any, role: str, note: Any) -> dict[str, Any]:
    known = isinstance(gene, str) and gene in reference.genes.index
    symbol = str(reference.genes.loc[gene, "symbol"]) if known else ""
    said = "" if note is None or pd.isna(note) else str(note)
    return {"query": str(query), "gene_id": gene if known else "", "symbol": symbol, "role": role, "note": said}


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    repeated = rows["gene_id"].ne("") & rows.duplicated("gene_id")
    for _, row in rows[repeated & rows["role"].ne(CANDIDATE)].iterrows():
        first = rows.index[rows["gene_id"] == row["gene_id"]][0]
        said = [str(rows.loc[first, "note"]), f"also a {row['role']}"]
        rows.loc[first, "note"] = "; ".join(dict.fromkeys(part for part in said if part))
    return rows[~repeated].reset_index(drop=True)


def _windows(reference: Reference, gene: str, symbol: str, scanner: PairScanner) -> list[PromoterWindow]:
    """The promoters of a gene that hold any known base, the primary first."""
    sequences = require_sequences(reference)
    rows = reference.promoters[(reference.promoters["gene_id"] == gene) & (reference.promoters["bases_known"] > 0)]
    windows = []
    for number, row in rows.iterrows():
        codes = sequences.codes(np.array([number]))[0]
        window = PromoterWindow(
            *(gene, symbol, str(row["chrom"]), str(row["strand"]), int(row["tss"]), int(row["start"]), int(row["end"])),
            codes,
            (),
        )
        windows.append(replace(window, sites=called_sites(window.text, scanner)))
    return windows


def _chosen(windows: list[PromoterWindow], most: int) -> list[tuple[PromoterWindow, list[Site]]]:
    """The main promoter, and each other one that holds one of the gene's best RAREs (overlapping ones count once)."""
    ranked = sorted(
        ((site, window) for window in windows for site in window.sites if _listed(site)), key=lambda pair: pair[0].rank
    )
    taken: list[tuple[int, int]] = []
    sites: dict[str, list[Site]] = {}
    for site, window in ranked:
        start, end = window.genome(site.start, site.end)
        if len(taken) < most and not any(start < b and a < end for a, b in taken):
            taken.append((start, end))
            sites.setdefault(window.name, []).append(site)
    return [(w, sites.get(w.name, [])) for i, w in enumerate(windows) if i == 0 or w.name in sites]


def _listed(site: Site) -> bool:
    """The rule of the atlas' table of sites."""
    return site.pvalue <= (SITE_PVALUE if site.type in RAR_TYPES else OTHER_SITE_PVALUE)
