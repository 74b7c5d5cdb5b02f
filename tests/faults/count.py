"""Run the corpus and the tamper cases and count them: `python tests/faults/count.py`.

Writes `experiments/results/faults.json` (per reader: bad files tried, tracebacks, silent answers) and `tampering.json`
(per kind: tried, accepted, ran). `count.py --fuzz FINDINGS.json …` puts the results of `fuzz.py` into `faults.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from corpus import cases
from tamper_verdicts import kinds, tamper_verdict
from verdicts import GOOD, verdict

RESULTS = Path(__file__).parents[2] / "experiments" / "results"


def count_corpus() -> dict[str, Counter[str]]:
    """Outcomes by reader; every outcome that is not as stated is printed."""
    found: dict[str, Counter[str]] = {}
    for case in cases():
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            said = verdict(case, Path(folder))
        row = found.setdefault(case.reader, Counter(tried=0, tracebacks=0, silent=0, other=0))
        row["tried"] += 1
        if said != GOOD:
            kind = said.split(":")[0]
            row[{"traceback": "tracebacks", "silent": "silent"}.get(kind, "other")] += 1
        took = time.monotonic() - began
        if said != GOOD or took > 1:
            print(f"{case.reader}: {case.name}: {said} ({took:.1f} s)", flush=True)
    return found


def count_tampering() -> dict[str, Counter[str]]:
    """Outcomes by kind of folder or file."""
    found: dict[str, Counter[str]] = {}
    for kind in kinds().values():
        row = found.setdefault(kind.name, Counter(tried=0, accepted=0, ran=0, other=0))
        with tempfile.TemporaryDirectory() as start:
            untouched = Path(start) / kind.name if kind.name in ("encoder", "reference") else None
            if untouched is not None:
                kind.fresh(untouched)
            for name in kind.cases:
                with tempfile.TemporaryDirectory() as folder:
                    said = tamper_verdict(kind, name, Path(folder), untouched)
                row["tried"] += 1
                if said != GOOD:
                    row[said if said in ("accepted", "ran") else "other"] += 1
                    print(f"{kind.name}: {name}: {said}", flush=True)
    return found


def fuzz_results(files: list[Path]) -> dict[str, Any]:
    """The runs of `fuzz.py` as they were: engine, seed, minutes, executions and findings per reader."""
    runs = []
    for file in files:
        content = json.loads(file.read_text())
        findings = Counter(one["reader"] for one in content.pop("findings"))
        runs.append({**content, "findings": findings})
    return {"runs": runs}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fuzz", type=Path, nargs="+", help="record these results of fuzz.py, oldest first; no counts")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder to write to")
    asked = parser.parse_args()
    file = asked.out / "faults.json"
    earlier = json.loads(file.read_text()) if file.is_file() else {}
    if asked.fuzz:
        _write(file, {**earlier, "fuzz": fuzz_results(asked.fuzz)})
        return
    _write(file, {"corpus": count_corpus(), "fuzz": earlier.get("fuzz", {})})
    _write(asked.out / "tampering.json", count_tampering())


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
