"""Print AUROC and AUPRC of every held-out table there is: a first look, without intervals.

python experiments/peers/tables.py
"""

from __future__ import annotations

import json

import pandas as pd
from data import CELL_TYPES, INPUTS, WORK
from run import PEERS

from rarml.evaluation.summary import evaluate

METRICS = ("auroc", "auprc")


def main() -> None:
    """One row per cell type and peer: means over its seeds of each metric and task."""
    rows = []
    for cell in CELL_TYPES:
        facts = pd.read_parquet(INPUTS / f"{cell}-facts.parquet")
        for name in PEERS:
            files = sorted((WORK / cell).glob(f"{name}-[0-9]*.parquet"))
            found = []
            for file in files:
                proba = pd.read_parquet(file)
                table = evaluate(proba, proba, facts["status"], facts["group"], seed=0, n_bootstrap=1)
                found.append(table[table["metric"].isin(METRICS)].set_index(["task", "metric"])["value"])
            if found:
                spent = [json.loads(file.with_suffix(".json").read_text())["cpu_seconds"] for file in files]
                mean = pd.concat(found, axis=1).mean(axis=1).round(3)
                values = {f"{metric} {task}": value for (task, metric), value in mean.items()}
                rows.append({"cell": cell, "peer": name, "seeds": len(found), **values, "cpu_s": sum(spent)})
    print(pd.DataFrame(rows).fillna("").to_csv(sep="|", index=False))


if __name__ == "__main__":
    main()
