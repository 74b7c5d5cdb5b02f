"""Adds up the answers of several runs of `kill.py` (one per command, or other seeds): a file and a Markdown table.

python tests/faults/merge_kills.py experiments/results/kills.json train.json tune.json score.json reference.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

COLUMNS = ("kills", "real", "fresh", "ended_before", "losses", "partials", "finished", "resumed_differs", "litter")


def main() -> None:
    """Write the joined file; print the table."""
    out, *parts = map(Path, sys.argv[1:])
    rows: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        if part.is_file():
            for name, row in json.loads(part.read_text())["commands"].items():
                rows.setdefault(name, []).append(row)
    commands = {
        name: {column: sum(one[column] for one in found) for column in COLUMNS}
        | {"faults": [fault for one in found for fault in one["faults"]]}
        for name, found in rows.items()
    }
    total = {name: sum(row[name] for row in commands.values()) for name in COLUMNS}
    out.write_text(json.dumps({"total": total, "commands": commands}, indent=2) + "\n")
    print("| command | " + " | ".join(name.replace("_", " ") for name in COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for name, row in {**commands, "all": total}.items():
        print(f"| {name} | " + " | ".join(str(row[column]) for column in COLUMNS) + " |")


if __name__ == "__main__":
    main()
