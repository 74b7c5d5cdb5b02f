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

BASELINES = {
    "RARE rule (a DR1, DR2 or DR5)": "RARE rule",
    "covariates": "covariates",
    "covariates + chromatin": "+ chromatin",
    "covariates + co-expression panel": "+ co-expression panel",
}
PANEL = "covariates + co-expression panel"
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
    tables = {"stack": stack_table(), "sequence": sequence_table(), "audit": audit_table()}
    for name, table in tables.items():
        pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"README.md has no marker {name}")
        text = pattern.sub(lambda found, table=table: found.group(1) + table + found.group(2), text)
    write_text(readme, text)
    print(f"wrote {readme}")


def stack_table() -> str:
    """A row per cell type and task: AUROC of baselines and stack, its gain over the hardest, and AUPRC beside peers."""
    results = json.loads((RESULTS / "evaluation.json").read_text(encoding="utf-8"))
    found, whole = pd.DataFrame(results["baselines"]), pd.DataFrame(results["whole"])
    whole = whole[whole["metric"] == "auroc"].set_index(["cell", "task"])
    heads = [*BASELINES.values(), "**stack**", "gain over covariates + panel", "AUPRC (chance)", "less the best peer's"]
    lines = ["| AUROC | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for cell in MODELS:
        for task in TASKS:
            own = found[(found["cell"] == cell) & (found["task"] == task)]
            if own.empty:
                continue
            auroc = own[own["metric"] == "auroc"].set_index("baseline")
            auprc = own[own["metric"] == "auprc"]
            peer = auprc[auprc["kind"] == "peer"].sort_values("gain").iloc[0]
            shown = [f"{auroc.loc[name, 'value']:.2f}" if name in auroc.index else "–" for name in BASELINES]
            shown += [f"**{_interval(whole.loc[(cell, task)])}**", _gain(auroc.loc[PANEL])]
            first = auprc.iloc[0]
            shown += [f"{first['model']:.2f} ({first['prevalence']:.2f})", f"{_gain(peer)} ({peer['baseline']})"]
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
    text = f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
    return f"**{text}**" if row["gain_low"] > 0 or row["gain_high"] < 0 else text


if __name__ == "__main__":
    main()
