"""Write docs/robustness.md from the counts of faults; `python experiments/robustness_table.py`.

The counts are made by `tests/faults/count.py` (bad files, fuzz runs, tamper cases) and by the kill driver; a part that
was not run is said to be so.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[1]
RESULTS = REPO / "experiments" / "results"
OUT = REPO / "docs" / "robustness.md"
TEXT = REPO / "experiments" / "robustness_limits.md"
KINDS = {
    "model": "model folder",
    "atlas": "feature atlas",
    "encoder": "promoter encoder (safetensors)",
    "reference": "reference folder",
    "configuration": "configuration (YAML)",
    "study": "study (journal, SQLite)",
}


def read(name: str, results: Path = RESULTS) -> Any:
    """The content of a result, or None where it was not made."""
    file = results / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def table(header: list[str], rows: list[list[Any]]) -> list[str]:
    """A table in Markdown, numbers with separators."""
    shown = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    return ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *shown]]


def reader_rows(faults: dict[str, Any]) -> list[list[Any]]:
    """Reader, bad files, tracebacks, silent wrong answers, fuzz executions, findings; and their sums."""
    executions, findings = Counter[str](), Counter[str]()
    for run in faults["fuzz"].get("runs", []):
        executions.update(run["executions"])
        findings.update(run["findings"])
    names = ("tried", "tracebacks", "silent")
    rows: list[list[Any]] = [
        [reader, *(row[name] for name in names), executions[reader], findings[reader]]
        for reader, row in sorted(faults["corpus"].items(), key=lambda item: item[0].lower())
    ]
    return [*rows, ["**all**", *(sum(row[place] for row in rows) for place in range(1, 6))]]


def tamper_rows(tampering: dict[str, Any]) -> list[list[Any]]:
    """Kind of folder, cases tried, accepted, ran something; and their sums."""
    rows: list[list[Any]] = [
        [KINDS[kind], *(tampering[kind][name] for name in ("tried", "accepted", "ran"))] for kind in KINDS
    ]
    return [*rows, ["**all**", *(sum(row[place] for row in rows) for place in (1, 2, 3))]]


def kill_rows(kills: dict[str, Any]) -> list[list[Any]]:
    """Command, kills, runs left to finish after them, losses, partial results, differences, litter; and their sums."""
    names = ("kills", "finished", "losses", "partials", "resumed_differs", "litter")
    rows: list[list[Any]] = [[command, *(row[name] for name in names)] for command, row in kills["commands"].items()]
    return [*rows, ["**all**", *(sum(row[place] for row in rows) for place in range(1, len(names) + 1))]]


def page(results: Path = RESULTS) -> str:
    """The whole page."""
    faults, tampering, kills = (read(name, results) for name in ("faults", "tampering", "kills"))
    lines = [
        "# Faults, bad input and hostile files",
        "",
        "This page is written by `experiments/robustness_table.py` from the counts in `experiments/results/`.",
        "A bad file ends in one line that says what is wrong, where, and how to mend it, with exit status 2. A result",
        "is written whole or not at all. Nothing in a file is ever executed.",
        "",
        "## Readers",
        "",
        "*Bad files* are written by the tests (`tests/faults/corpus*.py`): cut short, of another kind, in another",
        "encoding, with absurd numbers, and so on; each has a stated outcome. *Silent* is a wrong answer without a",
        "word. *Executions* are mutated files read under the fuzzer; *findings* are inputs that ended in a traceback",
        "or killed the process **when they were found**: each was mended and has a test in",
        "`tests/faults/test_findings.py` or the corpus. So has what was found by hand (standard input, odd names,",
        "damaged .h5ad files, wrong files given to every command), which is not counted here.",
        "",
    ]
    header = ["reader", "bad files", "tracebacks", "silent", "executions", "findings, all mended"]
    lines += table(header, reader_rows(faults))
    runs = [
        f"{run['engine']}, seed {run['seed']}, {run['minutes']:g} min, "
        f"{sum(run['executions'].values()):,} executions, {sum(run['findings'].values())} findings"
        for run in faults["fuzz"].get("runs", [])
    ]
    lines += ["", "Fuzz runs, oldest first: " + ("; ".join(runs) or "not run") + ".", "", "## Forged folders", ""]
    lines += table(["kind", "cases", "accepted", "ran something"], tamper_rows(tampering))
    lines += ["", "The cases are in `tests/faults/tampering*.py`. *Forged* ones carry digests that fit.", ""]
    lines += ["## Killed runs", ""]
    if kills is None:
        lines += ["Not run."]
    else:
        lines += [
            "`tests/faults/kill.py` kills each command (SIGKILL, with its children) at moments drawn over the whole of",
            "its run, half of the time over an earlier result, one to three times in a row; then it lets the same",
            "command finish and compares every byte with an undisturbed run (of a search all but Optuna's own log,",
            "which holds times). Only kills that met a running process count. One run in ten is a process of its own,",
            "the others are forked from one that has the libraries loaded.",
            "",
        ]
        header = ["command", "kills", "left to finish", "earlier result lost", "partial taken for whole"]
        lines += table([*header, "finished run differs", "litter left"], kill_rows(kills))
    return "\n".join(lines) + "\n\n" + TEXT.read_text(encoding="utf-8")


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(page(), encoding="utf-8")
    print(OUT)
