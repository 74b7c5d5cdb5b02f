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
        members["order"] = _strength(members, group, names)
        leading = members.sort_values(["order", "gene_id"], ascending=[False, True]).head(top)
        print_table(
            f"{group}: {counts[group]:,} genes (leading {len(leading)})",
            ["gene", *[f"{name}: P(up), P(down)" for name in names]],
            [
                [row["symbol"], *[f"{percent(row[f'p_up:{n}'])}, {percent(row[f'p_down:{n}'])}" for n in names]]
                for row in _rows(leading)
            ],
        )


def _strength(members: pd.DataFrame, group: str, names: list[str]) -> pd.Series:
    """What a group is listed by: the weakest model's probability where shared, else the strongest of the one model."""
    if group.startswith("shared"):
        direction = "p_down" if group == "shared down" else "p_up"
        return members[[f"{direction}:{name}" for name in names]].min(axis=1)
    own = [name for name in names if group == f"only in {name}"] or names
    return members[[f"{p}:{name}" for name in own for p in ("p_up", "p_down")]].max(axis=1)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")]
