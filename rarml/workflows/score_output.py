"""Scores as files: TSV, Parquet, the RARE sites as TSV and BED, and the HTML report."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from rarml.core.files import atomic_folder
from rarml.report.content import ScoreContent
from rarml.report.score_report import score_html
from rarml.workflows.calls import CALL_RULE
from rarml.workflows.model_info import model_info, provenance
from rarml.workflows.score import ScoreResult


def write_scores(result: ScoreResult, out: str | Path, *, title: str, overwrite: bool = False) -> list[Path]:
    """Write all files of a score to the folder `out`, whole or not at all; the written paths."""
    models = [model_info(bundle.manifest.model_dump(mode="json")) for bundle in result.bundles]
    content = ScoreContent(
        table=result.table,
        sites=result.sites,
        models=tuple(replace(info, prevalence=own) for info, own in zip(models, result.shares, strict=True)),
        call_rule=CALL_RULE,
        assembly=result.bundles[0].manifest.assembly,
        provenance=provenance(result.bundles),
    )
    with atomic_folder(out, overwrite=overwrite) as folder:
        result.table.to_csv(folder / "scores.tsv", sep="\t", index=False, float_format="%.5g")
        result.table.to_parquet(folder / "scores.parquet", compression="zstd")
        result.sites.to_csv(folder / "sites.tsv", sep="\t", index=False, float_format="%.4g")
        (folder / "sites.bed").write_text(sites_bed(result), encoding="utf-8")
        (folder / "report.html").write_text(score_html(content), encoding="utf-8")
    names = ("report.html", "scores.tsv", "scores.parquet", "sites.tsv", "sites.bed")
    return [Path(out) / name for name in names]


def sites_bed(result: ScoreResult) -> str:
    """BED6 of the called RAREs: name is symbol and type, score is -100 log10 p, at most 1000."""
    symbols = result.genes["symbol"]
    lines = []
    ordered = result.sites.sort_values(["chrom", "start", "end", "type", "gene_id"], kind="stable")
    for site in ordered.to_dict(orient="records"):
        score = min(1000, round(-100 * math.log10(site["pvalue"])))
        name = f"{symbols.get(site['gene_id'], site['gene_id'])}_{site['type']}"
        lines.append(f"{site['chrom']}\t{site['start']}\t{site['end']}\t{name}\t{score}\t{site['strand']}\n")
    return "".join(lines)
