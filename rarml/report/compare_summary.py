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
    table = content.transfer
    across = table[table["model"] != table["labels"]].dropna(subset=["value"])
    if across.empty:
        return []
    own = table[table["model"] == table["labels"]]["value"].median()
    best = across.sort_values("value", ascending=False, kind="stable").iloc[0]
    return [
        f"Transfer: a model ranks the genes of its own cells with a median AUROC of {number(own)}, those of other "
        f"cells with {number(across['value'].median())}; best across cells: {best['model']} on the labels of "
        f"{best['labels']} ({best['task']}, {number(best['value'])})."
    ]
