"""Print AUROC and AUPRC of every held-out table there is: a first look, without intervals.

python experiments/peers/tables.py
"""

from __future__ import annotations

import pandas as pd
from data import CELL_TYPES, load
from held_out import PEERS, kept_peer

from rarml.evaluation.summary import evaluate

METRICS = ("auroc", "auprc")


def main() -> None:
    """One row per cell type and peer: means over its seeds of each metric and task."""
    rows = []
    for cell in CELL_TYPES:
        data = load(cell)
        groups = pd.Series(data.group, index=data.genes)
        for name, reads in PEERS.items():
            kept, found = kept_peer(cell, reads), []
            if not kept.seeds(name):
                continue
            for proba in kept.all_seeds(name, 100):
                table = evaluate(proba, proba, data.status, groups, seed=0, n_bootstrap=1)
                found.append(table[table["metric"].isin(METRICS)].set_index(["task", "metric"])["value"])
            spent = sum(kept.facts(name, seed)["cpu_seconds"] for seed in kept.seeds(name))
            mean = pd.concat(found, axis=1).mean(axis=1).round(3)
            values = {f"{metric} {task}": value for (task, metric), value in mean.items()}
            rows.append({"cell": cell, "peer": name, "seeds": len(found), **values, "cpu_s": spent})
    print(pd.DataFrame(rows).to_csv(sep="|", index=False))


if __name__ == "__main__":
    main()
