"""The findings of the leakage audit as rows to show: colour, sign and word together, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
_SIGNS = {"pass": "✓", "warn": "!", "fail": "✗", "not checked": "–"}
_STYLES = {"pass": "pos", "warn": "exp", "fail": "bad", "not checked": "unlikely"}
_WORST_FIRST = ("fail", "warn", "not checked", "pass")


def audit_view(audit: Sequence[Row]) -> dict[str, Any]:
    """What the templates show of `TrainContent.audit`.

    Keys: `rows` (the worst first, each with `check`, `verdict`, `found`, `sign` and `style`), `failed` (whether any
    did) and `headline` (one sentence, "" without an audit).
    """
    rows = [
        {**row, "sign": _SIGNS[row["verdict"]], "style": _STYLES[row["verdict"]]}
        for row in sorted(audit, key=lambda row: _WORST_FIRST.index(row["verdict"]))
    ]
    return {"rows": rows, "failed": any(row["verdict"] == "fail" for row in rows), "headline": audit_headline(audit)}


def audit_headline(audit: Sequence[Row]) -> str:
    """Passed or failed, by how many checks, and which failed."""
    if not audit:
        return ""
    counts = [(name, sum(row["verdict"] == name for row in audit)) for name in ("pass", "warn", "fail", "not checked")]
    shown = ", ".join(f"{n} {name}" for name, n in counts if n)
    faults = [str(row["check"]) for row in audit if row["verdict"] == "fail"]
    if faults:
        return f"Leakage audit FAILED ({shown}): {'; '.join(faults)}. Do not trust the numbers on this page."
    return f"Leakage audit passed ({shown})."
