"""`rarml enrich`: are RARE spacing types more frequent in a gene set than in matched genes?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import AtlasOption, OverwriteOption, complete_models


@answers("enrich")
def enrich_command(
    genes: Annotated[list[str], typer.Argument(help="Symbols or ids, or files (txt, CSV, TSV, GMT), or -.")],
    background: Annotated[
        Path | None, typer.Option("--background", help="List of genes the matched ones are taken from (default: all).")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", help="Take them from this model's unresponsive genes.", autocompletion=complete_models
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Count sites at p < 1e-5 instead of 1e-4.")] = False,
    per_gene: Annotated[int, typer.Option("--per-gene", min=1, help="Matched genes per gene.")] = 3,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the tables and the plot.")] = None,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Enrichment of each RARE spacing type at promoters, against genes matched on GC, CpG and expression.

    rarml enrich my_up_genes.txt --model mcf-7 --out enrichment
    """
    from rarml.cli.claim import claim
    from rarml.cli.terminal import note, print_table, say_written
    from rarml.workflows.enrich import enrich, write_enrichment
    from rarml.workflows.gene_input import read_names

    if out is not None:
        claim(out, overwrite=overwrite)
    pool = read_names([str(background)]) if background is not None else []
    result, left_out = enrich(
        read_names(genes), candidates=pool, model=model, strict=strict, per_gene=per_gene, atlas=atlas
    )
    if left_out:
        note(f"{len(left_out)} names without an answer: {', '.join(left_out[:10])}")
    give(
        lambda: {
            "genes": len(result.genes),
            "matched_genes": len(result.background),
            "types": result.table,
            "without_an_answer": left_out,
        }
    )
    rows = result.table.sort_values("pvalue", kind="stable").to_dict(orient="records")
    print_table(
        f"RARE types in {len(result.genes):,} genes against {len(result.background):,} matched genes",
        ["type", "genes with site", "matched with site", "odds ratio [exact 95 %]", "p", "q (BH)"],
        [
            [
                row["type"],
                f"{row['with_site']} ({row['with_site'] / row['n']:.1%})",
                f"{row['background_with_site']} ({row['background_with_site'] / row['n_background']:.1%})",
                f"{row['odds_ratio']:.2f} [{row['low']:.2f}, {row['high']:.2f}]",
                f"{row['pvalue']:.2g}",
                f"{row['qvalue']:.2g}",
            ]
            for row in rows
        ],
        right=["genes with site", "matched with site", "p", "q (BH)"],
    )
    if out is not None:
        say_written(write_enrichment(result, out, overwrite=overwrite))
