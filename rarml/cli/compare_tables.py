"""The comparison of models on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rarml.cli.terminal import percent, print_table

if TYPE_CHECKING:
    import pandas as pd

    from rarml.workflows.compare import CompareResult

QUIET = ("none", "partly shared", "not judged by all")
"""Groups that are not listed gene by gene."""


def print_comparison(result: CompareResult, *, top: int) -> None:
    """Transfer, what is shared and specific, where models differ, consensus, receptors and known targets."""
    names = [bundle.name for bundle in result.bundles]
    print_table(
        f"Rank correlation of the predictions on {_everywhere(result):,} genes eligible in every model",
        ["models", "probability", "Spearman"],
        [[f"{r['a']} – {r['b']}", r["probability"], f"{r['spearman']:.2f}"] for r in _rows(result.correlations)],
        right=["Spearman"],
    )
    _print_transfer(result, names)
    _print_groups(result, names, top)
    if len(result.core):
        print_table(
            f"Core: {len(result.core):,} genes called in one direction by all models that know it (or all but one of "
            "four or more)",
            ["gene", "direction", "called in", "measured in", "consensus (log-odds)", "rank"],
            [
                [
                    r["symbol"],
                    r["direction"],
                    f"{r['called_in']} of {r['of']}",
                    f"{r['measured_in']} of {r['of']}",
                    f"{r['consensus']:+.2f}",
                    "–" if r["rank"] != r["rank"] else f"{r['rank']:,.0f}",
                ]
                for r in _rows(result.core.groupby("direction", sort=False).head(top))
            ],
            right=["consensus (log-odds)", "rank"],
        )
    _print_receptors(result)
    if result.known is not None:
        print_table(
            "Known targets: called up among listed against other eligible genes, and ranking by P(up) [95 %]",
            ["list", "model", "called of listed", "odds ratio (exact)", "AUROC", "less covariates"],
            [
                [
                    r["list"],
                    r["model"],
                    f"{r['called']} of {r['eligible']}",
                    f"{r['odds_ratio']:.2f} [{r['low']:.2f}, {r['high']:.2f}]",
                    f"{r['auroc']:.3f} [{r['auroc_low']:.3f}, {r['auroc_high']:.3f}]",
                    f"{r['over_covariates']:+.3f} [{r['over_low']:+.3f}, {r['over_high']:+.3f}]",
                ]
                for r in _rows(result.known)
            ],
            right=["called of listed", "odds ratio (exact)", "AUROC", "less covariates"],
        )


def _everywhere(result: CompareResult) -> int:
    return int((result.genes["group"] != "not judged by all").sum())


def _print_transfer(result: CompareResult, names: list[str]) -> None:
    table = result.transfer[result.transfer["metric"] == "auroc"]
    for task in dict.fromkeys(table["task"]):
        rows = table[table["task"] == task]
        cells = {(r["model"], r["labels"]): r for r in _rows(rows)}
        models = [name for name in dict.fromkeys([*names, *rows["model"]]) if name in set(rows["model"])]
        print_table(
            f"Transfer, {task}: AUROC on held-out genes (lead over covariates alone); !: above 0.80 on unseen cells",
            ["model \\ labels", *names],
            [[model, *[_transfer_cell(cells.get((model, labels))) for labels in names]] for model in models],
            right=names,
        )


def _transfer_cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "–"
    lead = "" if row["over_covariates"] != row["over_covariates"] else f" ({row['over_covariates']:+.3f})"
    return f"{row['value']:.3f}{'!' if row['suspect'] else ''}{lead}"


def _print_groups(result: CompareResult, names: list[str], top: int) -> None:
    counts = result.genes["group"].value_counts()
    for group in (name for name in counts.index if name not in QUIET):
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


def _print_receptors(result: CompareResult) -> None:
    table = result.receptors
    receptors = list(dict.fromkeys(table["receptor"]))
    levels = {(r["model"], r["sample"], r["receptor"]): r["ntpm"] for r in _rows(table)}
    rows = [
        [model, sample, *[_level(levels[model, sample, receptor]) for receptor in receptors]]
        for model, sample in dict.fromkeys(zip(table["model"], table["sample"], strict=True))
    ]
    if rows:
        title = "Retinoid receptors in the untreated stand-in cells (nTPM)"
        print_table(title, ["model", "stand-in", *receptors], rows, right=receptors)


def _level(value: float) -> str:
    return "–" if value != value else f"{value:.1f}"


def _strength(members: pd.DataFrame, group: str, names: list[str]) -> pd.Series:
    """What a group is listed by: the weakest model's probability where shared, else the strongest of the one model."""
    if group.startswith("shared"):
        direction = "p_down" if group == "shared down" else "p_up"
        return members[[f"{direction}:{name}" for name in names]].min(axis=1)
    own = [name for name in names if group == f"only in {name}"] or names
    return members[[f"{p}:{name}" for name in own for p in ("p_up", "p_down")]].max(axis=1)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")]
