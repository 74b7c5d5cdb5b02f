"""The comparison of models on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rarml.cli.terminal import percent, print_table

if TYPE_CHECKING:
    import pandas as pd

    from rarml.workflows.compare import CompareResult


def print_comparison(result: CompareResult, *, top: int) -> None:
    """Correlations, the transfer matrix, and the leading genes of each group."""
    print_table(
        f"Rank correlation of the predictions on {len(result.genes):,} genes eligible in every model",
        ["models", "probability", "Spearman"],
        [[f"{r['a']} – {r['b']}", r["probability"], f"{r['spearman']:.2f}"] for r in _rows(result.correlations)],
        right=["Spearman"],
    )
    print_table(
        "Transfer: AUROC of each model (held-out chromosomes) on each label set [95 %]",
        ["model", "labels", "task", "AUROC", "genes (positive)"],
        [
            [
                r["model"],
                r["labels"],
                r["task"],
                f"{r['value']:.3f} [{r['low']:.3f}, {r['high']:.3f}]",
                f"{int(r['n']):,} ({int(r['n_positive']):,})",
            ]
            for r in _rows(result.transfer)
        ],
        right=["AUROC", "genes (positive)"],
    )
    names = [bundle.name for bundle in result.bundles]
    counts = result.genes["group"].value_counts()
    for group in (name for name in counts.index if name not in ("none", "partly shared")):
        members = result.genes[result.genes["group"] == group].copy()
        direction = "p_down" if group == "shared down" else "p_up"
        strength = members[[f"{direction}:{name}" for name in names]]
        members["order"] = strength.min(axis=1) if group.startswith("shared") else members["spread"]
        leading = members.sort_values(["order", "gene_id"], ascending=[False, True]).head(top)
        print_table(
            f"{group}: {counts[group]:,} genes (leading {len(leading)})",
            ["gene", *[f"{name}: P(up), P(down)" for name in names]],
            [
                [row["symbol"], *[f"{percent(row[f'p_up:{n}'])}, {percent(row[f'p_down:{n}'])}" for n in names]]
                for row in _rows(leading)
            ],
        )


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")]
