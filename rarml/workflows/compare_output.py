"""A comparison as files: tables, figures and the HTML report."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from rarml.core.files import atomic_folder
from rarml.report.compare_content import CompareMore
from rarml.report.compare_figures import figure_files
from rarml.report.compare_report import compare_html
from rarml.report.content import CompareContent
from rarml.workflows.calls import CALL_RULE
from rarml.workflows.compare import CompareResult
from rarml.workflows.compare_genes import NOT_BY_ALL
from rarml.workflows.compare_methods import compare_methods
from rarml.workflows.model_info import model_info, provenance
from rarml.workflows.tsv import write_tsv

FIGURES = "figures"
TOP = 25
"""Genes listed per group; the table of all genes holds the others."""
_EMPTY = pd.DataFrame()


def comparison_content(result: CompareResult) -> CompareContent:
    """What the report shows of a comparison."""
    return CompareContent(
        genes=result.genes,
        correlations=result.correlations,
        transfer=result.transfer,
        models=tuple(model_info(bundle.manifest.model_dump(mode="json")) for bundle in result.bundles),
        call_rule=CALL_RULE,
        top=TOP,
        provenance=provenance(result.bundles),
        more=CompareMore(
            sets=tuple(result.sets),
            core=result.core,
            differences=result.differences,
            receptors=result.receptors,
            marks=result.marks,
            known=_EMPTY if result.known is None else result.known,
            methods=compare_methods(
                result.bundles,
                int((result.genes["group"] != NOT_BY_ALL).sum()),
                result.bootstrap,
                known=result.known is not None,
            ),
        ),
    )


def write_comparison(result: CompareResult, out: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write all files of a comparison to the folder `out`, whole or not at all; the written paths.

    `report.html`; tables `genes`, `transfer`, `correlations`, `consensus`, `core`, `specific`, `intersections`,
    `overlaps`, `differences`, `receptors` and, with a list, `known_targets` as TSV; and the figures as SVG.
    """
    content = comparison_content(result)
    tables = comparison_tables(result)
    figures = figure_files(content)
    with atomic_folder(out, overwrite=overwrite) as folder:
        for name, table in tables.items():
            write_tsv(table, folder / f"{name}.tsv", "%.5g")
        (folder / FIGURES).mkdir()
        for name, drawn in figures.items():
            (folder / FIGURES / name).write_bytes(drawn)
        (folder / "report.html").write_text(compare_html(content), encoding="utf-8")
    written = ("report.html", *(f"{name}.tsv" for name in tables), *(f"{FIGURES}/{name}" for name in figures))
    return [Path(out) / name for name in written]


def comparison_tables(result: CompareResult) -> dict[str, pd.DataFrame]:
    """Every table of a comparison by the stem of its file."""
    parts = [
        table.assign(kind=sets.kind, direction=sets.direction)
        for sets in result.sets
        for table in [sets.intersections.assign(sets=sets.intersections["sets"].map(" & ".join), of=sets.n_genes)]
    ]
    pairs = [sets.pairs.assign(kind=sets.kind, direction=sets.direction, of=sets.n_genes) for sets in result.sets]
    tables = {
        "genes": result.genes,
        "transfer": result.transfer,
        "correlations": result.correlations,
        "consensus": result.consensus,
        "core": result.core,
        "specific": result.specific,
        "intersections": pd.concat(parts, ignore_index=True) if parts else _EMPTY,
        "overlaps": pd.concat(pairs, ignore_index=True) if pairs else _EMPTY,
        "differences": result.differences,
        "receptors": result.receptors,
    }
    if result.known is not None:
        tables["known_targets"] = result.known
    return {name: table for name, table in tables.items() if table.shape[1]}
