"""The core, the consensus and the known targets of a comparison, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rarml.report.compare_rows import GroupRow, gene_rows
from rarml.report.content import CompareContent
from rarml.report.words import missing

SHOWN = 25
"""Core and consensus genes listed per direction; the table files have all."""


@dataclass(frozen=True)
class SharedRow:
    """A gene with what all models say together (`facts`: consensus, probability, rank, agree, n_models, spread, …)."""

    gene: GroupRow
    facts: dict[str, Any]


@dataclass(frozen=True)
class SharedGenes:
    """Genes of one direction: `rows` leading ones of `total`."""

    direction: str
    total: int
    rows: list[SharedRow]


def core(content: CompareContent) -> list[SharedGenes]:
    """Core genes, up and down, highest consensus first."""
    table = content.more.core
    if table.empty:
        return []
    found = []
    for direction in ("up", "down"):
        chosen = table[table["direction"] == direction]
        if len(chosen):
            rows = _rows(content, chosen.head(SHOWN))
            found.append(SharedGenes(direction, len(chosen), rows))
    return found


def top_consensus(content: CompareContent, most: int = 20) -> list[SharedGenes]:
    """The genes of the highest consensus among those listed in the gene table, up and down."""
    found = []
    for direction in ("up", "down"):
        if f"rank_{direction}" not in content.genes:
            continue
        names = ("consensus", "probability", "spread", "n_models", "agree", "rank")
        chosen = content.genes[["gene_id", *(f"{name}_{direction}" for name in names)]]
        chosen = chosen.set_axis(["gene_id", *names], axis=1).dropna(subset=["rank"])
        chosen = chosen.sort_values(["rank", "gene_id"], kind="stable")
        if len(chosen):
            found.append(SharedGenes(direction, len(chosen), _rows(content, chosen.head(most))))
    return found


def known_lists(content: CompareContent) -> list[tuple[str, int, int, list[dict[str, Any]]]]:
    """Per list of known targets: its name, names in it, genes mapped, and a row per model."""
    table = content.more.known
    if table.empty:
        return []
    found = []
    for name in dict.fromkeys(table["list"]):
        chosen = table[table["list"] == name]
        found.append((str(name), int(chosen["named"].iloc[0]), int(chosen["mapped"].iloc[0]), _plain(chosen)))
    return found


def pair_rows(content: CompareContent) -> list[dict[str, Any]]:
    """Overlap of every pair of sets, all kinds and directions."""
    return [
        {"kind": sets.kind, "direction": sets.direction, **row}
        for sets in content.more.sets
        for row in _plain(sets.pairs)
    ]


def _rows(content: CompareContent, chosen: pd.DataFrame) -> list[SharedRow]:
    genes = content.genes.set_index("gene_id", drop=False).loc[chosen["gene_id"]]
    return [SharedRow(row, facts) for row, facts in zip(gene_rows(content, genes), _plain(chosen), strict=True)]


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): None if missing(value) else value for key, value in row.items()}
        for row in table.to_dict(orient="records")
    ]
