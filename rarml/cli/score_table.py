"""The ranked table of scored genes on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rarml.cli.terminal import console, note, percent, print_table
from rarml.core.plain_text import without_controls
from rarml.workflows.calls import NOT_JUDGED, SILENT

if TYPE_CHECKING:
    from rarml.workflows.score import ScoreResult

_NAMED = 12
_HEADER = [
    "gene",
    "call",
    "P(up)",
    "P(down)",
    "covariates: up, down",
    "not ruled out",
    "rank",
    "measured",
    "best RARE",
    "flags",
]
# what a narrow terminal does without, by the width below which it does; words torn in two cannot be read
_NEEDS_WIDTH = {"not ruled out": 125, "measured": 110, "best RARE": 110, "rank": 90}


def print_scores(result: ScoreResult, *, top: int) -> None:
    """One table per model, most responsive first, genes that are not judged last; then names without an answer."""
    width = console().width
    shown = [i for i, name in enumerate(_HEADER) if width >= _NEEDS_WIDTH.get(name, 0)]
    for bundle in result.bundles:
        rows = result.table[(result.table["model"] == bundle.name) & result.table["rank"].notna()]
        rows = rows.assign(symbol=rows["symbol"].fillna(rows["gene_id"]))  # some genes have an id alone
        if "orthology" in rows:
            rows = rows.assign(symbol=rows["query"] + " → " + rows["symbol"])
        ranked = rows.assign(silent=rows["call"] == NOT_JUDGED).sort_values(["silent", "rank", "symbol"], kind="stable")
        ranked = ranked.drop_duplicates("gene_id" if "orthology" not in rows else ["query", "gene_id"])
        kind = " (experimental)" if bundle.manifest.experimental else ""
        print_table(
            f"{bundle.name}{kind}: {bundle.manifest.cell_type} – {min(top, len(ranked))} of {len(ranked)} genes",
            [_HEADER[i] for i in shown],
            [[_row(row)[i] for i in shown] for row in ranked.head(top).to_dict(orient="records")],
            right=["rank"],
            unbroken=["rank"],  # a number torn in two is another number
        )
        left = ranked.iloc[top:]
        unjudged = left.loc[left["silent"], "symbol"]
        if len(unjudged):
            named = without_controls(", ".join(unjudged.head(_NAMED))) + (" …" if len(unjudged) > _NAMED else "")
            console().print(f"not judged, as {SILENT} ({len(unjudged)}): {named}\n", markup=False)
    if len(shown) < len(_HEADER):
        left_out = ", ".join(name for i, name in enumerate(_HEADER) if i not in shown)
        note(f"note: no room for {left_out} in {width} columns: widen the terminal, or write them with --out")
    unanswered = result.resolved[result.resolved["status"] != "mapped"]
    for row in unanswered.to_dict(orient="records"):
        note(f"{row['query']}: {row['status']}" + (f" – {row['note']}" if row["note"] else ""))


def _row(row: Mapping[Any, Any]) -> list[str]:
    return [
        row["symbol"],
        row["call"],
        _interval(row, "up"),
        _interval(row, "down"),
        f"{percent(row['covariates_up'])}, {percent(row['covariates_down'])}",
        _set_text(row["not_ruled_out"]),
        f"{int(row['rank']):,}/{int(row['rank_of']):,}",
        row["measured"].replace("unresponsive", "flat"),
        rare_text(row),
        row["flags"].replace(SILENT, "silent untreated"),
    ]


def rare_text(row: Mapping[Any, Any]) -> str:
    """Type, distance to the TSS and p-value of the best called RARE, or a dash."""
    if not isinstance(row["rare_type"], str):
        return "–"
    return f"{row['rare_type']} {int(row['rare_tss_distance']):+d} bp, p={row['rare_pvalue']:.0e}"


def _set_text(classes: str | None) -> str:
    """The classes of a prediction set in few letters; no class is left of a gene unlike any in training."""
    if not isinstance(classes, str):
        return "–"
    return classes.replace("unresponsive", "flat").replace("|", ", ") or "all ruled out"


def _interval(row: Mapping[Any, Any], name: str) -> str:
    low, value, high = (row[f"p_{name}{end}"] for end in ("_low", "", "_high"))
    return f"{percent(value)} [{percent(low)}–{percent(high)}]" if value == value else "–"
