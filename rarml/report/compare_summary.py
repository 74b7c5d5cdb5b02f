"""The plain-language summary of a comparison."""

from __future__ import annotations

from rarml.report.compare_differences import shares
from rarml.report.compare_rows import Group
from rarml.report.compare_transfer import MEAN
from rarml.report.content import CompareContent
from rarml.report.words import interval, listing, number


def compare_summary(content: CompareContent, found: list[Group]) -> list[str]:
    """How alike the models are, what they share, what is specific, and how well each transfers."""
    said = [*_agreement(content)]
    shared = [g for g in found if g.name.startswith("shared")]
    if shared:
        said.append("Shared by all: " + "; ".join(_group_said(g) for g in shared) + ".")
    else:
        said.append("No gene is a candidate in one direction in every model.")
    said += _core(content)
    own = [g for g in found if g.name.startswith("only in ")]
    if own:
        said.append("Specific: " + "; ".join(_group_said(g) for g in own) + ".")
    against = next((g for g in found if g.name == "opposite"), None)
    if against:
        said.append(f"Against each other: {_group_said(against)}.")
    return said + _transfer(content) + _reversed(content) + _why(content) + _known(content)


def _reversed(content: CompareContent) -> list[str]:
    """Models that tell up from down the wrong way round in other cells: what rises in one falls in the other."""
    table = content.transfer
    if "high" not in table:
        return []
    chosen = table[(table["task"] == "up v down") & (table["model"] != table["labels"]) & (table["model"] != MEAN)]
    if "metric" in chosen:
        chosen = chosen[chosen["metric"] == "auroc"]
    parts = [
        f"{row['model']} on {row['labels']} {number(row['value'])} ({interval(row['low'], row['high'])})"
        for row in chosen[chosen["high"] < 0.5].to_dict(orient="records")
    ]
    if not parts:
        return []
    return [f"Up v down below guessing, so that what rises in one cell type falls in the other: {'; '.join(parts)}."]


def _why(content: CompareContent) -> list[str]:
    made = shares(content.more.differences)
    genes = content.more.differences["gene_id"].nunique() if made else 0
    return [f"Why two models differ, over the {genes:,} genes on which a pair differs most: {made}."] if made else []


def _core(content: CompareContent) -> list[str]:
    """Genes that nearly all models call, counted by direction; only said where that is more than what all share."""
    table = content.more.core
    if table.empty:
        return []
    parts = [
        f"{len(chosen):,} {direction} ({', '.join(chosen['symbol'].head(5))}{', …' if len(chosen) > 5 else ''})"
        for direction in ("up", "down")
        for chosen in [table[table["direction"] == direction]]
        if len(chosen)
    ]
    return [f"Core (called in all models that know the class, or all but one of four or more): {'; '.join(parts)}."]


def _known(content: CompareContent) -> list[str]:
    """Odds ratios of the first list of known targets."""
    table = content.more.known
    if table.empty:
        return []
    chosen = table[table["list"] == table["list"].iloc[0]]
    parts = [
        f"{row['model']} {number(row['odds_ratio'], 1)} ({interval(row['low'], row['high'], 1)})"
        for row in chosen.to_dict(orient="records")
    ]
    ahead = int((chosen["over_low"] > 0).sum())
    return [
        f"Known targets ({chosen['list'].iloc[0]}), odds ratio of being called up: {'; '.join(parts)}. "
        f"Ahead of covariates alone in ranking them: {ahead} of {len(chosen)} models."
    ]


def _group_said(group: Group) -> str:
    names = [row.symbol for row in group.rows[:3]]
    shown = f"{', '.join(names)}, …" if group.total > len(names) else listing(names)
    return f"{group.total:,} {group.name} ({shown})"


def _agreement(content: CompareContent) -> list[str]:
    table = content.correlations
    if table.empty:
        return []
    chosen = table[table["probability"] == "responsive"]
    chosen = chosen if len(chosen) else table
    ordered = chosen.sort_values("spearman", ascending=False, kind="stable")
    most, least = ordered.iloc[0], ordered.iloc[-1]
    first = (
        f"Most alike: {most['a']} and {most['b']} (Spearman {number(most['spearman'])} for P({most['probability']}))"
    )
    if len(chosen) == 1:
        return [first.replace("Most alike", "Agreement") + "."]
    return [f"{first}; least alike: {least['a']} and {least['b']} ({number(least['spearman'])})."]


def _transfer(content: CompareContent) -> list[str]:
    """Own against other cells per task: pooled over tasks, a direction that does not transfer would go unseen."""
    table = content.transfer.dropna(subset=["value"])
    table = table[table["model"] != MEAN]
    if "metric" in table and len(table):
        table = table[table["metric"] == table["metric"].iloc[0]]
    own = table[table["model"] == table["labels"]].groupby("task", sort=False)["value"].median()
    across = table[table["model"] != table["labels"]].groupby("task", sort=False)["value"].median()
    said = [f"{task} {number(own.get(task))} → {number(value)}" for task, value in across.items()]
    if not said:
        return []
    return [
        f"Transfer, median AUROC on the model's own cells → on other cells (0.5 is guessing): {'; '.join(said)}. "
        "A task that falls towards 0.5 is specific to the cells; one that stays high is shared by them, whether "
        "through retinoid biology or through what makes a gene change in any experiment."
    ]
