"""Fit peers on the folds of the shipped models and keep their held-out tables.

    python experiments/peers/run.py [--cells mcf-7 ...] [--peers kmer-logistic ...] [--seeds 5]

Tables, the settings chosen per fold and the seconds are kept in experiments/predictions (`kept_predictions.py`);
those made from the same inputs are not made again, so a run that is stopped goes on. Peers without chance in them have
seed 0 only. Two runs at once must be of different cell types. Needs a built reference with sequence.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from types import ModuleType

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from data import CELL_TYPES, PeerData, load
from held_out import PEERS, kept_peer

MODULES = {
    "kmer-logistic": "kmer_logistic",
    "feature-logistic": "feature_logistic",
    "feature-boosting": "feature_boosting",
    "feature-forest": "feature_forest",
    "feature-network": "feature_network",
    "gapped-kmer-svm": "gapped_svm",
    "xpresso-like": "xpresso_like",
    "toolkit-cnn": "toolkit_cnn",
}
"""Module of each peer."""


def main() -> None:
    """Fit what is asked for, cell type after cell type."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", nargs="*", choices=CELL_TYPES, default=list(CELL_TYPES))
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    sets = {cell: load(cell) for cell in arguments.cells}
    for name in arguments.peers:
        module = importlib.import_module(MODULES[name])
        for seed in range(arguments.seeds if module.SEEDED else 1):
            for data in sets.values():
                one(data, name, module, seed)


def one(data: PeerData, name: str, module: ModuleType, seed: int) -> None:
    """Fit one peer of a cell type with a seed and keep its table, unless there is one already."""
    kept = kept_peer(data.cell, PEERS[name])
    if seed in kept.seeds(name):
        return
    wall, used = time.perf_counter(), time.process_time()
    table, chosen = module.held_out(data, seed)
    spent = {"wall_seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - used}
    spent = {what: round(value, 1) for what, value in spent.items()}
    kept.put({name: table}, seed, {"chosen": chosen, **spent})
    print(f"{data.cell:16s} {name:20s} seed {seed}: {spent}", flush=True)


if __name__ == "__main__":
    main()
