"""Fit peers on the folds of the shipped models and keep their held-out tables.

    python experiments/peers/run.py [--cells mcf-7 ...] [--peers kmer-logistic ...] [--seeds 5] [--prepare]

Writes build/peers/<cell>/<peer>-<seed>.parquet (index gene_id, columns p_<class>) and a .json of the same name: the
settings chosen per fold, seconds, and the digest of the inputs. A table made from the same inputs is kept, so a run
that is stopped goes on. Peers without chance in them have seed 0 only. `--prepare` reads labels, folds, groups and
features anew (they are kept in build/peers/inputs): needed after a change to any of them.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from types import ModuleType

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pandas as pd
from data import CELL_TYPES, WORK, PeerData, load, prepare

from rarml.core.files import atomic_file, read_json, write_json

PEERS = {
    "kmer-logistic": "kmer_logistic",
    "feature-logistic": "feature_logistic",
    "feature-boosting": "feature_boosting",
    "feature-forest": "feature_forest",
    "feature-network": "feature_network",
    "gapped-kmer-svm": "gapped_svm",
    "xpresso-like": "xpresso_like",
    "toolkit-cnn": "toolkit_cnn",
}
"""Name of a peer and its module; those that are quick come first."""


def main() -> None:
    """Fit what is asked for, cell type after cell type."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", nargs="*", choices=CELL_TYPES, default=list(CELL_TYPES))
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--prepare", action="store_true", help="read the inputs anew")
    arguments = parser.parse_args()
    if arguments.prepare:
        prepare()
    sets = {cell: load(cell) for cell in arguments.cells}
    for name in arguments.peers:
        module = importlib.import_module(PEERS[name])
        for seed in range(arguments.seeds if module.SEEDED else 1):
            for data in sets.values():
                one(data, name, module, seed)


def one(data: PeerData, name: str, module: ModuleType, seed: int) -> pd.DataFrame:
    """The held-out table of one peer, cell type and seed, from the cache where that is not stale."""
    file = WORK / data.cell / f"{name}-{seed}.parquet"
    facts = file.with_suffix(".json")
    if file.is_file() and facts.is_file() and read_json(facts)["inputs"] == data.fingerprint:
        return pd.read_parquet(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    wall, used = time.perf_counter(), time.process_time()
    table, chosen = module.held_out(data, seed)
    if table.isna().any(axis=None):
        raise ValueError(f"{name} left genes of {data.cell} without a score")
    with atomic_file(file) as temporary:
        table.to_parquet(temporary)
    spent = {"wall_seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - used}
    spent = {what: round(value, 1) for what, value in spent.items()}
    write_json(facts, {"inputs": data.fingerprint, "chosen": chosen, **spent})
    print(f"{data.cell:16s} {name:20s} seed {seed}: {spent}", flush=True)
    return table


if __name__ == "__main__":
    main()
