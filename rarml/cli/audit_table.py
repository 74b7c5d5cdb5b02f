"""How the findings of a leakage audit are shown on the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rarml.core.plain_text import without_controls

if TYPE_CHECKING:
    from rich.text import Text

    from rarml.evaluation.audit import Finding
    from rarml.workflows.verify import Verified

_SHOWN = {
    "pass": ("✓ pass", "green"),
    "warn": ("! warn", "yellow"),
    "fail": ("✗ FAIL", "bold red"),
    "not checked": ("– not checked", "dim"),
}


def print_audit(verified: Verified) -> None:
    """A heading and one line per finding; a failed one in red."""
    from rich.text import Text

    from rarml.cli.terminal import console

    screen = console()
    screen.print(
        Text(without_controls(f"  {audit_line(verified)}"), style="bold red" if verified.leaks else ""), soft_wrap=True
    )
    for finding in verified.findings:
        screen.print(_line(finding), soft_wrap=True)


def audit_line(verified: Verified) -> str:
    """The heading: how many checks came out which way, and whether that was worked out here."""
    if not verified.findings:
        return "leakage audit: the model holds none"
    counts: Counter[str] = Counter(finding.verdict for finding in verified.findings)
    shown = ", ".join(f"{counts[name]} {name}" for name in _SHOWN if counts[name])
    where = "" if verified.audited_again else " (as found at training; not checked here: another atlas)"
    return f"leakage audit {'FAILED' if verified.leaks else 'passed'}: {shown}{where}"


def _line(finding: Finding) -> Text:
    from rich.text import Text

    word, style = _SHOWN[finding.verdict]
    strong = style if finding.verdict == "fail" else ""
    return Text.assemble(
        ("    ", ""), (f"{word:<14}", style), (without_controls(f"{finding.check}: {finding.found}"), strong)
    )
