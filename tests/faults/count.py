"""Count the corpus: per reader bad files tried, tracebacks, silent answers; `python tests/faults/count.py OUT.json`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpus import cases
from verdicts import GOOD, verdict


def count() -> dict[str, Counter[str]]:
    """Outcomes by reader; every outcome that is not as stated is printed."""
    found: dict[str, Counter[str]] = {}
    for case in cases():
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            said = verdict(case, Path(folder))
        row = found.setdefault(case.reader, Counter())
        row["tried"] += 1
        row["as stated" if said == GOOD else said.split(":")[0]] += 1
        took = time.monotonic() - began
        if said != GOOD or took > 1:
            print(f"{case.reader}: {case.name}: {said} ({took:.1f} s)", flush=True)
    return found


if __name__ == "__main__":
    table = count()
    for reader, row in table.items():
        print(f"{reader}: {dict(row)}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
