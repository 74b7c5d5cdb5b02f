"""Scores as files: TSV, Parquet, the RARE sites as TSV and BED, the HTML report, its figures and pages of genes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from rarml.core.files import atomic_folder
from rarml.report.score_figures import write_score_figures
from rarml.report.score_report import score_html
from rarml.workflows.score import ScoreResult
from rarml.workflows.score_content import score_content
from rarml.workflows.tsv import write_tsv

FIGURES, CARDS = "figures", "genes"
WHOLE = ("rank_of", "rare_start", "rare_end", "rare_tss_distance", "rare_count")


def write_scores(
    result: ScoreResult,
    out: str | Path,
    *,
    title: str = "",
    atlas: str | Path | None = None,
    cards: int = 0,
    overwrite: bool = False,
) -> list[Path]:
    """Write all files of a score to the folder `out`, whole or not at all; the written paths, folders for many files.

    Parameters
    ----------
    result : ScoreResult
        The scores.
    out : str or Path
        Folder to write.
    title : str
        Heading of the report.
    atlas : str or Path, optional
        The atlas that was scored with; the shipped one by default.
    cards : int
        Genes per model, most responsive first, that get a page of their own (`rarml explain`).
    overwrite : bool
        Replace an existing `out` once the new one is whole.
    """
    pages = _gene_pages(result, atlas, cards)
    content = score_content(
        result,
        atlas=atlas,
        pages={gene: f"{CARDS}/{name}" for gene, (name, _) in pages.items()},
        shares=result.shares,
        level=result.level,
        title=title,
    )
    result = replace(result, table=whole_numbers(result.table))
    with atomic_folder(out, overwrite=overwrite) as folder:
        told = result.table.replace({"not_ruled_out": {"": "all ruled out"}})  # a missing value is written as ""
        write_tsv(told, folder / "scores.tsv", "%.5g")
        result.table.to_parquet(folder / "scores.parquet", compression="zstd")
        write_tsv(result.sites, folder / "sites.tsv", "%.4g")
        (folder / "sites.bed").write_text(sites_bed(result), encoding="utf-8")
        (folder / "report.html").write_text(score_html(content), encoding="utf-8")
        write_score_figures(content, folder / FIGURES)
        for name, page in pages.values():
            (folder / CARDS).mkdir(exist_ok=True)
            (folder / CARDS / name).write_text(page, encoding="utf-8")
    names = ["report.html", "scores.tsv", "scores.parquet", "sites.tsv", "sites.bed", FIGURES]
    return [Path(out) / name for name in [*names, *([CARDS] if pages else [])]]


def _gene_pages(result: ScoreResult, atlas: str | Path | None, most: int) -> Mapping[str, tuple[str, str]]:
    """File name and page of the `most` highest ranked genes of each model, by gene id."""
    if most < 1:
        return {}
    from rarml.report.gene_card import gene_card_html
    from rarml.workflows.explain import explain
    from rarml.workflows.explain_output import page_names

    ranked = result.table.dropna(subset=["rank"]).drop_duplicates(["model", "gene_id"]).sort_values("rank")
    chosen = list(dict.fromkeys(ranked.groupby("model", sort=False).head(most)["gene_id"]))
    found = explain(chosen, [bundle.path for bundle in result.bundles], atlas=atlas)
    names = page_names(found.cards)
    return {card.gene_id: (name, gene_card_html(card)) for card, name in zip(found.cards, names, strict=True)}


def whole_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Places and counts as whole numbers: a gene without a RARE makes them floats, of which few digits are written."""
    kinds = {name: "Int64" for name in WHOLE if name in table}
    return table.astype(kinds)


def sites_bed(result: ScoreResult) -> str:
    """BED6 of the called RAREs: name is symbol and type, score is -100 log10 p, at most 1000."""
    symbols = result.genes["symbol"].to_dict()
    ordered = result.sites.sort_values(["chrom", "start", "end", "type", "gene_id"], kind="stable")
    columns = (ordered[name].tolist() for name in ("chrom", "start", "end", "gene_id", "type", "pvalue", "strand"))
    return "".join(
        f"{chrom}\t{start}\t{end}\t{symbols.get(gene, gene)}_{kind}\t"
        f"{min(1000, round(-100 * math.log10(pvalue)))}\t{strand}\n"
        for chrom, start, end, gene, kind, pvalue, strand in zip(*columns, strict=True)
    )
