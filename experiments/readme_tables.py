"""Write the measured tables of the README between their markers, from the results that the other scripts wrote.

python experiments/readme_tables.py
"""

from __future__ import annotations

import json
import re

import pandas as pd
from common import REPO, RESULTS
from sequence_tables import BRANCH, JOINED

from rarml.core.files import write_text

ROWS = ("RARE only", "composition", "chromatin", "expression", "co-expression panel", "covariates", "all")
JOINED_NAME = "joined k-mers"
SHOWN = {
    "small CNN from scratch": JOINED_NAME,
    JOINED: JOINED_NAME,
    BRANCH: JOINED_NAME,
    "stack without sequence": "the stack",
    "stack": "the stack",
}
TASKS = ("up v unresponsive", "down v unresponsive", "up v down")
MODELS = {"mcf-7": "MCF-7", "sh-sy5y": "SH-SY5Y", "neural-organoid": "organoid", "nb4": "NB4 (listed v not)"}


def main() -> None:
    """Fill every marked table."""
    readme = REPO / "README.md"
    text = readme.read_text(encoding="utf-8")
    tables = {"blocks": blocks_table(), "sequence": sequence_table(), "audit": audit_table()}
    for name, table in tables.items():
        pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"README.md has no marker {name}")
        text = pattern.sub(lambda found, table=table: found.group(1) + table + found.group(2), text)
    write_text(readme, text)
    print(f"wrote {readme}")


def blocks_table() -> str:
    """A row per cell type and task: AUROC per block, the gain of the whole model, and its AUPRC."""
    table = pd.DataFrame(json.loads((RESULTS / "feature_blocks.json").read_text(encoding="utf-8")))
    auroc = table[table["metric"] == "auroc"].set_index(["cell", "task", "blocks"])
    auprc = table[table["metric"] == "auprc"].set_index(["cell", "task", "blocks"])
    asked = [(cell, task) for cell in MODELS for task in TASKS if (cell, task, "all") in auroc.index]
    heads = [*ROWS, "**gain of all over covariates**", "AUPRC of all (chance)"]
    lines = ["| AUROC [95 %] | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for cell, task in asked:
        shown = [_interval(auroc.loc[(cell, task, blocks)]) for blocks in ROWS]
        whole = auprc.loc[(cell, task, "all")]
        shown += [_gain(auroc.loc[(cell, task, "all")]), f"{_interval(whole)} ({whole['prevalence']:.2f})"]
        lines.append(f"| {MODELS[cell]}: {task} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def sequence_table() -> str:
    """A row per cell type and task: sequence models alone, and what sequence adds to the stack."""
    found = json.loads((RESULTS / "sequence_model.json").read_text(encoding="utf-8"))
    held_out = (
        pd.DataFrame(found["held_out"]).query("metric == 'auroc'").set_index(["cell", "task", "model", "against"])
    )
    heads = ["CNN from scratch", "joined k-mers", "sequence branch", "**gain over joined k-mers**", "stack without it"]
    lines = ["| AUROC [95 %] | " + " | ".join([*heads, "stack"]) + " |", "|---|" + "---|" * (len(heads) + 1)]
    for cell in MODELS:
        for task in TASKS:
            if (cell, task, BRANCH, JOINED_NAME) not in held_out.index:
                continue
            rows = {name: held_out.loc[(cell, task, name, against)] for name, against in SHOWN.items()}
            shown = [_interval(rows[name]) for name in SHOWN]
            shown.insert(3, _gain(rows[BRANCH]))
            lines.append(f"| {MODELS[cell]}: {task} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def audit_table() -> str:
    """The table of the eligibility audit."""
    text = (RESULTS / "eligibility_audit.md").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if line.startswith("|")) + "\n"


def _interval(row: pd.Series) -> str:
    return f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"


def _gain(row: pd.Series) -> str:
    return f"**{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]**"


if __name__ == "__main__":
    main()
