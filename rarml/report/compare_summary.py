"""The plain-language summary of a comparison."""

from __future__ import annotations

from rarml.report.compare_rows import Group
from rarml.report.content import CompareContent
from rarml.report.words import listing, number


def compare_summary(content: CompareContent, found: list[Group]) -> list[str]:
    """How alike the models are, what they share, what is specific, and how well each transfers."""
    said = [*_agreement(content)]
    shared = [g for g in found if g.name.startswith("shared")]
    if shared:
        said.append("Shared by all: " + "; ".join(_group_said(g) for g in shared) + ".")
    else:
        said.append("No gene is a candidate in one direction in every model.")
    own = [g for g in found if g.name.startswith("only in ")]
    if own:
        said.append("Specific: " + "; ".join(_group_said(g) for g in own) + ".")
    against = next((g for g in found if g.name == "opposite"), None)
    if against:
        said.append(f"Against each other: {_group_said(against)}.")
    return said + _transfer(content)


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
